package operator

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// The cookies: that of who is signed in, and that of who is about to, for the
// form alone. Their names differ from those of the self-management page, which may
// have the same host.
const (
	sessionCookie = "dsappd-operator"
	formCookie    = "dsappd-operator-sign-in"
)

// session is one operator at one browser.
type session struct {
	viewer viewer
	over   <-chan struct{} // closed at its end
}

// viewer is who is signed in: an operator, or an administrator of the store.
type viewer struct {
	name     string // that the audit notes
	readOnly bool

	key       *provision.OperatorKey   // that signed in; nil: another way
	admin     *provision.Administrator // nil: an operator, who may do everything
	sessionID string                   // of the administrator, in the store
}

// sees reports whether the viewer may see what is in a domain. What is in none,
// such as a request that was turned away, is for those who see all domains.
func (v viewer) sees(domain string) bool {
	return v.admin == nil || v.admin.Has(provision.MayAccessAllDomains) || domain != "" && domain == v.admin.Domain
}

// seesAll reports whether the viewer sees all domains, and so what belongs to
// none of them.
func (v viewer) seesAll() bool { return v.sees("") }

// may reports whether the viewer has a privilege. Operators have all; what needs
// none is for operators alone.
func (v viewer) may(p provision.Privilege) bool {
	return v.admin == nil || p != "" && v.admin.Has(p)
}

// domain is the one that lists are narrowed to; empty: none.
func (v viewer) domain() string {
	if v.seesAll() {
		return ""
	}
	return v.admin.Domain
}

// operator is the viewer in the domain's words.
func (e *exchange) operator() (provision.Operator, error) {
	v := e.session.viewer
	operator := provision.Operator{Name: v.name, RequestID: e.ID}
	if v.admin == nil {
		return operator, nil
	}
	caller, err := e.caller()
	operator.Access = &provision.Access{Caller: caller, SessionID: v.sessionID}
	return operator, err
}

// signedIn sends whoever is not signed in, or no more, to the sign-in, and
// checks that a form is the session's own.
func signedIn(act action) action {
	return func(e *exchange) error {
		if e.session == nil {
			return e.see("/sign-in")
		}
		if e.HTTP.Method == http.MethodPost && !e.checkForm(sessionCookie) {
			return &browser.Problem{Status: http.StatusForbidden, Title: "This form is too old",
				Words: "It was made before you last signed in. Nothing was done: begin again in the console."}
		}
		holds, err := e.renew()
		if err != nil {
			return err
		}
		if !holds {
			return e.endSession()
		}
		return act(e)
	}
}

// renew reports whether the sign-in still holds, and brings the privileges of an
// administrator up to date.
func (e *exchange) renew() (bool, error) {
	v := &e.session.viewer
	ctx := e.HTTP.Context()
	if v.key != nil {
		return e.Service.HoldsOperatorKey(ctx, *v.key)
	}
	if v.admin == nil {
		return true, nil
	}
	caller, err := e.caller()
	if err != nil {
		return false, err
	}
	if err := e.Service.SessionAlive(ctx, caller, v.sessionID); err != nil {
		return false, notRefused(err)
	}
	admin, err := e.Service.ShowAdministrator(ctx, provision.NameUser{UserID: v.admin.UserID, Domain: v.admin.Domain}, false)
	if err != nil {
		return false, notRefused(err)
	}
	renewed := *e.session
	renewed.viewer.admin = &admin
	e.session = &renewed // this request's alone: others may be under way
	return admin.Has(provision.MayLogOn), nil
}

// asRefusal returns the refusal that an error is, if it is one.
func asRefusal(err error) (*provision.Error, bool) { return errors.AsType[*provision.Error](err) }

// notRefused returns an error that is no refusal.
func notRefused(err error) error {
	if _, refused := asRefusal(err); refused {
		return nil
	}
	return err
}

// begin signs a viewer in, under a cookie that nobody had before, and ends the
// session that this browser may have had.
func (e *exchange) begin(v viewer) error {
	e.sessions.End(e.cookies().Get(sessionCookie))
	cookie, err := e.sessions.Begin(e.Now(), e.Service.Rand, func(over <-chan struct{}) *session { return &session{v, over} })
	if err != nil {
		return err
	}
	e.cookies().Set(formCookie, "")
	e.cookies().Set(sessionCookie, cookie)
	return e.see("/requests")
}

// endSession ends a session whose sign-in holds no longer.
func (e *exchange) endSession() error {
	e.Reason = "the sign-in holds no longer"
	e.leave()
	return e.renderSignIn(http.StatusForbidden, signInPage{Words: "This sign-in no longer holds. Sign in again."})
}

// leave ends the session here and, of an administrator, in the store.
func (e *exchange) leave() {
	if v := e.session.viewer; v.admin != nil {
		if caller, err := e.caller(); err == nil {
			_ = e.Service.Logoff(context.WithoutCancel(e.HTTP.Context()), caller, v.sessionID) // it may have ended
		}
	}
	e.sessions.End(e.cookies().Get(sessionCookie))
	e.cookies().Set(sessionCookie, "")
	e.session = nil
}

func (e *exchange) signOut() error {
	if e.session != nil && e.checkForm(sessionCookie) {
		e.leave()
	}
	return e.see("/sign-in")
}

// invites are the links that were given out and not followed yet, by the hashes of
// their secrets.
type invites struct {
	mu     sync.Mutex
	hashes [][sha256.Size]byte
}

// maxInvites bounds how many links wait; over that, the oldest is worth nothing.
const maxInvites = 16

func newInvites() *invites { return new(invites) }

func (i *invites) draw(from io.Reader) (string, error) {
	secret, err := browser.Draw(from)
	if err != nil {
		return "", err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hashes = append(i.hashes, sha256.Sum256([]byte(secret))); len(i.hashes) > maxInvites {
		i.hashes = i.hashes[1:]
	}
	return secret, nil
}

// take reports whether a secret is one of the links', which it is only once.
func (i *invites) take(secret string) bool {
	hash := sha256.Sum256([]byte(secret))
	i.mu.Lock()
	defer i.mu.Unlock()
	for at, each := range i.hashes {
		if subtle.ConstantTimeCompare(each[:], hash[:]) == 1 {
			i.hashes = append(i.hashes[:at:at], i.hashes[at+1:]...)
			return true
		}
	}
	return false
}
