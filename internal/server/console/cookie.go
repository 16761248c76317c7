package console

import "github.com/dsappd/dsappd/internal/server/browser"

// The cookies: that of who is signed in, and that of who is about to, for the
// form alone.
const (
	sessionCookie = "dsappd-session"
	formCookie    = "dsappd-sign-in"
)

func (e *exchange) cookies() browser.Cookies {
	return browser.Cookies{W: e.W, R: e.HTTP, Secure: e.secureCookies}
}

// checkForm looks whether a form was made for this cookie.
func (e *exchange) checkForm(name string) bool {
	return e.forms.Check(name, e.cookies().Get(name), e.HTTP.PostForm.Get("token"))
}
