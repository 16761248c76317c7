//go:build clients

package labtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience bounds what a tab waits for.
const Patience = 2 * time.Minute

// Chromium starts one for all tabs of a test.
func Chromium(t *testing.T) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		out, err := exec.Command(filepath.Join(root(t), "testdata/clients/tools.sh"), "--check").CombinedOutput()
		t.Fatalf("%v\n%s", err, out)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("allow-pre-commit-input", true)) // else a press before the first frame of a page is lost
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx); cancel() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// Tab drives a tab of a browser of its own, without anybody's cookies. It fails the
// test at its end if a request left the page's origin, or the browser
// complained.
type Tab struct {
	T       *testing.T
	Context context.Context
	Origin  string
	Shifts  bool // the page may change its layout by itself

	mutex      sync.Mutex
	complaints []string
}

// NewTab opens one for the pages of an origin, such as http://127.0.0.1:8889.
func NewTab(t *testing.T, browser context.Context, origin string) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(browser, Patience)
	t.Cleanup(cancel)
	b := &Tab{T: t, Origin: origin}
	b.Context, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	t.Cleanup(func() {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		for _, c := range b.complaints {
			if !b.Shifts || !strings.HasPrefix(c, shifted) {
				t.Error(c)
			}
		}
	})
	must(chromedp.Call(b.Context, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))(t)
	must(chromedp.Call(b.Context, runtime.AddBinding, runtime.AddBindingParams{Name: "shifted"}))(t)
	must(chromedp.Call(b.Context, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: tellShifts}))(t)
	b.Do(chromedp.EmulateViewport(1080, 800))
	return b
}

// shifted begins the complaint about a layout that shifts.
const shifted = "a layout shift: "

// tellShifts tells of everything on a page that changes its place without a
// press or key just before: what the metric Cumulative Layout Shift adds up.
const tellShifts = `new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const of = (source) => (source.node?.outerHTML || source.node?.data || "").slice(0, 60);
    if (!entry.hadRecentInput) shifted(location.pathname + ": " + entry.value + " by " + [...entry.sources].map(of));
  }
}).observe({ type: "layout-shift", buffered: true })`

// listen takes note of what must not be. That a refused form is answered with
// an error status, of which the browser takes note too, is no complaint.
func (b *Tab) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, b.Origin+"/") && !strings.HasPrefix(url, "data:") {
			complaint = "a request to " + url
		}
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork {
			complaint = fmt.Sprintf("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		complaint = fmt.Sprintf("console: %s", e.Type)
	case *runtime.EventBindingCalled:
		complaint = shifted + e.Payload
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + e.ExceptionDetails.Text
	}
	if complaint != "" {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		b.complaints = append(b.complaints, complaint)
	}
}

// Do takes steps, and ends the test where one fails.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		b.T.Fatalf("%v\n%s", err, b.source())
	}
}

// source is the page as it stands, for who has to find out what went wrong.
func (b *Tab) source() string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Context), 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	return text
}

// Run takes one step and returns what it results in.
func Run[T any](b *Tab, action chromedp.Action[T]) T {
	b.T.Helper()
	return must(chromedp.Run(b.Context, action))(b.T)
}

// Open goes to a path of the origin.
func (b *Tab) Open(path string) { b.T.Helper(); b.Do(chromedp.Navigate(b.Origin + path)) }

// See waits until what a selector finds is visible.
func (b *Tab) See(what string) { b.T.Helper(); b.Do(chromedp.WaitVisible(what)) }

// Press clicks what a selector finds.
func (b *Tab) Press(what string) { b.T.Helper(); b.Do(chromedp.Click(what)) }

// Text returns the text of what a selector finds.
func (b *Tab) Text(what string) string { b.T.Helper(); return Run(b, chromedp.Text(what)) }

// Wants waits until a part of the page holds the words.
func (b *Tab) Wants(what, words string) {
	b.T.Helper()
	expression := fmt.Sprintf("document.querySelector(%q)?.textContent.includes(%q)", what, words)
	Run(b, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(Patience)))
}

// Evaluate reports whether an expression of JavaScript is true.
func (b *Tab) Evaluate(expression string) bool {
	b.T.Helper()
	return Run(b, chromedp.Evaluate[bool](expression))
}

// Media sets what the page can ask of the reader's wishes.
func (b *Tab) Media(features ...string) {
	b.T.Helper()
	var all []*emulation.MediaFeature
	for i := 0; i < len(features); i += 2 {
		all = append(all, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	must(chromedp.Call(b.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: all}))(b.T)
}

// WithoutJavaScript has pages run no script from now on.
func (b *Tab) WithoutJavaScript() {
	b.T.Helper()
	must(chromedp.Call(b.Context, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))(b.T)
}

// Narrow makes the tab as small as a phone's screen.
func (b *Tab) Narrow() {
	b.T.Helper()
	b.Do(chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// Controls returns the roles and names, as a screen reader has them, of all that
// can be operated or is announced, in the order of the page.
func (b *Tab) Controls() []string {
	b.T.Helper()
	tree := must(chromedp.Call(b.Context, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}))(b.T)
	var all []string
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		switch role := said(node.Role); role {
		case "heading", "textbox", "button", "link", "radio", "group", "radiogroup", "image", "img", "status", "alert", "timer", "DisclosureTriangle", "listitem":
			all = append(all, strings.TrimSpace(role+" "+said(node.Name)))
		}
	}
	return all
}

func said(v *accessibility.Value) string {
	var text string
	if v != nil {
		_ = json.Unmarshal([]byte(v.Value), &text) // what is no text says nothing
	}
	return text
}

// Keep writes a screenshot where the variable DSAPPD_SCREENS says, for a
// person to look at.
func (b *Tab) Keep(name string) {
	b.T.Helper()
	folder := os.Getenv("DSAPPD_SCREENS")
	if folder == "" {
		return
	}
	picture := Run(b, chromedp.FullScreenshot(100))
	must(0, os.WriteFile(folder+"/"+name+".png", picture, 0o644))(b.T)
}

// tooFaint lists texts whose contrast with what is behind them is under 4.5, once
// the page has its stylesheets.
const tooFaint = `(async () => {
  if (document.readyState !== "complete") await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
  const channels = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = channels(getComputedStyle(e).backgroundColor);
      if (c.length === 3) return c;
    }
  };
  const texts = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest(".unseen, noscript")
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  if (texts.length < 4) return ["only " + texts.length + " texts"];
  return texts.map((e) => {
    const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    return [e.textContent.trim(), (a + 0.05) / (b + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5).map(([text, ratio]) => text + ": " + ratio.toFixed(2));
})()`

// WantContrast holds every text of the page to the contrast of WCAG 2.2, 1.4.3.
func (b *Tab) WantContrast(where string) {
	b.T.Helper()
	for _, faint := range Run(b, chromedp.Evaluate[[]string](tooFaint, chromedp.EvalAwaitPromise)) {
		b.T.Errorf("%s: %s", where, faint)
	}
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
	t.Fatal(err)
	return ""
}
