package console

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// sessions are the users who are signed in, by the hash of what their cookies
// hold.
type sessions struct {
	limits Limits

	mu sync.Mutex
	of map[[sha256.Size]byte]*session
}

// session is one user at one browser.
type session struct {
	who  provision.SignedIn
	over chan struct{} // closed at its end

	begun, seen time.Time // under the lock of sessions

	registering sync.Mutex // held while one registers, so that a form counts once

	mu   sync.Mutex
	made []made
}

// made is a registration that the session has made. Pages name it by its
// number, so that its ID stands in no URL.
type made struct {
	number       int
	id           string
	serialNumber string // that was asked for; empty: whichever there is
	once         string // the form that made it
	offline      bool   // the device has no connection
}

func newSessions(limits Limits) *sessions {
	return &sessions{limits: limits, of: make(map[[sha256.Size]byte]*session)}
}

// begin makes a session and the value of its cookie.
func (s *sessions) begin(who provision.SignedIn, now time.Time, from io.Reader) (string, error) {
	cookie, err := draw(from)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, other := range s.of {
		if s.outlived(other, now) {
			s.drop(key)
		}
	}
	s.makeRoom(s.limits.SessionsPerUser, func(other *session) bool { return other.who.User() == who.User() })
	s.makeRoom(s.limits.Sessions, func(*session) bool { return true })
	s.of[sha256.Sum256([]byte(cookie))] = &session{who: who, begun: now, seen: now, over: make(chan struct{})}
	return cookie, nil
}

// makeRoom ends the sessions that were idle for longest until there is room
// for one more among those that count.
func (s *sessions) makeRoom(limit int, counts func(*session) bool) {
	var keys [][sha256.Size]byte
	for key, other := range s.of {
		if counts(other) {
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

// find is the session of a cookie, nil if there is none or its time is over.
func (s *sessions) find(cookie string, now time.Time) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(cookie))
	found := s.of[key]
	if found == nil {
		return nil
	}
	if s.outlived(found, now) {
		s.drop(key)
		return nil
	}
	found.seen = now
	return found
}

// end ends the session of a cookie, if there is one.
func (s *sessions) end(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(sha256.Sum256([]byte(cookie)))
}

func (s *sessions) outlived(one *session, now time.Time) bool {
	return now.Sub(one.begun) >= s.limits.Absolute || now.Sub(one.seen) >= s.limits.Idle
}

func (s *sessions) drop(key [sha256.Size]byte) {
	if found := s.of[key]; found != nil {
		close(found.over)
		delete(s.of, key)
	}
}

// ended reports whether the session was ended, by whatever.
func (s *session) ended() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// maxMade is how many registrations a session remembers.
const maxMade = 16

// add remembers a registration.
func (s *session) add(m made) made {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.number = 1
	if len(s.made) > 0 {
		m.number = s.made[len(s.made)-1].number + 1
	}
	if s.made = append(s.made, m); len(s.made) > maxMade {
		s.made = s.made[1:]
	}
	return m
}

// find is the newest of the session's registrations that is wanted.
func (s *session) find(wanted func(made) bool) (made, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.made) {
		if wanted(m) {
			return m, true
		}
	}
	return made{}, false
}

// signedIn sends whoever is not signed in, or no more, to the sign-in, and
// checks that a form is the session's own.
func signedIn(act action) action {
	return func(e *exchange) error {
		if e.session == nil {
			return e.toHome()
		}
		if e.HTTP.Method == http.MethodPost && !e.checkForm(sessionCookie) {
			return &problem{status: http.StatusForbidden, Title: "This form is too old",
				Words: "It was made before you last signed in. Nothing was done: begin again on this page."}
		}
		err := act(e)
		if refusal, is := errors.AsType[*provision.Error](err); is && refusal.Refusal == provision.InvalidCredentials {
			return e.endSession(refusal)
		}
		return err
	}
}
