package platform_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// device is the phone at the other end.
func (l *lab) device() *phone.Device { return &phone.Device{Rand: rand.Reader, Now: l.clock.Now} }

// offline activates a device of the user offline and returns the reply to
// register.
func (l *lab) offline(user, register string) answer {
	l.t.Helper()
	d := l.device()
	registered := l.ask(http.StatusOK, "POST", "/v1/users/register", register)
	id := registered.member(l.t, "registrationID")
	state, err := d.TakeMessage1(phone.State{}, id, registered.member(l.t, "activationPassword"))
	l.must(err)
	code, state, err := d.DeviceCode(state, dsapp.Android)
	l.must(err)
	added := l.ask(http.StatusOK, "POST", "/v1/registrations/"+id+"/add-device", fmt.Sprintf(`{"deviceCode": %q}`, code))
	for member, want := range map[string]string{"activationType": "offlineMDL", "deviceStatus": "Pending", "deviceType": "TYP07", "userID": user, "registrationID": id} {
		if got := added.member(l.t, member); got != want {
			l.t.Errorf("add-device: %s is %q, want %q", member, got, want)
		}
	}
	state, err = d.TakeMessage2(state, added.member(l.t, "activationMessage2"))
	l.must(err)
	signature, err := state.Signature(added.member(l.t, "serialNumber"))
	l.must(err)
	l.status(user, "pending")
	l.ask(http.StatusOK, "POST", "/v1/registrations/"+id+"/activate", fmt.Sprintf(`{"signature": %q}`, signature))
	l.status(user, "activated")
	return registered
}

func (l *lab) status(user, want string) {
	l.t.Helper()
	got := l.ask(http.StatusOK, "POST", "/v1/registrations/check-status", fmt.Sprintf(`{"login": %q, "timeoutSeconds": "0"}`, user))
	if status := got.member(l.t, "activationStatus"); status != want {
		l.t.Errorf("check-status of %s: %q, want %q", user, status, want)
	}
}

// A licence for two devices takes two, and refuses the third with the vendor's
// words.
func TestOfflineUntilTheLicenceIsFull(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const register = `{"objectType": "RegisterUserInputEx", "userID": "josh", "activationType": "offlineMDL", "clientIP": "1.2.3.4", "cddc": {"browserCDDC": {}}}`
	l.status("josh", "unknown")
	for range 2 {
		if got := l.offline("josh", register); got.member(t, "serialNumber") != "VDM1000101" {
			t.Errorf("%s", got.body)
		}
	}
	full := l.ask(http.StatusConflict, "POST", "/v1/users/register", register)
	if full.member(t, "error") != "Conflict" || full.member(t, "message") != "License activation limit reached." {
		t.Errorf("%s", full.body)
	}
	none := l.ask(http.StatusNotFound, "POST", "/v1/users/register", strings.Replace(register, "josh", "oscar", 1))
	if !strings.Contains(none.member(t, "message"), "no free one") {
		t.Errorf("%s", none.body)
	}
	l.status("oscar", "unknown")
	l.ask(http.StatusNotFound, "GET", "/v1/users/oscar", "")
}

// The user, the authenticator and the message come first, and the device's
// answer opens the registration.
func TestInSingleSteps(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.ask(http.StatusOK, "PUT", "/v1/users/hiyef@master", `{"staticPassword": "Password2"}`)
	free := l.ask(http.StatusOK, "GET", "/v1/authenticators?assigned=false&type=MDL", "")
	if !strings.Contains(free.body, `"total":1,`) {
		t.Fatal(free.body)
	}
	const licence = "/v1/authenticators/VDM1000101"
	l.ask(http.StatusOK, "POST", licence+"/assign", `{"userID": "hiyef", "domain": "master"}`)
	l.ask(http.StatusConflict, "POST", licence+"/assign", `{"userID": "user1"}`)
	message := l.ask(http.StatusOK, "POST", licence+"/generate-activation-message", "")
	d := l.device()
	state, err := d.TakeMessage1(phone.State{}, "before", message.member(t, "activationMessage"))
	l.must(err)
	code, state, err := d.DeviceCode(state, dsapp.IOS)
	l.must(err)
	const open = `{"userID": "hiyef", "staticPassword": %q, "activationType": "offlineMDL", "serialNumber": "VDM1000101", "deviceCode": %q}`
	l.ask(http.StatusConflict, "POST", "/v1/registrations", fmt.Sprintf(open, "wrong", code))
	opened := l.ask(http.StatusOK, "POST", "/v1/registrations", fmt.Sprintf(open, "Password2", code))
	if opened.member(t, "deviceType") != "TYP03" || opened.member(t, "serialNumber") != "VDM1000101-1" {
		t.Errorf("%s", opened.body)
	}
	l.ask(http.StatusNotFound, "POST", "/v1/registrations", fmt.Sprintf(open, "Password2", code)) // the message is spent
	state, err = d.TakeMessage2(state, opened.member(t, "activationMessage2"))
	l.must(err)
	signature, err := state.Signature("VDM1000101-1")
	l.must(err)
	path := "/v1/registrations/" + opened.member(t, "registrationID") + "/activate"
	l.ask(http.StatusConflict, "POST", path, `{"signature": "00000000"}`)
	l.ask(http.StatusOK, "POST", path, fmt.Sprintf(`{"signature": %q}`, signature))
	l.status("hiyef", "activated")
	shown := l.ask(http.StatusOK, "GET", "/v1/users/hiyef@master", "")
	if !strings.Contains(shown.body, `["VDM1000101","VDM1000101-1"]`) {
		t.Errorf("%s", shown.body)
	}
	l.ask(http.StatusOK, "POST", "/v1/authenticators/VDM1000101-1/unassign", "")
	l.ask(http.StatusOK, "POST", licence+"/unassign", "")
}

// A device code that answers nothing is refused, and three of them end the
// message.
func TestForeignDeviceCodes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const licence = "/v1/authenticators/VDM1000001"
	d := l.device()
	code := func() string {
		t.Helper()
		message := l.ask(http.StatusOK, "POST", licence+"/generate-activation-message", `{}`)
		state, err := d.TakeMessage1(phone.State{}, "before", message.member(t, "activationMessage"))
		l.must(err)
		code, _, err := d.DeviceCode(state, dsapp.Hardware)
		l.must(err)
		return code
	}
	foreign, right := code(), code()
	const open = `{"userID": "user6", "activationType": "offlineMDL", "deviceCode": %q}`
	for range 3 {
		l.ask(http.StatusConflict, "POST", "/v1/registrations", fmt.Sprintf(open, foreign))
	}
	l.ask(http.StatusNotFound, "POST", "/v1/registrations", fmt.Sprintf(open, right))
	again := code()
	l.clock.Pass(time.Hour)
	expired := l.ask(http.StatusConflict, "POST", "/v1/registrations", fmt.Sprintf(open, again))
	if !strings.Contains(expired.member(t, "message"), "expired") {
		t.Errorf("%s", expired.body)
	}
}

// A waiting check-status answers when the phone activates, and before its time
// is over.
func TestCheckStatusWaits(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	registered := l.ask(http.StatusOK, "POST", "/v1/users/register", `{"objectType": "RegisterUserInputEx", "userID": "user2", "activationType": "onlineSDL"}`)
	id := registered.member(t, "registrationID")
	answers := make(chan answer, 1)
	go func() {
		answers <- l.send(labKey, "POST", "/v1/registrations/check-status", `{"login": "user2", "timeoutSeconds": 200}`)
	}()
	d := l.device()
	d.Transport = &phone.Gateway{URL: l.urls.Gateway, Key: "lab-front-key", HTTP: http.DefaultClient}
	state, err := d.Exchange(t.Context(), phone.Registration{ID: id, Password: registered.member(t, "activationPassword")})
	l.must(err)
	otp, _, err := d.OTP(state)
	l.must(err)
	l.status("user2", "pending")
	l.ask(http.StatusOK, "POST", "/v1/registrations/"+id+"/activate", fmt.Sprintf(`{"response": %q}`, otp))
	select {
	case got := <-answers:
		if got.member(t, "activationStatus") != "activated" {
			t.Errorf("%s", got.body)
		}
	case <-time.After(time.Minute):
		t.Fatal("the waiter was not told")
	}
}

// A registration that has expired is a timeout, and a wait for nothing is short.
func TestCheckStatusOver(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.ask(http.StatusOK, "POST", "/v1/users/register", `{"objectType": "RegisterUserInputEx", "userID": "user3", "activationType": "onlineSDL"}`)
	pending := l.ask(http.StatusOK, "POST", "/v1/registrations/check-status", `{"login": "user3@master", "timeoutSeconds": "1"}`)
	if pending.member(t, "activationStatus") != "pending" {
		t.Errorf("%s", pending.body)
	}
	l.clock.Pass(time.Hour)
	l.status("user3", "timeout")
	l.status("nobody", "unknown")
	l.status("user4", "unknown")
}

// Activation data in the clear open a registration that a derivation code or a
// one-time password ends.
func TestGenerateActivationData(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	data := l.ask(http.StatusOK, "POST", "/v1/authenticators/VDS1000141/generate-activation-data", `{}`)
	if !strings.HasPrefix(data.member(t, "activationData"), "otpauth://hotp/") || data.member(t, "userID") != "user2" {
		t.Errorf("%s", data.body)
	}
	l.ask(http.StatusOK, "POST", "/v1/registrations/"+data.member(t, "registrationID")+"/activate", `{"response": "755224"}`)
	l.ask(http.StatusNotFound, "POST", "/v1/authenticators/VDS1000151/generate-activation-data", "")
	l.ask(http.StatusBadRequest, "POST", "/v1/authenticators/VDM1000001/generate-activation-data", "")
	l.ask(http.StatusBadRequest, "POST", "/v1/authenticators/VDS1000141/generate-activation-message", "")
}
