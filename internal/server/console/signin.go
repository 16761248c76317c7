package console

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// signInPage is the form of the sign-in. The password is never filled in.
type signInPage struct {
	UserID string
	Words  string // what went wrong, or came to an end; empty: nothing
	Token  string
}

// home shows the page to begin at: the sign-in, or what the user has.
func (e *exchange) home() error {
	if e.session != nil {
		return signedIn((*exchange).authenticators)(e)
	}
	words := ""
	if e.cookies().Get(sessionCookie) != "" {
		e.cookies().Set(sessionCookie, "")
		words = "You were signed out after a while. Sign in again."
	}
	return e.showSignIn(http.StatusOK, signInPage{Words: words})
}

// showSignIn shows the form, which is good for this browser only.
func (e *exchange) showSignIn(status int, p signInPage) error {
	cookie, err := browser.Draw(e.service.Rand)
	if err != nil {
		return err
	}
	e.cookies().Set(formCookie, cookie)
	p.Token = e.forms.Token(formCookie, cookie)
	return e.render(status, "signin", page{Title: "Sign in", Body: p})
}

// signIn begins a session, under a cookie that nobody had before, and ends the
// one that this browser may have had.
func (e *exchange) signIn() error {
	userID := e.HTTP.PostForm.Get("userID")
	if !e.checkForm(formCookie) {
		e.noteReason("the form was too old, or the browser keeps no cookies")
		return e.showSignIn(http.StatusForbidden, signInPage{UserID: userID,
			Words: "This form was too old, or your browser blocks cookies. This page needs them. Try again."})
	}
	caller, err := e.caller()
	if err != nil {
		return err
	}
	who, err := e.service.SelfSignIn(e.HTTP.Context(), caller, provision.SignIn{UserID: userID, StaticPassword: e.HTTP.PostForm.Get("password")})
	if refusal, refused := errors.AsType[*provision.Error](err); refused {
		e.noteRefusal(refusal)
		return e.showSignIn(browser.RefusalStatus(refusal.Refusal), signInPage{UserID: userID, Words: signInWords(refusal)})
	}
	if err != nil {
		return err
	}
	e.sessions.End(e.cookies().Get(sessionCookie))
	e.cookies().Set(formCookie, "")
	if err := e.beginSession(who); err != nil {
		return err
	}
	return e.toHome()
}

// signOut ends the session, if the form is its own.
func (e *exchange) signOut() error {
	if e.session != nil && e.checkForm(sessionCookie) {
		e.sessions.End(e.cookies().Get(sessionCookie))
		e.cookies().Set(sessionCookie, "")
	}
	return e.toHome()
}

// endSession ends a session whose sign-in holds no longer.
func (e *exchange) endSession(refusal *provision.Error) error {
	e.noteRefusal(refusal)
	e.sessions.End(e.cookies().Get(sessionCookie))
	e.cookies().Set(sessionCookie, "")
	e.session = nil
	return e.showSignIn(http.StatusForbidden, signInPage{Words: "Your account has changed. Sign in again."})
}
