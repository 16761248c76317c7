package platform_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// A user is authenticated by a one-time password once, and by the static
// password until the grace period ends.
func TestLogin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const path = "/v1/users/user2@master/login"
	otp := func(text string) string {
		return fmt.Sprintf(`{"objectType": "LoginInput", "credentials": {"authenticator": {"OTP": %q}}}`, text)
	}
	const static = `{"objectType": "LoginInput", "credentials": {"passKey": %q}}`
	l.ask(http.StatusOK, "POST", path, fmt.Sprintf(static, "Password2"))
	accepted := l.ask(http.StatusOK, "POST", path, otp("755224"))
	if accepted.member(t, "sessionStatus") != "accepted" || !strings.Contains(accepted.body, `"riskResponseCode":0`) {
		t.Errorf("%s", accepted.body)
	}
	l.session(accepted.member(t, "requestID"), "accepted")
	refused := map[string]answer{
		"used":    l.send(labKey, "POST", path, otp("755224")),
		"wrong":   l.send(labKey, "POST", path, otp("000000")),
		"grace":   l.send(labKey, "POST", path, fmt.Sprintf(static, "Password2")),
		"unknown": l.send(labKey, "POST", "/v1/users/nobody/login", otp("755224")),
	}
	for name, a := range refused {
		if a.status != http.StatusConflict || a.member(t, "error") != "Conflict" || a.member(t, "message") != "Authentication failed" {
			t.Errorf("%s: HTTP %d, %s", name, a.status, a.body)
		}
		l.session(a.header.Get("log-correlation-id"), "refused")
	}
	l.session("0123456789abcdef", "unknown")
	l.session("1234567890", "unknown")
	l.session("no such ID", "unknown")
	l.ask(http.StatusOK, "POST", "/v1/users/user2/unlock", "") // three were wrong
	l.ask(http.StatusOK, "POST", "/v1/users/user2/events/validate", `{"eventType": "LoginAttempt", "credentials": {"authenticator": {"OTP": "287082"}}}`)
}

func (l *lab) session(id, want string) {
	l.t.Helper()
	a := l.ask(http.StatusOK, "GET", "/v1/sessions/"+strings.ReplaceAll(id, " ", "%20"), "")
	if got := a.member(l.t, "sessionStatus"); got != want {
		l.t.Errorf("session %s: %q, want %q", id, got, want)
	}
}

// A challenge waits until it is answered, and takes one answer.
func TestChallenge(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	made := l.ask(http.StatusOK, "POST", "/v1/users/user2/generate-challenge", `{"length": "6", "checkDigit": "true"}`)
	text, id := made.member(t, "challenge"), made.member(t, "requestID")
	if len(text) != 6 || dsapp.WithCheckDigit(text[:5]) != text {
		t.Errorf("%s", made.body)
	}
	l.session(id, "pending")
	response, err := dsapp.ChallengeResponse([]byte("12345678901234567890"), 0, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, text)
	l.must(err)
	body := fmt.Sprintf(`{"objectType": "LoginInput", "requestID": %q, "credentials": {"authenticator": {"OTP": %q}}}`, id, response)
	l.ask(http.StatusOK, "POST", "/v1/users/user2/login", body)
	l.session(id, "unknown")
	again := l.ask(http.StatusConflict, "POST", "/v1/users/user2/login", body)
	if again.member(t, "message") != "Request ID is invalid" {
		t.Errorf("%s", again.body)
	}
	l.ask(http.StatusBadRequest, "POST", "/v1/users/user2/generate-challenge", `{"length": 17}`)
}

// What needs a push notification or FIDO says so.
func TestUnservedLogins(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, body := range []string{
		`{"objectType": "LoginInput", "orchestrationDelivery": ["pushNotification"], "timeout": 0}`,
		`{"objectType": "AdaptiveLoginInput", "cddc": {}}`,
		`{"objectType": "LoginInput", "credentials": {"fidoAuthenticator": {"authenticationResponse": "x"}}}`,
	} {
		l.ask(http.StatusUnprocessableEntity, "POST", "/v1/users/user2/login", body)
	}
	for _, body := range []string{
		`{"objectType": "TransactionValidationInput", "data": {"fido": {}}}`,
		`{"objectType": "TransactionValidationInput", "data": {"transactionMessage": {"dataFields": [{"key": {"text": "to"}, "value": {"text": "anna"}}]}}}`,
		`{"objectType": "TransactionValidationInput", "orchestrationDelivery": ["pushNotification", "requestMessage"], "data": {"transactionMessage": {"dataFields": [{"value": {"text": "anna"}}]}}}`,
	} {
		l.ask(http.StatusUnprocessableEntity, "POST", "/v1/users/user2/transactions/validate", body)
	}
	l.ask(http.StatusUnprocessableEntity, "POST", "/v1/users/user2/generate-virtual-signature", `{"dataFields": ["a"]}`)
	l.ask(http.StatusBadRequest, "POST", "/v1/users/user2/login", `{"objectType": "LoginInput", "credentials": {"authenticator": {}}}`)
}
