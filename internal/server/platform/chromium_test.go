//go:build clients && !race

package platform_test

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A person tries the API in a browser: with the key of the sample, the users are
// listed. The page keeps to its own server and to its Content-Security-Policy.
func TestViewerInChromium(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("chromium")
	if err != nil {
		out, err := exec.Command("../../../testdata/clients/tools.sh", "--check").CombinedOutput()
		t.Fatalf("%v\n%s", err, out)
	}
	l := newLab(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	var mutex sync.Mutex
	var complaints []string
	complain := func(format string, args ...any) {
		mutex.Lock()
		defer mutex.Unlock()
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; !strings.HasPrefix(url, l.urls.Platform) && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "about:") {
				complain("a request to %s", url)
			}
		case *log.EventEntryAdded:
			complain("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			complain("exception: %s", e.ExceptionDetails.Text)
		}
	}))
	t.Cleanup(func() { chromedp.Cancel(ctx); cancel() })
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	const operation = "#operations-users-listUsers"
	l.must(chromedp.Do(ctx,
		chromedp.EmulateViewport(1200, 1000),
		chromedp.Navigate(l.urls.Platform),
		chromedp.Click(".auth-wrapper .authorize"),
		chromedp.SendKeys(`.auth-container input[type="text"], .auth-container input[type="password"]`, labKey),
		chromedp.Click(".auth-btn-wrapper .authorize"),
		chromedp.Click(".auth-btn-wrapper .btn-done"),
		chromedp.Click(operation+" .opblock-summary-control"),
		chromedp.Click(operation+" .try-out__btn"),
		chromedp.Click(operation+" .execute"),
	))
	status, err := chromedp.Run(ctx, chromedp.Text(operation+" .live-responses-table tr.response .response-col_status"))
	l.must(err)
	body, err := chromedp.Run(ctx, chromedp.Text(operation+" .live-responses-table tr.response .response-col_description"))
	l.must(err)
	if !strings.HasPrefix(status, "200") || !strings.Contains(body, "VDS1000140") {
		t.Errorf("HTTP %s: %s", status, body)
	}
	mutex.Lock()
	defer mutex.Unlock()
	for _, each := range complaints {
		t.Error(each)
	}
}
