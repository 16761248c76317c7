package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
)

// The cookies: that of who is signed in, and that of who is about to, for the
// form alone.
const (
	sessionCookie = "dsappd-session"
	formCookie    = "dsappd-sign-in"
)

// overTLS tells whether the browser's connection is.
func (e *exchange) overTLS() bool { return e.HTTP.TLS != nil || e.secureCookies }

// cookieName binds a cookie, over TLS, to this host and to TLS itself (RFC
// 6265bis, section 4.1.3.2).
func (e *exchange) cookieName(name string) string {
	if e.overTLS() {
		return "__Host-" + name
	}
	return name
}

// cookie is a cookie's value, "" if there is none.
func (e *exchange) cookie(name string) string {
	if found, err := e.HTTP.Cookie(e.cookieName(name)); err == nil {
		return found.Value
	}
	return ""
}

// setCookie gives the browser a cookie until it is closed; an empty one takes
// it back. No other site's link or form is sent with it: nobody has reason to
// link to the middle of this page.
func (e *exchange) setCookie(name, value string) {
	c := &http.Cookie{Name: e.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: e.overTLS(), SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(e.w, c)
}

// draw is 256 random bits in hex.
func draw(from io.Reader) (string, error) {
	var random [32]byte
	if _, err := io.ReadFull(from, random[:]); err != nil {
		return "", fmt.Errorf("draw a random number: %w", err)
	}
	return hex.EncodeToString(random[:]), nil
}

// forms make the token that shows of a form that it was given to the browser
// with the cookie, whoever has it sent.
type forms struct{ key []byte }

func newForms(from io.Reader) (forms, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(from, key); err != nil {
		return forms{}, fmt.Errorf("draw the key of forms: %w", err)
	}
	return forms{key}, nil
}

func (f forms) token(name, cookie string) string {
	mac := hmac.New(sha256.New, f.key)
	_, _ = io.WriteString(mac, name+"="+cookie) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil))
}

// checkForm looks whether a form was made for this cookie.
func (e *exchange) checkForm(name string) bool {
	cookie := e.cookie(name)
	right := e.forms.token(name, cookie)
	return cookie != "" && hmac.Equal([]byte(right), []byte(e.HTTP.PostForm.Get("token")))
}
