package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/phone"
)

// fill completes a form of the page.
func (a answer) fill(t testing.TB, path string, pairs ...string) url.Values {
	t.Helper()
	form := a.form(t, path)
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// activated is a phone of user1, whose browser is signed in.
func activated(t testing.TB, l *lab, b *browser) (*phone.Device, phone.State) {
	t.Helper()
	shown := b.register("user1", "")
	device := l.phone()
	state := must(device.Exchange(t.Context(), shown.registration(t)))(t)
	otp, state, err := device.OTP(state)
	if err != nil {
		t.Fatal(err)
	}
	return device, must(device.Activate(t.Context(), state, phone.Credential{Response: otp}))(t)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	b, elsewhere := l.browser(), l.browser()
	b.signIn("user1", password)
	elsewhere.signIn("user1", password)
	account := b.get("/account")
	before := b.sessionCookie()

	wrong := b.post("/account/password", account.fill(t, "/account/password", "password", "not it", "newPassword", "Password3", "confirmation", "Password3"))
	wrong.has(t, http.StatusForbidden, "The present password is wrong.", `aria-describedby="password-problem"`)
	wrong.lacks(t, "not it", "Password3")
	b.post("/account/password", account.fill(t, "/account/password", "password", password, "newPassword", "Password3", "confirmation", "Password4")).
		has(t, http.StatusBadRequest, "its confirmation differ")
	b.post("/account/password", account.fill(t, "/account/password", "password", password, "newPassword", "Password3", "confirmation", "Password3")).
		has(t, http.StatusOK, "Your password was changed.")
	if b.sessionCookie() == before {
		t.Error("the session's cookie is the one from before")
	}
	elsewhere.get("/account").has(t, http.StatusForbidden, "Your account has changed. Sign in again.")
	l.browser().signIn("user1", password).has(t, http.StatusForbidden, "Wrong user ID or password.")
	l.browser().signIn("user1", "Password3").has(t, http.StatusOK, "Set up your phone")
}

func TestDevicesOfOneUser(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.policy(`{"SecureChannel":true}`)
	b := l.browser()
	device, state := activated(t, l, b)
	otp := func() string {
		l.clock.Pass(30e9)
		code, _, err := device.OTP(state)
		return must(code, err)(t)
	}
	account := b.get("/account")
	account.has(t, http.StatusOK, "VDS1000140", "Test a code", "Set a PIN", "Lost this device?")
	good := account.fill(t, "/account/test", "code", otp())
	b.post("/account/test", good).has(t, http.StatusOK, "The code was right")
	b.post("/account/test", good).has(t, http.StatusForbidden, "The code or the PIN is wrong, or the code was used before.", "<details open>")

	b.post("/account/pin", account.fill(t, "/account/pin", "code", otp(), "newPIN", "12", "confirmation", "12")).has(t, http.StatusForbidden, "Too Short")
	b.post("/account/pin", account.fill(t, "/account/pin", "code", otp(), "newPIN", "2468", "confirmation", "2468")).has(t, http.StatusOK, "The PIN was changed.", "Change the PIN")
	b.post("/account/test", account.fill(t, "/account/test", "code", otp())).has(t, http.StatusForbidden, "is wrong")
	b.post("/account/test", account.fill(t, "/account/test", "code", otp(), "pin", "2468")).has(t, http.StatusOK, "The code was right")

	scan := b.post("/account/scan", b.get("/account").form(t, "/account/scan"))
	scan.has(t, http.StatusOK, "Scan this code with", "2 minutes", `name="pin"`)
	message := regexp.MustCompile(`<p class="code long">([0-9A-F]+)</p>`).FindStringSubmatch(scan.text)
	if message == nil {
		t.Fatalf("there is no message:\n%s", scan.text)
	}
	answered := must(device.Answer(state, message[1]))(t)
	if answered.Title != "Self-management" || answered.Fields[0].Value != "user1" {
		t.Errorf("the device shows %+v", answered)
	}
	answer := scan.fill(t, "/account/test", "code", answered.Answer, "pin", "2468")
	b.post("/account/test", answer).has(t, http.StatusOK, "The answer was right")
	b.post("/account/test", answer).has(t, http.StatusForbidden, "ask for another")

	b.post("/account/deactivate", account.form(t, "/account/deactivate")).has(t, http.StatusOK, "The device was deactivated.", "You have no device yet.")
	b.post("/account/deactivate", account.form(t, "/account/deactivate")).has(t, http.StatusNotFound)
	if log := l.log.String(); strings.Contains(log, "2468") || strings.Contains(log, answered.Answer) {
		t.Errorf("the log holds a PIN or an answer:\n%s", log)
	}
}

// A device without a connection: the user carries two messages, a device code and
// a signature.
func TestOfflineLicence(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	b := l.browser()
	b.signIn("user3", password).lacks(t, "My device has no connection")
	l.policy(`{"OfflineMDL":true}`)
	home := b.get("/")
	home.has(t, http.StatusOK, `formaction="/registrations/offline"`)
	form := home.form(t, "/registrations")
	first := b.post("/registrations/offline", form)
	first.has(t, http.StatusOK, "Device code that the device shows", "Cancel")
	device := l.phone()
	state := must(device.TakeMessage1(phone.State{}, "", first.message(t)))(t)
	code, state, err := device.DeviceCode(state, dsapp.Hardware)
	if err != nil {
		t.Fatal(err)
	}
	b.post("/registrations/offline", form).has(t, http.StatusOK, "A code is shown only once")

	path := "/registrations/1/device-code"
	b.post(path, first.fill(t, path, "deviceCode", "123")).has(t, http.StatusBadRequest, "The device code is refused")
	second := b.post(path, first.fill(t, path, "deviceCode", code[:13]+" "+code[13:], "description", "the grey one"))
	second.has(t, http.StatusOK, "Signature that the device shows")
	state = must(device.TakeMessage2(state, second.message(t)))(t)
	b.get("/registrations/1").has(t, http.StatusOK, "Signature that the device shows", "Show the second code again")
	b.post(path, first.fill(t, path, "deviceCode", code)).has(t, http.StatusOK, second.message(t))

	path = "/registrations/1/signature"
	b.post(path, second.fill(t, path, "signature", "00000000")).has(t, http.StatusForbidden, "The signature is wrong. Type it again.")
	signature := must(state.Signature(""))(t)
	b.post(path, second.fill(t, path, "signature", signature)).has(t, http.StatusOK, `data-phase="activated"`, "VDM1000001-1")

	account := b.get("/account")
	account.has(t, http.StatusOK, "VDM1000001-1", "Device: the grey one", "another device can take its place")
	b.post("/account/deactivate", account.form(t, "/account/deactivate")).has(t, http.StatusOK, "You have no device yet.")
	b.get("/").has(t, http.StatusOK, "0 of 2 in use")
}

// message is what a person types who cannot scan.
func (a answer) message(t testing.TB) string {
	t.Helper()
	found := regexp.MustCompile(`<p class="code long" id="message">([0-9A-F]+)</p>`).FindStringSubmatch(html.UnescapeString(a.text))
	if found == nil {
		t.Fatalf("the page has no message:\n%s", a.text)
	}
	return found[1]
}

// What is another's stays so, whatever a form says.
func TestAccountIsOnesOwn(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	b := l.browser()
	activated(t, l, b)
	form := b.get("/account").form(t, "/account/deactivate")
	for _, device := range []string{"VDS1000141", "VDM1000001-1", "VDM1000001", "", "VDS1000140-1", "<b>"} {
		form.Set("device", device)
		b.post("/account/deactivate", form).has(t, http.StatusNotFound)
	}
	other := l.browser()
	other.signIn("user2", password)
	form.Set("device", "VDS1000140")
	other.post("/account/deactivate", form).has(t, http.StatusForbidden, "This form is too old")
	if a := must(l.service.ShowAuthenticator(t.Context(), "VDS1000140"))(t); a.State != provision.Active {
		t.Errorf("the authenticator is %s", a.State)
	}
	for _, path := range []string{"/account/password", "/account/test", "/account/pin", "/account/scan", "/account/deactivate", "/registrations/offline"} {
		l.browser().post(path, url.Values{}).has(t, http.StatusOK, "Sign in")
		b.get(path).has(t, http.StatusOK, "Set up your phone")
	}
	l.browser().get("/account").has(t, http.StatusOK, "Sign in")
}
