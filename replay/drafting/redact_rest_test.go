package drafting_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"
)

// Nothing secret of a call of REST is in a redacted draft, wherever it stands.
func TestRedactREST(t *testing.T) {
	t.Parallel()
	asJSON := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer SECRET-key"}, "X-Other": {"SECRET-header"}, "Idempotency-Key": {"SECRET-repeat"}}
	call := func(method, target, body string, status int, reply string) drafting.Recorded {
		return drafting.Recorded{Method: method, Target: target, Status: status,
			Request: drafting.RecordedMessage{Header: asJSON, Body: []byte(body)}, Reply: drafting.RecordedMessage{Header: asJSON, Body: []byte(reply)}}
	}
	for name, r := range map[string]drafting.Recorded{
		"register": call("POST", "/v1/users/register", `{"objectType": "RegisterUserInputEx", "userID": "anna", "passkey": "SECRET-1", "note": "SECRET-2", "list": ["SECRET-3", {"a": "SECRET-4"}],
			"emailAddress": "SECRET@example.com", "mobilePhoneNumber": "+32987654321", "number": 987654321}`,
			200, `{"activationPassword": "SECRET-5", "serialNumber": "VDM1000001", "registrationID": "SECRETid", "extra": {"more": "SECRET-6"}, "list": ["SECRET-7"], "count": 987654321}`),
		"refused": call("POST", "/v1/users/anna@master/login", `{"objectType": "LoginInput", "credentials": {"passKey": "SECRET-1", "authenticator": {"OTP": "987654321"}}}`,
			409, `{"error": "Conflict", "message": "SECRET-2 is wrong", "validationErrors": [{"message": "SECRET-3"}]}`),
		"query":   call("GET", "https://tenant.example/v1/visualcodes/render?format=QR&message=SECRET&other=SECRET", "", 200, ""),
		"session": call("GET", "/v1/sessions/SECRETid", "", 200, `{"sessionStatus": "accepted"}`),
		"gateway": call("POST", "/rest/v2/authentication/authUser", `{"userID": "anna", "password": "SECRET-1"}`, 200,
			`{"resultCodes": {"returnCodeEnum": "RET_FAILURE", "statusCodeEnum": "STAT_INVCREDENTIALS", "returnCode": -1, "statusCode": 1000}, "errorStack": {"errors": [{"errorCode": 1000, "errorDesc": "SECRET-2"}]}}`),
		"votp": call("POST", "/v1/authenticators/VDS1000001/applications/OTP/generate-votp", `{"deliveryMethod": "Response"}`, 200, `{"otp": "987654321"}`),
	} {
		d := drafting.Drafter{Redact: true}
		n, err := d.Add(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		drafted, said := d.Draft(n)
		text, err := transcript.Format(drafted)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"SECRET", "987654321"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s: %q is in the draft:\n%s", name, secret, text)
			}
		}
		for _, notice := range said {
			if strings.Contains(notice.Reason, "SECRET") {
				t.Errorf("%s: %s", name, notice)
			}
		}
	}
	d := drafting.Drafter{Redact: true}
	for _, body := range []string{`{"userID": "anna", "userID": "b", "staticPassword": "SECRET"}`, `SECRET`, `{"a": `} {
		if _, err := d.Add(call("POST", "/v1/users/register", body, 400, `{"error": "Bad Request", "message": "x"}`)); err == nil {
			t.Errorf("%q was recorded, although nobody knows where in it secrets stand", body)
		}
	}
}
