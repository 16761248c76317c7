//go:build clients && !race

package console_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/phone"
)

// tab is one of a browser, on the page of a lab.
type tab struct{ *labtest.Tab }

func newTab(t *testing.T, browser context.Context, origin string) *tab {
	t.Helper()
	return &tab{labtest.NewTab(t, browser, origin)}
}

func (b *tab) signIn(userID, password string) {
	b.T.Helper()
	b.Open("/")
	b.Do(chromedp.SendKeys("#userID", userID), chromedp.SendKeys("#password", password), chromedp.Click(`form[action="/sign-in"] button`))
}

// register comes as far as the code.
func (b *tab) register(userID string) {
	b.T.Helper()
	b.signIn(userID, password)
	b.Press(`form[action="/registrations"] button`)
	b.See(".offer img")
}

// scan takes a screenshot and reads it as a phone does.
func (b *tab) scan() dsapp.Image {
	b.T.Helper()
	picture := labtest.Run(b.Tab, chromedp.CaptureScreenshot())
	scanned := must(phone.Scan(bytes.NewReader(picture)))(b.T)
	if scanned.Image == nil {
		b.T.Fatalf("the code is %v, no activation image", scanned)
	}
	return *scanned.Image
}
