//go:build clients && !race

package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// patience is for what a tab waits for.
const patience = time.Minute

// chromium starts one for all tabs of a test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		out, err := exec.Command("../../../testdata/clients/tools.sh", "--check").CombinedOutput()
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

// tab is one of a browser of its own, without anybody's cookies. It fails the
// test at its end if a request left the page's origin, or the browser
// complained.
type tab struct {
	t      *testing.T
	ctx    context.Context
	origin string

	mutex      sync.Mutex
	complaints []string
}

func newTab(t *testing.T, browser context.Context, origin string) *tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(browser, patience)
	t.Cleanup(cancel)
	b := &tab{t: t, origin: origin}
	b.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	t.Cleanup(func() {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		for _, c := range b.complaints {
			t.Error(c)
		}
	})
	must(chromedp.Call(b.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))(t)
	must(chromedp.Call(b.ctx, runtime.AddBinding, runtime.AddBindingParams{Name: "shifted"}))(t)
	must(chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: tellShifts}))(t)
	b.do(chromedp.EmulateViewport(1080, 800))
	return b
}

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
func (b *tab) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, b.origin+"/") && !strings.HasPrefix(url, "data:") {
			complaint = "a request to " + url
		}
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork {
			complaint = fmt.Sprintf("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		complaint = fmt.Sprintf("console: %s", e.Type)
	case *runtime.EventBindingCalled:
		complaint = "a layout shift: " + e.Payload
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + e.ExceptionDetails.Text
	}
	if complaint != "" {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		b.complaints = append(b.complaints, complaint)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%v\n%s", err, b.source())
	}
}

// source is the page as it stands, for who has to find out what went wrong.
func (b *tab) source() string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	return text
}

func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	return must(chromedp.Run(b.ctx, action))(b.t)
}

func (b *tab) open(path string)        { b.t.Helper(); b.do(chromedp.Navigate(b.origin + path)) }
func (b *tab) see(what string)         { b.t.Helper(); b.do(chromedp.WaitVisible(what)) }
func (b *tab) press(what string)       { b.t.Helper(); b.do(chromedp.Click(what)) }
func (b *tab) text(what string) string { b.t.Helper(); return run(b, chromedp.Text(what)) }

// wants waits until a part of the page holds the words.
func (b *tab) wants(what, words string) {
	b.t.Helper()
	expression := fmt.Sprintf("document.querySelector(%q)?.textContent.includes(%q)", what, words)
	run(b, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience)))
}

func (b *tab) evaluate(expression string) bool {
	b.t.Helper()
	return run(b, chromedp.Evaluate[bool](expression))
}

func (b *tab) signIn(userID, password string) {
	b.t.Helper()
	b.open("/")
	b.do(chromedp.SendKeys("#userID", userID), chromedp.SendKeys("#password", password), chromedp.Click(`form[action="/sign-in"] button`))
}

// register comes as far as the code.
func (b *tab) register(userID string) {
	b.t.Helper()
	b.signIn(userID, password)
	b.press(`form[action="/registrations"] button`)
	b.see(".offer img")
}

// scan takes a screenshot and reads it as a phone does.
func (b *tab) scan() dsapp.Image {
	b.t.Helper()
	picture := run(b, chromedp.CaptureScreenshot())
	scanned := must(phone.Scan(bytes.NewReader(picture)))(b.t)
	if scanned.Image == nil {
		b.t.Fatalf("the code is %v, no activation image", scanned)
	}
	return *scanned.Image
}

// media sets what the page can ask of the reader's wishes.
func (b *tab) media(features ...string) {
	b.t.Helper()
	var all []*emulation.MediaFeature
	for i := 0; i < len(features); i += 2 {
		all = append(all, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	must(chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: all}))(b.t)
}

func (b *tab) withoutJavaScript() {
	b.t.Helper()
	must(chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))(b.t)
}

// narrow is a phone's screen.
func (b *tab) narrow() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// controls are the roles and names, as a screen reader has them, of all that
// can be operated or is announced, in the order of the page.
func (b *tab) controls() []string {
	b.t.Helper()
	tree := must(chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}))(b.t)
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

// keep writes a screenshot where the variable DSAPPD_SCREENS says, for a
// person to look at.
func (b *tab) keep(name string) {
	b.t.Helper()
	folder := os.Getenv("DSAPPD_SCREENS")
	if folder == "" {
		return
	}
	picture := run(b, chromedp.FullScreenshot(100))
	must(0, os.WriteFile(folder+"/"+name+".png", picture, 0o644))(b.t)
}
