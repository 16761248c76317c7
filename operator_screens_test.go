//go:build clients && screens

package dsappd_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestConsoleScreens takes the pictures of docs/operator.md.
func TestConsoleScreens(t *testing.T) {
	s, _ := openConsole(t)
	b := consoleTab(t, s)
	soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "wrong"))
	soapCall(t, s, "noSuchOperation", "")
	id := failedActivation(t, s)
	for _, view := range []struct{ name, path, scheme string }{
		{"console-requests", "/requests", "light"}, {"console-requests-dark", "/requests", "dark"},
		{"console-registration", "/registrations/" + id, "light"}, {"console-user", "/users/master/user2", "light"},
		{"console-authenticator", "/authenticators/VDM1000001", "light"}, {"console-policy", "/policies/lab-direct", "light"},
		{"console-lab", "/lab", "light"}, {"console-action", "/do/user/delete?id=user2&in=master", "light"}, {"console-search", "/search?q=user2", "light"},
	} {
		b.Media("prefers-color-scheme", view.scheme, "prefers-reduced-motion", "reduce")
		b.Do(chromedp.EmulateViewport(1200, 720))
		b.Open(view.path)
		b.See("main h1")
		b.Keep(view.name)
	}
	b.Media("prefers-color-scheme", "light", "prefers-reduced-motion", "reduce")
	b.Open("/requests?operation=activate")
	b.Press("[data-rows] a")
	b.See(".why")
	b.Keep("console-refusal")
	b.Narrow()
	b.Open("/requests")
	b.See("main h1")
	b.Keep("console-narrow")
}
