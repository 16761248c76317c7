package browser

import (
	"crypto/sha256"
	"io"
	"slices"
	"sync"
	"time"
)

// Sessions keeps the people who are signed in, each with a value of the page's, by
// the hash of what their cookies hold.
type Sessions[T any] struct {
	Idle     time.Duration // of a session between two requests
	Absolute time.Duration // of a session, whatever it does

	Most     int // in all; over that, the one idle for longest ends
	MostEach int // of one person, likewise

	// Same reports whether two are of one person.
	Same func(a, b T) bool

	mu sync.Mutex
	of map[[sha256.Size]byte]*session[T]
}

type session[T any] struct {
	value       T
	over        chan struct{}
	begun, seen time.Time
}

// Begin makes a session and the value of its cookie. make gets a channel that is
// closed when the session ends.
func (s *Sessions[T]) Begin(now time.Time, from io.Reader, make func(over <-chan struct{}) T) (cookie string, err error) {
	if cookie, err = Draw(from); err != nil {
		return "", err
	}
	over := newOver()
	value := make(over)
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, other := range s.of {
		if s.outlived(other, now) {
			s.drop(key)
		}
	}
	s.makeRoom(s.MostEach, func(other T) bool { return s.Same(other, value) })
	s.makeRoom(s.Most, func(T) bool { return true })
	if s.of == nil {
		s.of = map[[sha256.Size]byte]*session[T]{}
	}
	s.of[sha256.Sum256([]byte(cookie))] = &session[T]{value: value, begun: now, seen: now, over: over}
	return cookie, nil
}

func newOver() chan struct{} { return make(chan struct{}) }

// makeRoom ends the sessions that were idle for longest until there is room
// for one more among those that count.
func (s *Sessions[T]) makeRoom(limit int, counts func(T) bool) {
	var keys [][sha256.Size]byte
	for key, other := range s.of {
		if counts(other.value) {
			keys = append(keys, key)
		}
	}
	if len(keys) < limit {
		return
	}
	slices.SortFunc(keys, func(a, b [sha256.Size]byte) int { return s.of[a].seen.Compare(s.of[b].seen) })
	for _, key := range keys[:len(keys)-limit+1] {
		s.drop(key)
	}
}

// Find returns the value of a cookie's session; is reports whether there is one
// whose time is not over.
func (s *Sessions[T]) Find(cookie string, now time.Time) (value T, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(cookie))
	found := s.of[key]
	if found == nil {
		return value, false
	}
	if s.outlived(found, now) {
		s.drop(key)
		return value, false
	}
	found.seen = now
	return found.value, true
}

// End ends the session of a cookie, if there is one.
func (s *Sessions[T]) End(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(sha256.Sum256([]byte(cookie)))
}

func (s *Sessions[T]) outlived(one *session[T], now time.Time) bool {
	return now.Sub(one.begun) >= s.Absolute || now.Sub(one.seen) >= s.Idle
}

func (s *Sessions[T]) drop(key [sha256.Size]byte) {
	if found := s.of[key]; found != nil {
		close(found.over)
		delete(s.of, key)
	}
}
