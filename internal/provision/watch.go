package provision

import "sync"

// WatchRegistration tells of each commit of this process that wrote the
// registration: from the call on, moved holds a value when there was one that
// has not been received yet. Several make one value, so that who is slow
// finds the newest state and misses none that matters. Another server's
// commits are not told. Stop ends the watch, and is called once or more.
func (s *Service) WatchRegistration(id string) (moved <-chan struct{}, stop func()) {
	return s.watchers.add(id)
}

// watchers wait for registrations to be written, by their IDs.
type watchers struct {
	mu sync.Mutex
	of map[string]map[chan struct{}]struct{}
}

func (w *watchers) add(id string) (<-chan struct{}, func()) {
	moved := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = make(map[string]map[chan struct{}]struct{})
	}
	if w.of[id] == nil {
		w.of[id] = make(map[chan struct{}]struct{})
	}
	w.of[id][moved] = struct{}{}
	return moved, func() { w.remove(id, moved) }
}

func (w *watchers) remove(id string, moved chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.of[id], moved)
	if len(w.of[id]) == 0 {
		delete(w.of, id)
	}
}

// tell never waits: a value that is still there stands for this one too.
func (w *watchers) tell(ids []string) {
	if len(ids) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		for moved := range w.of[id] {
			select {
			case moved <- struct{}{}:
			default:
			}
		}
	}
}
