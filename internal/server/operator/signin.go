package operator

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// signInPage is the forms of the sign-in. Nothing secret is ever filled in but the
// secret of the link that was followed.
type signInPage struct {
	UserID string
	Words  string // what went wrong, or came to an end; empty: nothing
	Link   string // the secret of the link; empty: none was followed
	Token  string
}

// home is the page to begin at.
func (e *exchange) home() error { return e.see("/requests") }

// showSignIn shows the forms. A link that works once shows one button: a program
// that looks at links before people do must not use it up.
func (e *exchange) showSignIn() error {
	if e.session != nil && e.HTTP.URL.Query().Get("once") == "" {
		return e.see("/requests")
	}
	return e.renderSignIn(http.StatusOK, signInPage{Link: e.HTTP.URL.Query().Get("once")})
}

// renderSignIn shows the forms, which are good for this browser only.
func (e *exchange) renderSignIn(status int, p signInPage) error {
	cookie, err := browser.Draw(e.Service.Rand)
	if err != nil {
		return err
	}
	e.cookies().Set(formCookie, cookie)
	p.Token = e.forms.Token(formCookie, cookie)
	return e.render(status, "signin", page{Title: "Sign in", Body: p})
}

// refuse shows the forms again.
func (e *exchange) refuse(words, userID string) error {
	e.Reason = words
	return e.renderSignIn(http.StatusForbidden, signInPage{Words: words, UserID: userID})
}

const oldForm = "This form was too old, or your browser blocks cookies. The console needs them. Try again."

func (e *exchange) signInByLink() error {
	if !e.checkForm(formCookie) {
		return e.refuse(oldForm, "")
	}
	if !e.invites.take(e.HTTP.PostForm.Get("once")) {
		return e.refuse("This link has been used, or was never given out. A link works once: sign in by a key, or start the server again for a new link.", "")
	}
	return e.begin(viewer{name: "one-time link"})
}

func (e *exchange) signInByKey() error {
	if !e.checkForm(formCookie) {
		return e.refuse(oldForm, "")
	}
	key, is, err := e.Service.FindOperatorKey(e.HTTP.Context(), e.HTTP.PostForm.Get("key"))
	if err != nil {
		return err
	}
	if !is {
		return e.refuse("This is no operator's key. Draw one with: dsappd console-key add NAME", "")
	}
	return e.begin(viewer{name: key.Name, readOnly: key.ReadOnly, key: &key})
}

// signInAsAdministrator opens an administrative session, as the Administration
// interface does, by the same rules.
func (e *exchange) signInAsAdministrator() error {
	form := e.HTTP.PostForm
	userID := form.Get("userID")
	if !e.checkForm(formCookie) {
		return e.refuse(oldForm, userID)
	}
	caller, err := e.caller()
	if err != nil {
		return err
	}
	result, err := e.Service.Logon(e.HTTP.Context(), caller, provision.Logon{UserID: userID, Credential: provision.Credential{Combined: form.Get("password")}})
	if refusal, refused := errors.AsType[*provision.Error](err); refused {
		words := refusal.Plain()
		if refusal.Refusal == provision.InvalidCredentials {
			words = "Wrong user ID or password."
		}
		err := e.refuse(words, userID)
		e.Reason = refusal.Reason()
		return err
	}
	if err != nil {
		return err
	}
	admin := result.Administrator
	return e.begin(viewer{name: admin.UserID + "@" + admin.Domain, admin: &admin, sessionID: result.SessionID})
}
