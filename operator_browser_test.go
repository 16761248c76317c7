//go:build clients

package dsappd_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/labtest"
)

// consoleTab is a browser that is signed in to the operator's console.
func consoleTab(t *testing.T, s *dsappd.Server) *labtest.Tab {
	t.Helper()
	b := labtest.NewTab(t, labtest.Chromium(t), strings.TrimSuffix(s.URLs().Operator, "/"))
	b.Shifts = true // rows come
	link, err := s.OperatorLink()
	if err != nil {
		t.Fatal(err)
	}
	b.Open(strings.TrimPrefix(link, b.Origin))
	b.Press("main button")
	b.See(".timeline")
	return b
}

// failedActivation has a user registered, and an activation refused.
func failedActivation(t *testing.T, s *dsappd.Server) (registrationID string) {
	t.Helper()
	id := element(t, soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "Password2")), "registrationID")
	soapCall(t, s, "dsappSRPActivate", `<componentType>srp-direct</componentType><registrationID>`+id+`</registrationID><credential><response>918273</response></credential>`)
	return id
}

// TestConsoleInChromium uses the console as an operator does, beside clients that
// send 200 requests in a second.
func TestConsoleInChromium(t *testing.T) {
	s, _ := openConsole(t)
	b := consoleTab(t, s)
	b.Wants("[data-state]", "Live")
	id := failedActivation(t, s)
	b.Wants("[data-rows] tr:first-child", "dsappSRPActivate")
	b.Wants("[data-rows] tr:first-child", "STAT_INVCREDENTIALS")

	b.Do(chromedp.KeyEvent("p"))
	b.Wants("[data-state]", "Paused")
	hail(t, s)
	if b.Evaluate(`document.querySelector("[data-rows]").rows.length > 50`) {
		t.Error("the paused timeline went on")
	}
	b.Do(chromedp.KeyEvent("p"))
	labtest.Run(b, chromedp.Poll[bool](`document.querySelector("[data-rows]").rows.length >= 200`, chromedp.WithPollingTimeout(labtest.Patience)))
	hail(t, s)
	labtest.Run(b, chromedp.Poll[bool](`document.querySelector("[data-rows]").rows.length >= 400`, chromedp.WithPollingTimeout(labtest.Patience)))

	b.Open("/requests?operation=activate&registration=" + id)
	b.Do(chromedp.KeyEvent("j"))
	b.See("tr.picked")
	b.Do(chromedp.KeyEvent("\r"))
	b.See(".why")
	b.Wants(".why", "one-time password")
	b.Wants(".decided", "this decided")
	b.See("[data-copy=curl]")
	b.Press(`.why a[href*="#EventWindow"]`)
	b.See("#EventWindow:target")
	b.Do(chromedp.KeyEvent("/"))
	if !b.Evaluate(`(document.querySelector("#search").value = "") === "" && document.activeElement.id === "search"`) { // the key is typed, too
		t.Error("the key / does not lead to the search")
	}
	b.Do(chromedp.SendKeys("#search", "user2\r"))
	b.See(".wide section")
	b.See(`main a[href="/users/master/user2"]`)
	b.Press(`main a[href="/users/master/user2"]`)
	b.Press(`a[href^="/do/user/disable"]`)
	b.See(".card button.destroys")
	b.Press(".card button.destroys")
	b.See("[role=status]")
	b.Wants("[role=status]", "Done: Disable.")
	b.Wants(".facts", "disabled")

	for _, scheme := range []string{"light", "dark"} {
		b.Media("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
		for _, path := range []string{"/requests?status=INVCRED", "/registrations/" + id, "/users/master/user2", "/policies/Provisioning", "/lab", "/do/user/delete?id=user2&in=master"} {
			b.Open(path)
			b.See("main h1")
			b.WantContrast(scheme + ", " + path)
		}
	}
	b.Narrow()
	for _, path := range []string{"/requests?status=INVCRED", "/registrations/" + id, "/users", "/authenticators/VDM1000001", "/policies/Provisioning", "/components", "/lab", "/keys"} {
		b.Open(path)
		b.See("main h1")
		if b.Evaluate("document.documentElement.scrollWidth > innerWidth") {
			t.Errorf("%s is wider than a phone's screen", path)
		}
	}
	wantControls(t, b, "/do/user/set-password?id=user2&in=master", "/keys", "/lab", "/requests?operation=nothing")
}

// wantControls compares what a screen reader is told with what is kept. A run with
// DSAPPD_UPDATE=1 writes that anew.
func wantControls(t *testing.T, b *labtest.Tab, paths ...string) {
	t.Helper()
	var told strings.Builder
	for _, path := range paths {
		b.Open(path)
		b.See("main h1")
		told.WriteString(path + "\n  " + strings.Join(b.Controls(), "\n  ") + "\n")
	}
	name := filepath.Join("internal", "server", "operator", "testdata", "accessibility.txt")
	if os.Getenv("DSAPPD_UPDATE") != "" {
		if err := os.WriteFile(name, []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), told.String()); diff != "" {
		t.Error(diff)
	}
}

// hail sends 200 requests from two clients.
func hail(t *testing.T, s *dsappd.Server) {
	t.Helper()
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			for range 100 {
				soapCall(t, s, "dsappSRPActivate", `<componentType>srp-direct</componentType><registrationID>nobody</registrationID><credential><response>123456</response></credential>`)
			}
		})
	}
	clients.Wait()
}
