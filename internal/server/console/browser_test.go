//go:build clients && !race

package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/phone"
)

// TestInChromium uses the page as a person does, in a real browser, and lets a
// phone read what is on its screen.
func TestInChromium(t *testing.T) {
	browser := chromium(t)
	for name, play := range map[string]func(l *lab, b *tab){
		"from the sign-in to activated":  activate,
		"a licence":                      activateOnLicence,
		"another server takes the steps": activateElsewhere,
		"wrong password and lock":        wrongPasswords,
		"expiry":                         expire,
		"cancel and start over":          cancelAndStartOver,
		"an operator closes it":          closedByOperator,
		"the phone's proof is wrong":     wrongProof,
		"two authenticators":             twoAuthenticators,
		"a reload":                       reload,
		"signed out elsewhere":           signedOutElsewhere,
		"the server goes away":           serverGoesAway,
		"no JavaScript":                  withoutJavaScript,
		"keys alone":                     keysAlone,
		"a screen reader":                screenReader,
		"dark and light":                 contrast,
		"a phone's width":                phoneWidth,
		"no motion":                      noMotion,
		"on the phone itself":            onThePhone,
		"nothing moves":                  nothingMoves,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			play(l, newTab(t, browser, l.server.URL))
		})
	}
}

// seen is what a part of the page says.
type seen struct{ what, words string }

// follow lets a phone that scanned the image go all its way through the
// gateway, and before each next connection waits for the page.
func (b *tab) follow(l *lab, image dsapp.Image, steps ...seen) {
	b.t.Helper()
	took := 0
	_, err := l.phone().ActivateImage(b.t.Context(), phone.State{}, phone.Activation{
		Registration: phone.RegistrationOf(image), Fingerprint: []byte("a phone"), DeviceType: dsapp.IOS,
		Keep: func(phone.State) error { return nil },
		Progress: func(c phone.Connection) {
			took = c.Number
			b.wants(steps[took-1].what, steps[took-1].words)
		},
	})
	if err != nil || took != len(steps) {
		b.t.Fatalf("after %d connections: %v", took, err)
	}
}

// activate watches each step come without a reload, which a mark on the
// window would not outlive.
func activate(l *lab, b *tab) {
	t := b.t
	b.register("user1")
	b.evaluate("window.mark = true")
	b.wants("[data-left]", ":")
	image := b.scan()
	if image.UserID != "user1" || image.Domain != "master" || image.DigipassGatewayID != "0123456789" {
		t.Errorf("the code is of %s@%s for gateway %s", image.UserID, image.Domain, image.DigipassGatewayID)
	}
	b.follow(l, image,
		seen{".steps li[aria-current]", "Now: Phone connects securely"},
		seen{".steps li[aria-current]", "Now: Choose a PIN"},
		seen{`[data-when="activated"]:not([hidden]) h1`, "Your phone is activated"})
	if !b.evaluate(`window.mark && !document.querySelector("[data-secret]") && document.title === "Your phone is activated · Self-management"`) {
		t.Errorf("after the end: reloaded, or the codes are still there, or the title is %q", run(b, chromedp.Title()))
	}
	if text := b.text("main"); !strings.Contains(text, "VDS1000140") {
		t.Error(text)
	}
}

func activateOnLicence(l *lab, b *tab) {
	b.register("user3")
	b.follow(l, b.scan(),
		seen{".steps li[aria-current]", "Now: Phone connects securely"},
		seen{".steps li[aria-current]", "Phone is added"},
		seen{".steps li[aria-current]", "Choose a PIN"},
		seen{`[data-when="activated"]:not([hidden])`, "VDM1000001-1"})
}

func activateElsewhere(l *lab, b *tab) {
	b.register("user1")
	must(l.phoneElsewhere().Exchange(b.t.Context(), phone.RegistrationOf(b.scan())))(b.t)
	b.wants(".steps li[aria-current]", "Choose a PIN")
}

func wrongPasswords(l *lab, b *tab) {
	l.policy(`{"GenericStatusCodes":false}`)
	for range 3 {
		b.signIn("user1", "not the password")
		b.see("#problem")
		b.wants("#problem", "Wrong user ID or password.")
		if !b.evaluate(`userID.value === "user1" && password.value === "" && document.activeElement === password`) {
			b.t.Error("the user ID is gone, or the password is not, or has not the focus")
		}
	}
	b.signIn("user1", password)
	b.see("#problem")
	b.wants("#problem", "The user is locked for some time.")
}

func expire(l *lab, b *tab) {
	b.register("user1")
	l.clock.Pass(9*time.Minute + 30*time.Second)
	b.open("/registrations/1")
	l.clock.Pass(30 * time.Second)
	b.see(`[data-when="expired"] h1`)
	b.press(`[data-when="expired"] button`)
	b.see(".offer img")
	first := b.scan()
	l.clock.Pass(10 * time.Minute)
	b.see(`[data-when="expired"] h1`)
	if b.evaluate(`!!document.querySelector("img")`) {
		b.t.Error("the code of what has expired is still there")
	}
	b.press(`[data-when="expired"] button`)
	b.see(".offer img")
	if b.scan() == first {
		b.t.Error("the new code is the old one")
	}
}

func cancelAndStartOver(l *lab, b *tab) {
	b.register("user1")
	first := b.scan()
	b.press(`[data-when="open"] .second`)
	b.do(chromedp.WaitVisible(`[data-page="/registrations/2"] .offer img`))
	if b.scan() == first {
		b.t.Error("who starts over gets the old code")
	}
	b.press(`form[action$="/cancel"] button`)
	b.see(`[data-when="closed"] h1`)
	b.wants(`[data-when="closed"]`, "You cancelled it.")
	b.press(`[data-when="closed"] button`)
	b.do(chromedp.WaitVisible(`[data-page="/registrations/3"] .offer img`))
}

func closedByOperator(l *lab, b *tab) {
	b.register("user1")
	l.close(b.scan().RegistrationID)
	b.see(`[data-when="closed"] h1`)
	b.wants(`[data-text="because"]`, "An administrator closed it.")
	if b.evaluate(`!!document.querySelector("img, details")`) {
		b.t.Error("the codes of what is closed are still there")
	}
}

func wrongProof(l *lab, b *tab) {
	b.register("user1")
	wrong := phone.RegistrationOf(b.scan())
	wrong.Password = "wrong"
	if _, err := l.phone().Exchange(b.t.Context(), wrong); err == nil {
		b.t.Error("the server took a wrong proof")
	}
	b.wants(`[data-text="trouble"]`, "The phone sent something wrong.")
	b.see(`[data-text="trouble"]`)
	b.wants(".steps li[aria-current]", "Scan the code")
}

func twoAuthenticators(l *lab, b *tab) {
	b.signIn("user2", password)
	b.press(`input[value="VDS1000142"]`)
	b.press(`form[action="/registrations"] button`)
	b.see(".offer img")
	b.press("summary")
	b.wants("dl", "VDS1000142")
	must(l.phone().Exchange(b.t.Context(), phone.RegistrationOf(b.scan())))(b.t)
	b.wants(".steps li[aria-current]", "Choose a PIN")
}

// reload shows the registration as it stands, and the code no more.
func reload(l *lab, b *tab) {
	b.register("user1")
	image := b.scan()
	b.do(chromedp.Reload())
	b.wants("main", "The code is shown only once")
	source := run(b, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if strings.Contains(source, image.RegistrationID) || strings.Contains(source, image.ActivationPassword) {
		b.t.Error("the reloaded page holds the codes")
	}
	if at := run(b, chromedp.Location()); at != b.origin+"/registrations/1" {
		b.t.Errorf("the reloaded page is at %s", at)
	}
	must(l.phone().Exchange(b.t.Context(), phone.RegistrationOf(image)))(b.t)
	b.wants(".steps li[aria-current]", "Choose a PIN")
	b.press(`[data-when="open"] .second`)
	b.see(".offer img")
}

func signedOutElsewhere(l *lab, b *tab) {
	b.register("user1")
	b.evaluate(`fetch("/sign-out", {method: "POST", body: new URLSearchParams({token: document.querySelector("[name=token]").value})}) && true`)
	b.see("#userID")
}

// serverGoesAway ends the stream under the page, which says so and finds it
// again.
func serverGoesAway(l *lab, b *tab) {
	b.register("user1")
	image := b.scan()
	b.evaluate(`new MutationObserver(() => window.told = true).observe(document.querySelector("[data-lost]"), {attributes: true}) || true`)
	l.server.CloseClientConnections()
	run(b, chromedp.Poll[bool]("window.told", chromedp.WithPollingTimeout(patience)))
	must(l.phone().Exchange(b.t.Context(), phone.RegistrationOf(image)))(b.t)
	b.wants(".steps li[aria-current]", "Choose a PIN")
	b.do(chromedp.WaitNotVisible("[data-lost]"))
	l.page.Close()
	b.see("[data-unfollowed]")
}

// withoutJavaScript sees the code, and by the link how far it is.
func withoutJavaScript(l *lab, b *tab) {
	b.withoutJavaScript()
	b.register("user1")
	if text := b.text(".clock"); text != "Expires in 10 minutes" {
		b.t.Errorf("the code is %q", text)
	}
	device := l.phone()
	state := must(device.Exchange(b.t.Context(), phone.RegistrationOf(b.scan())))(b.t)
	b.press("noscript a")
	b.see("li.done + li.done + li[aria-current]")
	otp, state, err := device.OTP(state)
	if err != nil {
		b.t.Fatal(err)
	}
	must(device.Activate(b.t.Context(), state, phone.Credential{Response: otp}))(b.t)
	b.see(`[data-when="activated"] h1`) // the page looks again by itself
}

// keysAlone goes all the way without a pointer.
func keysAlone(_ *lab, b *tab) {
	b.open("/")
	b.see("#userID")
	b.do(chromedp.KeyEvent("user2\t" + password + "\r"))
	b.see("fieldset")
	focus := func() string {
		return run(b, chromedp.Evaluate[string](`document.activeElement.value || document.activeElement.textContent.trim()`))
	}
	var order []string
	for range 3 {
		b.do(chromedp.KeyEvent("\t"))
		order = append(order, focus())
	}
	if diff := cmp.Diff([]string{"Sign out", "VDS1000141", "Show the code"}, order); diff != "" {
		b.t.Error(diff)
	}
	b.do(chromedp.KeyEvent("\r"))
	b.see(".offer img")
	order = nil
	for range 4 {
		b.do(chromedp.KeyEvent("\t"))
		order = append(order, focus())
		if !b.evaluate(`getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
			b.t.Errorf("%s has the focus, and nothing shows it", focus())
		}
	}
	if diff := cmp.Diff([]string{"Sign out", "Can’t scan the code?", "Start over", "Cancel"}, order); diff != "" {
		b.t.Error(diff)
	}
	b.do(chromedp.KeyEvent("\r"))
	b.see(`[data-when="closed"] h1`)
}

// screenReader compares what the browser tells assistive technology with
// testdata/accessibility.txt, page by page.
func screenReader(l *lab, b *tab) {
	var got strings.Builder
	look := func(name string) {
		got.WriteString("# " + name + "\n" + strings.Join(b.controls(), "\n") + "\n\n")
	}
	b.open("/")
	b.see("#userID")
	look("sign in")
	b.signIn("user2", "not the password")
	b.see("#problem")
	look("wrong password")
	b.signIn("user2", password)
	b.see("fieldset")
	look("two authenticators")
	b.open("/account")
	b.see("h2")
	b.press(".device summary")
	look("devices and password")
	b.open("/")
	b.see("fieldset")
	b.press(`form[action="/registrations"] button`)
	b.see(".offer img")
	look("the code")
	b.press("summary")
	b.see("dl")
	id := b.scan().RegistrationID
	b.do(chromedp.Focus("summary"))
	l.close(id)
	b.see(`[data-when="closed"] h1`)
	look("closed")
	if !b.evaluate(`document.activeElement === document.querySelector('[data-when="closed"] h1')`) {
		b.t.Error("the focus was in what is gone, and has not come to the new heading")
	}
	if told := b.text("[data-says]"); told != "" {
		b.t.Errorf("the heading is read, and %q too", told)
	}
	golden := filepath.Join("testdata", "accessibility.txt")
	if os.Getenv("DSAPPD_UPDATE") != "" {
		must(0, os.WriteFile(golden, []byte(got.String()), 0o644))(b.t)
	}
	if diff := cmp.Diff(string(must(os.ReadFile(golden))(b.t)), got.String()); diff != "" {
		b.t.Error(diff)
	}
}

// contrast holds every text to WCAG 2.2, 1.4.3, in both schemes.
func contrast(_ *lab, b *tab) {
	for _, scheme := range []string{"light", "dark"} {
		b.media("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
		b.signIn("user2", "not the password")
		b.see("#problem")
		b.wantContrast(scheme + ", wrong password")
		b.signIn("user2", password)
		b.see("fieldset")
		b.wantContrast(scheme + ", authenticators")
		b.press(`form[action="/registrations"] button`)
		b.see(".offer img")
		b.press("summary")
		b.wantContrast(scheme + ", code")
		b.press(`form[action$="/cancel"] button`)
		b.see(`[data-when="closed"] h1`)
		b.wantContrast(scheme + ", closed")
		b.open("/account")
		b.see("h2")
		b.press(".device summary")
		b.wantContrast(scheme + ", devices and password")
		b.press("header button")
		b.see("#userID")
	}
}

// tooFaint lists texts whose contrast with what is behind them is under 4.5.
const tooFaint = `(() => {
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

func (b *tab) wantContrast(where string) {
	b.t.Helper()
	for _, faint := range run(b, chromedp.Evaluate[[]string](tooFaint)) {
		b.t.Errorf("%s: %s", where, faint)
	}
}

// phoneWidth has everything within the screen, and a code that can be read.
func phoneWidth(_ *lab, b *tab) {
	b.narrow()
	within := func(where string) {
		b.t.Helper()
		if !b.evaluate("document.documentElement.scrollWidth <= innerWidth") {
			b.t.Errorf("%s is wider than the screen", where)
		}
	}
	b.signIn("user2", password)
	b.see("fieldset")
	within("the choice")
	b.press(`form[action="/registrations"] button`)
	b.see(".offer img")
	b.press("summary")
	within("the code")
	b.scan()
}

func noMotion(_ *lab, b *tab) {
	b.media("prefers-reduced-motion", "reduce")
	b.register("user1")
	if !b.evaluate(`[...document.querySelectorAll("*")].every((e) => getComputedStyle(e).transitionProperty === "none" && getComputedStyle(e).animationName === "none")`) {
		b.t.Error("something moves")
	}
}

// onThePhone has the app take the image from a link, or a person copy the codes.
func onThePhone(l *lab, b *tab) {
	link := must(console.ParseAppLink("mybank://activate?image={image}"))(b.t)
	l.server.Config.Handler = l.handler(func(c *console.Config) { c.AppLink = link })
	b.register("user1")
	if b.evaluate(`document.querySelector(".here").checkVisibility()`) {
		b.t.Error("a desktop is offered the app")
	}
	b.narrow()
	b.see(".here a")
	want := must(b.scan().Hex())(b.t)
	if got := run(b, chromedp.Evaluate[string](`document.querySelector(".here a").href`)); got != "mybank://activate?image="+want {
		b.t.Errorf("the link is %s", got)
	}
	must(chromedp.Call(b.ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: "clipboard-read"}, Setting: cdpbrowser.PermissionSettingGranted,
		Origin: b.origin, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	}))(b.t)
	b.press("summary")
	b.press(`[data-copy="activation-password"]`)
	b.wants("[data-says]", "Copied.")
	read := chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise)
	if got := run(b, read); got != b.scan().ActivationPassword {
		b.t.Errorf("the clipboard has %q", got)
	}
	l.close(b.scan().RegistrationID)
	b.see(`[data-when="closed"] h1`)
	if b.evaluate(`!!document.querySelector(".here")`) {
		b.t.Error("the link of what is closed is still there")
	}
}

// nothingMoves loads each page as it is for a desktop and for a phone; every
// tab complains of what shifts.
func nothingMoves(_ *lab, b *tab) {
	for _, narrow := range []bool{false, true} {
		if narrow {
			b.narrow()
		}
		b.open("/nowhere")
		b.signIn("user2", "not the password")
		b.see("#problem")
		b.signIn("user2", password)
		b.see("fieldset")
		b.press(`form[action="/registrations"] button`)
		b.see(".offer img")
		b.wants("[data-left]", ":")
		b.do(chromedp.Reload())
		b.wants("[data-left]", ":")
		b.press(`form[action$="/cancel"] button`)
		b.see(`[data-when="closed"] h1`)
		b.press("header button")
		b.see("#userID")
	}
}
