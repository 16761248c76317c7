package browser

import "sync"

// Streams counts the streams that are open.
type Streams struct {
	most, mostEach int
	ended          chan struct{}

	mu    sync.Mutex
	over  bool
	total int
	of    map[any]int
}

// NewStreams bounds streams: so many in all, and so many of each owner.
func NewStreams(most, mostEach int) *Streams {
	return &Streams{most: most, mostEach: mostEach, ended: make(chan struct{}), of: make(map[any]int)}
}

// Enter admits one more stream of an owner, unless there are enough.
func (s *Streams) Enter(owner any) (leave func(), admitted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.total >= s.most || s.of[owner] >= s.mostEach {
		return nil, false
	}
	s.total++
	s.of[owner]++
	return func() { s.leave(owner) }, true
}

func (s *Streams) leave(owner any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.of[owner]--; s.of[owner] == 0 {
		delete(s.of, owner)
	}
}

// Ended returns a channel that is closed when the server ends.
func (s *Streams) Ended() <-chan struct{} { return s.ended }

// Close ends the streams, and lets no other begin. It may be called more than once.
func (s *Streams) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = true
		close(s.ended)
	}
}
