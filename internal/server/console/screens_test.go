//go:build clients && !race

package console_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/phone"
)

// TestScreens takes the pictures that the README and its reader look at.
func TestScreens(t *testing.T) {
	browser := chromium(t)
	l := newLab(t)
	still := []string{"prefers-reduced-motion", "reduce"}
	open := func() *tab {
		b := newTab(t, browser, l.server.URL)
		b.do(chromedp.EmulateViewport(1080, 640))
		b.media(still...)
		return b
	}
	b := open()
	b.open("/")
	b.see("#userID")
	b.keep("sign-in")
	b.signIn("user2", "not the password")
	b.see("#problem")
	b.keep("wrong-password")
	b.signIn("user2", password)
	b.see("fieldset")
	b.keep("authenticators")

	b = open()
	b.register("user1")
	b.keep("code")
	b.press("summary")
	b.keep("manual")
	b.press("summary")
	image := b.scan()
	device := l.phone()
	must(device.Exchange(t.Context(), phone.RegistrationOf(image)))(t)
	b.wants(".steps li[aria-current]", "PIN")
	b.keep("steps")
	b.media(append(still, "prefers-color-scheme", "dark")...)
	b.keep("dark")
	b.narrow()
	b.keep("narrow-dark")
	b.media(still...)
	b.keep("narrow")
	b = open()
	b.register("user1")
	image = b.scan()
	state := must(device.Exchange(t.Context(), phone.RegistrationOf(image)))(t)
	otp, state, err := device.OTP(state)
	if err != nil {
		t.Fatal(err)
	}
	must(device.Activate(t.Context(), state, phone.Credential{Response: otp}))(t)
	b.see(`[data-when="activated"] h1`)
	b.keep("activated")

	link := must(console.ParseAppLink("mybank://activate?image={image}"))(t)
	logo := must(console.ParseLogo([]byte(exampleLogo)))(t)
	branded := l.handler(func(c *console.Config) { c.Name, c.Logo, c.AppLink = "Example Bank", logo, link })
	plain := l.server.Config.Handler
	l.server.Config.Handler = branded
	b = open()
	b.narrow()
	b.register("user2")
	b.keep("on-the-phone")
	l.server.Config.Handler = plain

	b = open()
	b.withoutJavaScript()
	b.register("user2")
	b.keep("without-javascript")
	b.press("noscript a")
	b.see("h1 + .setup.alone")
	b.keep("without-javascript-later")
	b.open("/nowhere")
	b.see(".button")
	b.keep("problem")

	l.policy(`{"OfflineMDL":true,"SecureChannel":true}`)
	b = open()
	b.signIn("user1", password)
	b.see(`a[href="/account"]`)
	b.open("/account")
	b.see("h2")
	b.press(".device summary")
	b.keep("account")
	b.media(append(still, "prefers-color-scheme", "dark")...)
	b.narrow()
	b.keep("account-narrow-dark")
	b = open()
	b.signIn("user1", password)
	b.see(`a[href="/account"]`)
	b.open("/account")
	b.see("h2")
	b.press(".device summary")
	b.press(`form[action="/account/scan"] button`)
	b.see("#code")
	b.keep("scan")
	b = open()
	b.signIn("user3", password)
	b.see("[formaction]")
	b.press("[formaction]")
	b.see("#device-code")
	b.keep("offline")

	b = open()
	b.register("user3")
	l.clock.Pass(10 * time.Minute)
	b.see(`[data-when="expired"] h1`)
	b.keep("expired")
}
