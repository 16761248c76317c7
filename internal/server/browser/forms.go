package browser

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
)

// Draw returns 256 random bits in hex.
func Draw(from io.Reader) (string, error) {
	var random [32]byte
	if _, err := io.ReadFull(from, random[:]); err != nil {
		return "", fmt.Errorf("draw a random number: %w", err)
	}
	return hex.EncodeToString(random[:]), nil
}

// Forms make the token that shows of a form that it was given to the browser
// with the cookie, whoever has it sent.
type Forms struct{ key []byte }

// NewForms draws the key of the tokens.
func NewForms(from io.Reader) (Forms, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(from, key); err != nil {
		return Forms{}, fmt.Errorf("draw the key of forms: %w", err)
	}
	return Forms{key}, nil
}

// Token returns the token of the forms that go with a cookie.
func (f Forms) Token(name, cookie string) string {
	mac := hmac.New(sha256.New, f.key)
	_, _ = io.WriteString(mac, name+"="+cookie) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil))
}

// Check reports whether a form's token was made for a cookie.
func (f Forms) Check(name, cookie, token string) bool {
	return cookie != "" && hmac.Equal([]byte(f.Token(name, cookie)), []byte(token))
}

// Cookies reads and sets those of one page. Over TLS they are bound to this host and to TLS
// itself (RFC 6265bis, section 4.1.3.2).
type Cookies struct {
	W      http.ResponseWriter
	R      *http.Request
	Secure bool // the browser comes by TLS, to a proxy
}

func (c Cookies) overTLS() bool { return c.R.TLS != nil || c.Secure }

func (c Cookies) name(name string) string {
	if c.overTLS() {
		return "__Host-" + name
	}
	return name
}

// Get returns a cookie's value, "" if there is none.
func (c Cookies) Get(name string) string {
	if found, err := c.R.Cookie(c.name(name)); err == nil {
		return found.Value
	}
	return ""
}

// Set gives the browser a cookie until it is closed; an empty one takes it back.
// No other site's link or form is sent with it.
func (c Cookies) Set(name, value string) {
	cookie := &http.Cookie{Name: c.name(name), Value: value, Path: "/", HttpOnly: true, Secure: c.overTLS(), SameSite: http.SameSiteStrictMode}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.W, cookie)
}
