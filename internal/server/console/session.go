package console

import (
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// session is one user at one browser.
type session struct {
	who  provision.SignedIn
	over <-chan struct{} // closed at its end

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

func newSessions(limits Limits) *browser.Sessions[*session] {
	return &browser.Sessions[*session]{
		Idle: limits.Idle, Absolute: limits.Absolute, Most: limits.Sessions, MostEach: limits.SessionsPerUser,
		Same: func(a, b *session) bool { return a.who.User() == b.who.User() },
	}
}

// beginSession signs a user in, under a cookie that nobody had before.
func (e *exchange) beginSession(who provision.SignedIn) error {
	cookie, err := e.sessions.Begin(e.service.Now(), e.service.Rand, func(over <-chan struct{}) *session { return &session{who: who, over: over} })
	if err != nil {
		return err
	}
	e.cookies().Set(sessionCookie, cookie)
	return nil
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

// find returns the newest of the session's registrations that is wanted.
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
			return &browser.Problem{Status: http.StatusForbidden, Title: "This form is too old",
				Words: "It was made before you last signed in. Nothing was done: begin again on this page."}
		}
		err := act(e)
		if refusal, is := errors.AsType[*provision.Error](err); is && refusal.Refusal == provision.InvalidCredentials {
			return e.endSession(refusal)
		}
		return err
	}
}
