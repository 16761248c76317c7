package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// opens is which keys open a path, by their sides.
func opens() map[string]string {
	return map[string]string{
		provisioning + "DSAPPSRPGenerateEphemeralKey":           "front",
		provisioning + "DSAPPSRPGenerateActivationData":         "front",
		provisioning + "DSAPPSRPActivate":                       "front",
		provisioning + "MdlRegister":                            "back",
		servicesPath + "authentication/authUser":                "front",
		provisioning + "MdlAddDevice":                           "front back",
		provisioning + "MdlActivate":                            "front back",
		provisioning + "getServerTime":                          "front",
		servicesPath + "notification/push/updateNotificationID": "front",
		"/image": "back",
	}
}

// Without a key that fits, nothing of the request is looked at: an empty body
// is refused by name once a key fits.
func TestSides(t *testing.T) {
	l := newLab(t)
	for path, sides := range opens() {
		for key, side := range map[string]string{frontKey: "front", backKey: "back"} {
			a := l.post(key, path, "{}")
			want := http.StatusForbidden
			switch {
			case strings.Contains(sides, side) && path == "/image":
				want = http.StatusBadRequest
			case strings.Contains(sides, side):
				want = http.StatusOK
			}
			if a.http != want || want == http.StatusForbidden != (a.header.Get("WWW-Authenticate") != "") {
				t.Errorf("%s with the %s key: HTTP %d, want %d: %s", path, side, a.http, want, a.body)
			}
			if want == http.StatusForbidden && (a.ResultCodes.StatusCodeEnum != "STAT_PERMISSION" || !strings.Contains(a.desc(), "of the other side")) {
				t.Errorf("%s with the %s key: %s", path, side, a.body)
			}
		}
		for _, key := range []string{"", "wrong", strings.ToUpper(frontKey), frontKey + " "} {
			a := l.post(key, path, "{}")
			if a.http != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic realm=") || a.ResultCodes.StatusCodeEnum != "STAT_INVCREDENTIALS" {
				t.Errorf("%s with the key %q: HTTP %d: %s", path, key, a.http, a.body)
			}
		}
	}
	for _, secret := range []string{frontKey, backKey, "wrong", "anybody"} {
		if strings.Contains(l.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if !strings.Contains(l.log.String(), " key=phones") {
		t.Error("the log does not name the key")
	}
}

// What is no Basic authentication is as good as none.
func TestOtherAuthentication(t *testing.T) {
	l := newLab(t)
	for _, header := range []string{"Bearer " + frontKey, "Basic", "Basic !", "Basic " + frontKey, ""} {
		r := l.request("", provisioning+"getServerTime", "{}")
		r.Header.Set("Authorization", header)
		if a := l.do(r); a.http != http.StatusUnauthorized {
			t.Errorf("%q: HTTP %d", header, a.http)
		}
	}
	for _, user := range []string{"", "x", "a name with spaces, ü"} {
		r := l.request("", provisioning+"getServerTime", "{}")
		r.SetBasicAuth(user, frontKey)
		if a := l.do(r); a.http != http.StatusOK {
			t.Errorf("user %q: HTTP %d", user, a.http)
		}
	}
}

// A key opens from the moment it is added to the moment it is deleted, while
// the gateway serves.
func TestKeysRotate(t *testing.T) {
	l := newLab(t)
	status := func(key string) int { return l.post(key, provisioning+"getServerTime", "").http }
	next := must(l.service.AddGatewayKey(t.Context(), operator(), provision.AddGatewayKey{Name: "phones 2", Side: provision.FrontEnd}))(t)
	if status(frontKey) != http.StatusOK || status(next.Key) != http.StatusOK {
		t.Error("two keys of a side do not both open")
	}
	must(l.service.DeleteGatewayKey(t.Context(), operator(), "phones"))(t)
	if status(frontKey) != http.StatusUnauthorized || status(next.Key) != http.StatusOK {
		t.Error("after the first key was deleted")
	}
	must(l.service.DeleteGatewayKey(t.Context(), operator(), "phones 2"))(t)
	if status(next.Key) != http.StatusUnauthorized {
		t.Error("without a key of the side")
	}
}
