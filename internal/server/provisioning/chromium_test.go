//go:build clients && !race

package provisioning_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A page that a real browser shows cannot have it call the server: not from
// its own origin, and not by a name that it points to this machine, where it
// could read the answers too.
func TestWebPagesInChromium(t *testing.T) {
	l := newLab(t, false)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>a page</title>")
	}))
	defer page.Close()
	port := l.server.URL[strings.LastIndex(l.server.URL, ":"):]
	tab := openTab(t, "MAP evil.example 127.0.0.1")
	wrong := envelope(t, "dsappsrpregister", "Password2", "wrong")
	for name, c := range map[string]struct{ at, call string }{
		"another origin": {page.URL, `fetch(%s, {method: "POST", mode: "no-cors", body: %s}).then(r => r.status, () => 0)`},
		"a blob":         {page.URL, `fetch(%s, {method: "POST", mode: "no-cors", body: new Blob([%s])}).then(r => r.status, () => 0)`},
		"its own name":   {"http://evil.example" + port, `fetch(%s, {method: "POST", headers: {"Content-Type": "text/xml"}, body: %s}).then(r => r.status, () => 0)`},
	} {
		target := l.server.URL
		if strings.Contains(c.at, "evil") {
			target = c.at
		}
		script := fmt.Sprintf(c.call, strconv.Quote(target), strconv.Quote(wrong))
		for range 4 { // the threshold of the lock is 3
			if err := chromedp.Do(tab, chromedp.Navigate(c.at)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			status, err := chromedp.Run(tab, chromedp.Evaluate[int](script, chromedp.EvalAwaitPromise))
			if err != nil || status == http.StatusOK {
				t.Errorf("%s: the page was answered %d, %v", name, status, err)
			}
		}
	}
	log := l.log.String()
	if !strings.Contains(log, "fault=OtherOrigin") || !strings.Contains(log, "fault=StrangeHost") || strings.Contains(log, "operation=") {
		t.Errorf("the requests did not come, or were read: %s", log)
	}
	l.ask("0", envelope(t, "dsappsrpregister"))
}

// openTab is one of a browser that resolves names by the rules.
func openTab(t *testing.T, rules string) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		out, err := exec.Command("../../../testdata/clients/tools.sh", "--check").CombinedOutput()
		t.Fatalf("%v\n%s", err, out)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("host-resolver-rules", rules))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx); cancel() })
	return ctx
}
