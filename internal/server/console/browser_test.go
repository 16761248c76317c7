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
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/phone"
)

// TestInChromium uses the page as a person does, in a real browser, and lets a
// phone read what is on its screen.
func TestInChromium(t *testing.T) {
	browser := labtest.Chromium(t)
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
	b.T.Helper()
	took := 0
	_, err := l.phone().ActivateImage(b.T.Context(), phone.State{}, phone.Activation{
		Registration: phone.RegistrationOf(image), Fingerprint: []byte("a phone"), DeviceType: dsapp.IOS,
		Keep: func(phone.State) error { return nil },
		Progress: func(c phone.Connection) {
			took = c.Number
			b.Wants(steps[took-1].what, steps[took-1].words)
		},
	})
	if err != nil || took != len(steps) {
		b.T.Fatalf("after %d connections: %v", took, err)
	}
}

// activate watches each step come without a reload, which a mark on the
// window would not outlive.
func activate(l *lab, b *tab) {
	t := b.T
	b.register("user1")
	b.Evaluate("window.mark = true")
	b.Wants("[data-left]", ":")
	image := b.scan()
	if image.UserID != "user1" || image.Domain != "master" || image.DigipassGatewayID != "0123456789" {
		t.Errorf("the code is of %s@%s for gateway %s", image.UserID, image.Domain, image.DigipassGatewayID)
	}
	b.follow(l, image,
		seen{".steps li[aria-current]", "Now: Phone connects securely"},
		seen{".steps li[aria-current]", "Now: Choose a PIN"},
		seen{`[data-when="activated"]:not([hidden]) h1`, "Your phone is activated"})
	if !b.Evaluate(`window.mark && !document.querySelector("[data-secret]") && document.title === "Your phone is activated · Self-management"`) {
		t.Errorf("after the end: reloaded, or the codes are still there, or the title is %q", labtest.Run(b.Tab, chromedp.Title()))
	}
	if text := b.Text("main"); !strings.Contains(text, "VDS1000140") {
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
	must(l.phoneElsewhere().Exchange(b.T.Context(), phone.RegistrationOf(b.scan())))(b.T)
	b.Wants(".steps li[aria-current]", "Choose a PIN")
}

func wrongPasswords(l *lab, b *tab) {
	l.policy(`{"GenericStatusCodes":false}`)
	for range 3 {
		b.signIn("user1", "not the password")
		b.See("#problem")
		b.Wants("#problem", "Wrong user ID or password.")
		if !b.Evaluate(`userID.value === "user1" && password.value === "" && document.activeElement === password`) {
			b.T.Error("the user ID is gone, or the password is not, or has not the focus")
		}
	}
	b.signIn("user1", password)
	b.See("#problem")
	b.Wants("#problem", "The user is locked for some time.")
}

func expire(l *lab, b *tab) {
	b.register("user1")
	l.clock.Pass(9*time.Minute + 30*time.Second)
	b.Open("/registrations/1")
	l.clock.Pass(30 * time.Second)
	b.See(`[data-when="expired"] h1`)
	b.Press(`[data-when="expired"] button`)
	b.See(".offer img")
	first := b.scan()
	l.clock.Pass(10 * time.Minute)
	b.See(`[data-when="expired"] h1`)
	if b.Evaluate(`!!document.querySelector("img")`) {
		b.T.Error("the code of what has expired is still there")
	}
	b.Press(`[data-when="expired"] button`)
	b.See(".offer img")
	if b.scan() == first {
		b.T.Error("the new code is the old one")
	}
}

func cancelAndStartOver(l *lab, b *tab) {
	b.register("user1")
	first := b.scan()
	b.Press(`[data-when="open"] .second`)
	b.Do(chromedp.WaitVisible(`[data-page="/registrations/2"] .offer img`))
	if b.scan() == first {
		b.T.Error("who starts over gets the old code")
	}
	b.Press(`form[action$="/cancel"] button`)
	b.See(`[data-when="closed"] h1`)
	b.Wants(`[data-when="closed"]`, "You cancelled it.")
	b.Press(`[data-when="closed"] button`)
	b.Do(chromedp.WaitVisible(`[data-page="/registrations/3"] .offer img`))
}

func closedByOperator(l *lab, b *tab) {
	b.register("user1")
	l.close(b.scan().RegistrationID)
	b.See(`[data-when="closed"] h1`)
	b.Wants(`[data-text="because"]`, "An administrator closed it.")
	if b.Evaluate(`!!document.querySelector("img, details")`) {
		b.T.Error("the codes of what is closed are still there")
	}
}

func wrongProof(l *lab, b *tab) {
	b.register("user1")
	wrong := phone.RegistrationOf(b.scan())
	wrong.Password = "wrong"
	if _, err := l.phone().Exchange(b.T.Context(), wrong); err == nil {
		b.T.Error("the server took a wrong proof")
	}
	b.Wants(`[data-text="trouble"]`, "The phone sent something wrong.")
	b.See(`[data-text="trouble"]`)
	b.Wants(".steps li[aria-current]", "Scan the code")
}

func twoAuthenticators(l *lab, b *tab) {
	b.signIn("user2", password)
	b.Press(`input[value="VDS1000142"]`)
	b.Press(`form[action="/registrations"] button`)
	b.See(".offer img")
	b.Press("summary")
	b.Wants("dl", "VDS1000142")
	must(l.phone().Exchange(b.T.Context(), phone.RegistrationOf(b.scan())))(b.T)
	b.Wants(".steps li[aria-current]", "Choose a PIN")
}

// reload shows the registration as it stands, and the code no more.
func reload(l *lab, b *tab) {
	b.register("user1")
	image := b.scan()
	b.Do(chromedp.Reload())
	b.Wants("main", "The code is shown only once")
	source := labtest.Run(b.Tab, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if strings.Contains(source, image.RegistrationID) || strings.Contains(source, image.ActivationPassword) {
		b.T.Error("the reloaded page holds the codes")
	}
	if at := labtest.Run(b.Tab, chromedp.Location()); at != b.Origin+"/registrations/1" {
		b.T.Errorf("the reloaded page is at %s", at)
	}
	must(l.phone().Exchange(b.T.Context(), phone.RegistrationOf(image)))(b.T)
	b.Wants(".steps li[aria-current]", "Choose a PIN")
	b.Press(`[data-when="open"] .second`)
	b.See(".offer img")
}

func signedOutElsewhere(l *lab, b *tab) {
	b.register("user1")
	b.Evaluate(`fetch("/sign-out", {method: "POST", body: new URLSearchParams({token: document.querySelector("[name=token]").value})}) && true`)
	b.See("#userID")
}

// serverGoesAway ends the stream under the page, which says so and finds it
// again.
func serverGoesAway(l *lab, b *tab) {
	b.register("user1")
	image := b.scan()
	b.Evaluate(`new MutationObserver(() => window.told = true).observe(document.querySelector("[data-lost]"), {attributes: true}) || true`)
	l.server.CloseClientConnections()
	labtest.Run(b.Tab, chromedp.Poll[bool]("window.told", chromedp.WithPollingTimeout(labtest.Patience)))
	must(l.phone().Exchange(b.T.Context(), phone.RegistrationOf(image)))(b.T)
	b.Wants(".steps li[aria-current]", "Choose a PIN")
	b.Do(chromedp.WaitNotVisible("[data-lost]"))
	l.page.Close()
	b.See("[data-unfollowed]")
}

// withoutJavaScript sees the code, and by the link how far it is.
func withoutJavaScript(l *lab, b *tab) {
	b.WithoutJavaScript()
	b.register("user1")
	if text := b.Text(".clock"); text != "Expires in 10 minutes" {
		b.T.Errorf("the code is %q", text)
	}
	device := l.phone()
	state := must(device.Exchange(b.T.Context(), phone.RegistrationOf(b.scan())))(b.T)
	b.Press("noscript a")
	b.See("li.done + li.done + li[aria-current]")
	otp, state, err := device.OTP(state)
	if err != nil {
		b.T.Fatal(err)
	}
	must(device.Activate(b.T.Context(), state, phone.Credential{Response: otp}))(b.T)
	b.See(`[data-when="activated"] h1`) // the page looks again by itself
}

// keysAlone goes all the way without a pointer.
func keysAlone(_ *lab, b *tab) {
	b.Open("/")
	b.See("#userID")
	b.Do(chromedp.KeyEvent("user2\t" + password + "\r"))
	b.See("fieldset")
	focus := func() string {
		return labtest.Run(b.Tab, chromedp.Evaluate[string](`document.activeElement.value || document.activeElement.textContent.trim()`))
	}
	var order []string
	for range 3 {
		b.Do(chromedp.KeyEvent("\t"))
		order = append(order, focus())
	}
	if diff := cmp.Diff([]string{"Sign out", "VDS1000141", "Show the code"}, order); diff != "" {
		b.T.Error(diff)
	}
	b.Do(chromedp.KeyEvent("\r"))
	b.See(".offer img")
	order = nil
	for range 4 {
		b.Do(chromedp.KeyEvent("\t"))
		order = append(order, focus())
		if !b.Evaluate(`getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
			b.T.Errorf("%s has the focus, and nothing shows it", focus())
		}
	}
	if diff := cmp.Diff([]string{"Sign out", "Can’t scan the code?", "Start over", "Cancel"}, order); diff != "" {
		b.T.Error(diff)
	}
	b.Do(chromedp.KeyEvent("\r"))
	b.See(`[data-when="closed"] h1`)
}

// screenReader compares what the browser tells assistive technology with
// testdata/accessibility.txt, page by page.
func screenReader(l *lab, b *tab) {
	var got strings.Builder
	look := func(name string) {
		got.WriteString("# " + name + "\n" + strings.Join(b.Controls(), "\n") + "\n\n")
	}
	b.Open("/")
	b.See("#userID")
	look("sign in")
	b.signIn("user2", "not the password")
	b.See("#problem")
	look("wrong password")
	b.signIn("user2", password)
	b.See("fieldset")
	look("two authenticators")
	b.Open("/account")
	b.See("h2")
	b.Press(".device summary")
	look("devices and password")
	b.Open("/")
	b.See("fieldset")
	b.Press(`form[action="/registrations"] button`)
	b.See(".offer img")
	look("the code")
	b.Press("summary")
	b.See("dl")
	id := b.scan().RegistrationID
	b.Do(chromedp.Focus("summary"))
	l.close(id)
	b.See(`[data-when="closed"] h1`)
	look("closed")
	if !b.Evaluate(`document.activeElement === document.querySelector('[data-when="closed"] h1')`) {
		b.T.Error("the focus was in what is gone, and has not come to the new heading")
	}
	if told := b.Text("[data-says]"); told != "" {
		b.T.Errorf("the heading is read, and %q too", told)
	}
	golden := filepath.Join("testdata", "accessibility.txt")
	if os.Getenv("DSAPPD_UPDATE") != "" {
		must(0, os.WriteFile(golden, []byte(got.String()), 0o644))(b.T)
	}
	if diff := cmp.Diff(string(must(os.ReadFile(golden))(b.T)), got.String()); diff != "" {
		b.T.Error(diff)
	}
}

// contrast holds every text to WCAG 2.2, 1.4.3, in both schemes.
func contrast(_ *lab, b *tab) {
	for _, scheme := range []string{"light", "dark"} {
		b.Media("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
		b.signIn("user2", "not the password")
		b.See("#problem")
		b.WantContrast(scheme + ", wrong password")
		b.signIn("user2", password)
		b.See("fieldset")
		b.WantContrast(scheme + ", authenticators")
		b.Press(`form[action="/registrations"] button`)
		b.See(".offer img")
		b.Press("summary")
		b.WantContrast(scheme + ", code")
		b.Press(`form[action$="/cancel"] button`)
		b.See(`[data-when="closed"] h1`)
		b.WantContrast(scheme + ", closed")
		b.Open("/account")
		b.See("h2")
		b.Press(".device summary")
		b.WantContrast(scheme + ", devices and password")
		b.Press("header button")
		b.See("#userID")
	}
}

// phoneWidth has everything within the screen, and a code that can be read.
func phoneWidth(_ *lab, b *tab) {
	b.Narrow()
	within := func(where string) {
		b.T.Helper()
		if !b.Evaluate("document.documentElement.scrollWidth <= innerWidth") {
			b.T.Errorf("%s is wider than the screen", where)
		}
	}
	b.signIn("user2", password)
	b.See("fieldset")
	within("the choice")
	b.Press(`form[action="/registrations"] button`)
	b.See(".offer img")
	b.Press("summary")
	within("the code")
	b.scan()
}

func noMotion(_ *lab, b *tab) {
	b.Media("prefers-reduced-motion", "reduce")
	b.register("user1")
	if !b.Evaluate(`[...document.querySelectorAll("*")].every((e) => getComputedStyle(e).transitionProperty === "none" && getComputedStyle(e).animationName === "none")`) {
		b.T.Error("something moves")
	}
}

// onThePhone has the app take the image from a link, or a person copy the codes.
func onThePhone(l *lab, b *tab) {
	link := must(console.ParseAppLink("mybank://activate?image={image}"))(b.T)
	l.server.Config.Handler = l.handler(func(c *console.Config) { c.AppLink = link })
	b.register("user1")
	if b.Evaluate(`document.querySelector(".here").checkVisibility()`) {
		b.T.Error("a desktop is offered the app")
	}
	b.Narrow()
	b.See(".here a")
	want := must(b.scan().Hex())(b.T)
	if got := labtest.Run(b.Tab, chromedp.Evaluate[string](`document.querySelector(".here a").href`)); got != "mybank://activate?image="+want {
		b.T.Errorf("the link is %s", got)
	}
	must(chromedp.Call(b.Context, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: "clipboard-read"}, Setting: cdpbrowser.PermissionSettingGranted,
		Origin: b.Origin, BrowserContextID: chromedp.FromContext(b.Context).BrowserContextID,
	}))(b.T)
	b.Press("summary")
	b.Press(`[data-copy="activation-password"]`)
	b.Wants("[data-says]", "Copied.")
	read := chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise)
	if got := labtest.Run(b.Tab, read); got != b.scan().ActivationPassword {
		b.T.Errorf("the clipboard has %q", got)
	}
	l.close(b.scan().RegistrationID)
	b.See(`[data-when="closed"] h1`)
	if b.Evaluate(`!!document.querySelector(".here")`) {
		b.T.Error("the link of what is closed is still there")
	}
}

// nothingMoves loads each page as it is for a desktop and for a phone; every
// tab complains of what shifts.
func nothingMoves(_ *lab, b *tab) {
	for _, narrow := range []bool{false, true} {
		if narrow {
			b.Narrow()
		}
		b.Open("/nowhere")
		b.signIn("user2", "not the password")
		b.See("#problem")
		b.signIn("user2", password)
		b.See("fieldset")
		b.Press(`form[action="/registrations"] button`)
		b.See(".offer img")
		b.Wants("[data-left]", ":")
		b.Do(chromedp.Reload())
		b.Wants("[data-left]", ":")
		b.Press(`form[action$="/cancel"] button`)
		b.See(`[data-when="closed"] h1`)
		b.Press("header button")
		b.See("#userID")
	}
}
