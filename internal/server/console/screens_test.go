//go:build clients && !race

package console_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/phone"
)

// TestScreens takes the pictures that the README and its reader look at.
func TestScreens(t *testing.T) {
	browser := labtest.Chromium(t)
	l := newLab(t)
	still := []string{"prefers-reduced-motion", "reduce"}
	open := func() *tab {
		b := newTab(t, browser, l.server.URL)
		b.Do(chromedp.EmulateViewport(1080, 640))
		b.Media(still...)
		return b
	}
	b := open()
	b.Open("/")
	b.See("#userID")
	b.Keep("sign-in")
	b.signIn("user2", "not the password")
	b.See("#problem")
	b.Keep("wrong-password")
	b.signIn("user2", password)
	b.See("fieldset")
	b.Keep("authenticators")

	b = open()
	b.register("user1")
	b.Keep("code")
	b.Press("summary")
	b.Keep("manual")
	b.Press("summary")
	image := b.scan()
	device := l.phone()
	must(device.Exchange(t.Context(), phone.RegistrationOf(image)))(t)
	b.Wants(".steps li[aria-current]", "PIN")
	b.Keep("steps")
	b.Media(append(still, "prefers-color-scheme", "dark")...)
	b.Keep("dark")
	b.Narrow()
	b.Keep("narrow-dark")
	b.Media(still...)
	b.Keep("narrow")
	b = open()
	b.register("user1")
	image = b.scan()
	state := must(device.Exchange(t.Context(), phone.RegistrationOf(image)))(t)
	otp, state, err := device.OTP(state)
	if err != nil {
		t.Fatal(err)
	}
	must(device.Activate(t.Context(), state, phone.Credential{Response: otp}))(t)
	b.See(`[data-when="activated"] h1`)
	b.Keep("activated")

	link := must(console.ParseAppLink("mybank://activate?image={image}"))(t)
	logo := must(console.ParseLogo([]byte(exampleLogo)))(t)
	branded := l.handler(func(c *console.Config) { c.Name, c.Logo, c.AppLink = "Example Bank", logo, link })
	plain := l.server.Config.Handler
	l.server.Config.Handler = branded
	b = open()
	b.Narrow()
	b.register("user2")
	b.Keep("on-the-phone")
	l.server.Config.Handler = plain

	b = open()
	b.WithoutJavaScript()
	b.register("user2")
	b.Keep("without-javascript")
	b.Press("noscript a")
	b.See("h1 + .setup.alone")
	b.Keep("without-javascript-later")
	b.Open("/nowhere")
	b.See(".button")
	b.Keep("problem")

	l.policy(`{"OfflineMDL":true,"SecureChannel":true}`)
	b = open()
	b.signIn("user1", password)
	b.See(`a[href="/account"]`)
	b.Open("/account")
	b.See("h2")
	b.Press(".device summary")
	b.Keep("account")
	b.Media(append(still, "prefers-color-scheme", "dark")...)
	b.Narrow()
	b.Keep("account-narrow-dark")
	b = open()
	b.signIn("user1", password)
	b.See(`a[href="/account"]`)
	b.Open("/account")
	b.See("h2")
	b.Press(".device summary")
	b.Press(`form[action="/account/scan"] button`)
	b.See("#code")
	b.Keep("scan")
	b = open()
	b.signIn("user3", password)
	b.See("[formaction]")
	b.Press("[formaction]")
	b.See("#device-code")
	b.Keep("offline")

	b = open()
	b.register("user3")
	l.clock.Pass(10 * time.Minute)
	b.See(`[data-when="expired"] h1`)
	b.Keep("expired")
}
