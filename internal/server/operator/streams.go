package operator

import "sync"

// streams counts those that are open.
type streams struct {
	ended chan struct{} // closed when the server ends

	mu    sync.Mutex
	over  bool
	total int
}

func newStreams() *streams { return &streams{ended: make(chan struct{})} }

// enter admits one more stream, unless there are enough.
func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.total >= maxStreams {
		return false
	}
	s.total++
	return true
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
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
