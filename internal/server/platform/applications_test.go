package platform_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A server PIN is set, comes before one-time passwords, and is taken away.
func TestApplicationPIN(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const path = "/v1/authenticators/VDS1000141/applications/OTP"
	login := func(status int, otp string) {
		t.Helper()
		l.ask(status, "POST", "/v1/users/user2/login", fmt.Sprintf(`{"objectType": "LoginInput", "credentials": {"authenticator": {"OTP": %q}}}`, otp))
	}
	if a := l.ask(http.StatusOK, "PATCH", path, `{"pin": "2468"}`); a.body != `{"name":"OTP","type":"RO","pinSet":true,"errorCount":0}`+"\n" {
		t.Errorf("%s", a.body)
	}
	login(http.StatusConflict, "755224")
	login(http.StatusOK, "2468755224")
	if a := l.ask(http.StatusOK, "PATCH", path, `{"pin": null}`); !strings.Contains(a.body, `"pinSet":false`) {
		t.Errorf("%s", a.body)
	}
	login(http.StatusOK, "287082")
	login(http.StatusConflict, "000000")
	if a := l.ask(http.StatusOK, "GET", "/v1/authenticators/VDS1000141", ""); !strings.Contains(a.body, `"errorCount":1`) {
		t.Errorf("%s", a.body)
	}
	if a := l.ask(http.StatusOK, "PATCH", path, `{"errorCount": "0"}`); !strings.Contains(a.body, `"errorCount":0`) {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "PATCH", path, `{"reset": true}`)
	login(http.StatusOK, "755224") // what was spent is taken again
	if log := l.log.String(); strings.Contains(log, "2468") {
		t.Error("the log shows a PIN")
	}
}

// One change is made at a time, of an application that there is.
func TestApplicationRefusals(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const path = "/v1/authenticators/VDM1000001/applications/OTP"
	for body, words := range map[string]string{
		``: "pin", `{"reset": false}`: "pin", `{"pin": "1234", "reset": true}`: "not alone",
		`{"pin": "12a4"}`: "digits", `{"pin": "123456789"}`: "digits", `{"pin": [1]}`: "string", `{"errorCount": 2}`: "errorCount",
	} {
		if a := l.ask(http.StatusBadRequest, "PATCH", path, body); !strings.Contains(a.body, words) {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	if a := l.ask(http.StatusConflict, "PATCH", path, `{"pin": "1"}`); !strings.Contains(a.body, "MinimumPINLength") {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "PATCH", "/v1/authenticators/VDM1000001-1/applications/OTP", `{"pin": "1234"}`) // the licence's
	l.ask(http.StatusNotFound, "PATCH", "/v1/authenticators/VDM1000001/applications/SIG", `{"pin": "1234"}`)
	l.ask(http.StatusNotFound, "PATCH", "/v1/authenticators/VDM9999999/applications/OTP", `{"pin": "1234"}`)
	l.ask(http.StatusNotFound, "PATCH", "/v1/authenticators/VDS1000151/applications/OTP", `{"reset": "true"}`) // nobody has it
}

// A virtual one-time password is right once, and comes in the answer alone.
func TestVirtualOTP(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const path = "/v1/authenticators/VDS1000141/applications/OTP/generate-votp"
	otp := l.ask(http.StatusOK, "POST", path, `{"deliveryMethod": "Response", "message": "Your password"}`).member(t, "otp")
	login := fmt.Sprintf(`{"objectType": "LoginInput", "credentials": {"authenticator": {"OTP": %q}}}`, otp)
	l.ask(http.StatusOK, "POST", "/v1/users/user2/login", login)
	l.ask(http.StatusConflict, "POST", "/v1/users/user2/login", login)
	for delivery, status := range map[string]int{"SMS": 422, "Email": 422, "Voice": 422, "Default": 422, "Pigeon": 400, "": 400} {
		l.ask(status, "POST", path, fmt.Sprintf(`{"deliveryMethod": %q}`, delivery))
	}
	l.ask(http.StatusNotFound, "POST", "/v1/authenticators/VDS1000141/applications/SIG/generate-votp", `{"deliveryMethod": "Response"}`)
	l.ask(http.StatusBadRequest, "POST", "/v1/authenticators/VDM1000001/applications/OTP/generate-votp", `{"deliveryMethod": "Response"}`)
	l.setPlatformPolicy(`{"VirtualOTP": false}`)
	if a := l.ask(http.StatusForbidden, "POST", path, `{"deliveryMethod": "Response"}`); !strings.Contains(a.body, "VirtualOTP") {
		t.Errorf("%s", a.body)
	}
	if log := l.log.String(); strings.Contains(log, otp) {
		t.Error("the log shows a one-time password")
	}
}
