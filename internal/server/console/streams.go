package console

import "sync"

// streams counts those that are open.
type streams struct {
	limits Limits
	ended  chan struct{} // closed when the server ends

	mu    sync.Mutex
	over  bool
	total int
	of    map[*session]int
}

func newStreams(limits Limits) *streams {
	return &streams{limits: limits, ended: make(chan struct{}), of: make(map[*session]int)}
}

// enter admits one more stream of a session, unless there are enough.
func (s *streams) enter(owner *session) (leave func(), admitted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.total >= s.limits.Streams || s.of[owner] >= s.limits.StreamsPerUser {
		return nil, false
	}
	s.total++
	s.of[owner]++
	return func() { s.leave(owner) }, true
}

func (s *streams) leave(owner *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.of[owner]--; s.of[owner] == 0 {
		delete(s.of, owner)
	}
}

// close may be called more than once.
func (s *streams) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = true
		close(s.ended)
	}
}
