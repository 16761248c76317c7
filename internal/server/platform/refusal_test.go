package platform_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/platform"
)

// The description has the endpoints that there are, each with its scope.
func TestDescription(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	served := l.send("", "GET", "/v1/openapi.json", "")
	text, err := os.ReadFile("openapi.json")
	l.must(err)
	if served.body != string(text) || served.status != http.StatusOK {
		t.Fatalf("HTTP %d", served.status)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string
		}
	}
	l.must(json.Unmarshal(text, &document))
	var described []string
	for path, operations := range document.Paths {
		for method, operation := range operations {
			described = append(described, fmt.Sprintf("%s /v1%s %s", strings.ToUpper(method), path, strings.Join(operation.Security[0]["key"], ",")))
		}
	}
	slices.Sort(described)
	if served := platform.Endpoints(); !slices.Equal(described, served) {
		t.Errorf("described:\n%s\nserved:\n%s", strings.Join(described, "\n"), strings.Join(served, "\n"))
	}
}

// What is no request of an endpoint is told so in the one form.
func TestRefusals(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const register = "/v1/users/register"
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		words              string
	}{
		"no path":         {"GET", "/v1/nothing", "", 404, "openapi.json"},
		"no version":      {"GET", "/users", "", 404, "openapi.json"},
		"another method":  {"PATCH", register, "", 405, "POST"},
		"deep":            {"POST", register, deep, 400, `"/a/a/a`},
		"large":           {"POST", register, `{"userID":"` + strings.Repeat("a", 70000) + `"}`, 400, "64 KiB"},
		"twice":           {"POST", register, `{"userID":"a","userID":"b"}`, 400, `"/userID", byte 15: a member is there twice`},
		"twice inside":    {"POST", register, `{"cddc":{"a":1,"a":2}}`, 400, `"/cddc/a"`},
		"not UTF-8":       {"POST", register, "{\"userID\":\"\xff\"}", 400, `"/userID"`},
		"NaN":             {"POST", register, `{"userID":NaN}`, 400, `"/userID"`},
		"trailing":        {"POST", register, `{} {}`, 400, "goes on after its end"},
		"trailing text":   {"POST", register, `{}x`, 400, "goes on after its end"},
		"cut off":         {"POST", register, `{"userID":"a"`, 400, "ends too early"},
		"no object":       {"POST", register, `["userID"]`, 400, "not a JSON object"},
		"null":            {"POST", register, `null`, 400, "not a JSON object"},
		"lone surrogate":  {"POST", register, `{"userID":"\ud800"}`, 400, `"/userID"`},
		"fido":            {"POST", register, `{"objectType":"RegisterUserInputEx","userID":"a","activationType":"fido"}`, 422, "FIDO"},
		"CRONTO":          {"GET", "/v1/visualcodes/render?format=CRONTO&message=00", "", 422, "not public"},
		"no hex":          {"POST", "/v1/visualcodes/render", `{"format":"QR","message":"xyz"}`, 400, "hexadecimal"},
		"relay":           {"POST", "/v1/orchestration-commands", `{"command":"02"}`, 422, "not public"},
		"control":         {"PUT", "/v1/users/a%00b", "", 400, "control character"},
		"no user":         {"GET", "/v1/users/nobody@master", "", 404, "no user"},
		"no registration": {"POST", "/v1/registrations/none/activate", `{"signature":"12345678"}`, 404, "no registration"},
		"assigned":        {"DELETE", "/v1/authenticators/VDS1000141", "", 409, "assigned"},
		"limit":           {"GET", "/v1/users?limit=1001", "", 400, "limit"},
	} {
		a := l.send(labKey, c.method, c.path, c.body)
		if a.status != c.status || !strings.Contains(a.member(t, "message"), c.words) || a.member(t, "error") != http.StatusText(c.status) {
			t.Errorf("%s: HTTP %d, %s", name, a.status, a.body)
		}
	}
	large, err := http.NewRequestWithContext(t.Context(), "POST", l.urls.Platform+"v1/users/register", strings.NewReader("userID=a"))
	l.must(err)
	large.Header.Set("Authorization", "Bearer "+labKey)
	large.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := l.do(large); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("HTTP %d: %s", a.status, a.body)
	}
}

// All that is wrong is told at once.
func TestAllMessages(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.ask(http.StatusBadRequest, "POST", "/v1/users/register",
		`{"objectType": "Other", "userID": ["a"], "serialNumber": "VDS", "activationType": "onlineMDL", "deviceCode": "1", "staticPassword": {}}`)
	want := []string{"objectType is not known", "userID is not a string", "staticPassword is not a string", "serialNumber has not its form", "deviceCode has not its form"}
	got := a.messages(t)
	if len(got) != len(want)+1 { // a missing userID is told beside its type
		t.Logf("%q", got)
	}
	for _, each := range want {
		if !slices.ContainsFunc(got, func(m string) bool { return strings.Contains(m, each) }) {
			t.Errorf("%q is missing: %q", each, got)
		}
	}
}

// Texts are taken in quotes or without, and unknown members are ignored.
func TestLeniency(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lenient = true
	l.ask(http.StatusOK, "POST", "/v1/users/register", `{"objectType":"AdaptiveRegisterUserInput","login":12345,"passkey":true,"activationtype":"onlineMDL","x":{"y":[1,2]},"domain":null}`)
	if a := l.ask(http.StatusOK, "GET", "/v1/users/12345", ""); a.member(t, "domain") != "master" {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusConflict, "POST", "/v1/registrations", `{"userID":"12345","staticPassword":"false"}`)
	l.ask(http.StatusOK, "POST", "/v1/registrations", `{"userID":"12345","staticPassword":"true"}`)
	for _, seconds := range []string{`0`, `"0"`, `null`} {
		l.ask(http.StatusOK, "POST", "/v1/registrations/check-status", `{"userID":"12345","timeoutSeconds":`+seconds+`}`)
	}
}

// A key opens what its scopes say, and nothing is open without one.
func TestKeys(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for key, challenge := range map[string]string{"": `Bearer realm="platform"`, "wrong": `Bearer realm="platform", error="invalid_token"`} {
		a := l.send(key, "GET", "/v1/users", "")
		if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != challenge {
			t.Errorf("key %q: HTTP %d, %s", key, a.status, a.header.Get("WWW-Authenticate"))
		}
	}
	if strings.Contains(l.log.String(), labKey) || strings.Contains(l.log.String(), "wrong") {
		t.Error("the log shows a key")
	}
}

// Names survive the path, whatever they hold.
func TestNamesInPaths(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for escaped, name := range map[string]string{
		"a%2Fb": "a/b", "x@y.example@master": "x@y.example", "100%25": "100%", "M%C3%BCller%40master": "Müller", "a+b": "a+b", "a%20b": "a b",
		"%E6%97%A5%E6%9C%AC": "日本", "register@master": "register",
	} {
		l.ask(http.StatusOK, "PUT", "/v1/users/"+escaped, "")
		if a := l.ask(http.StatusOK, "GET", "/v1/users/"+escaped, ""); a.member(t, "userID") != name {
			t.Errorf("%s: %s", escaped, a.body)
		}
		l.ask(http.StatusOK, "DELETE", "/v1/users/"+escaped, "")
	}
}

// Lists are counted whole and shown in pages, by wildcards.
func TestLists(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for query, want := range map[string]string{
		"users?userID=user*&limit=2&offset=1": `^{"total":7,"users":\[{"userID":"user2".*"userID":"user3"[^{]*}\]}`,
		"users?userID=*3":                     `^{"total":1,`,
		"users?domain=master":                 `^{"total":9,`,
		"authenticators?serialNumber=%2A":     `^{"total":9,`,
		"authenticators?type=MDL":             `^{"total":2,`,
		"authenticators?type=totp&limit=1":    `^{"total":4,`,
		"authenticators?assigned=false":       `^{"total":2,`,
		"authenticators?userID=user2":         `^{"total":1,.*"applications":\[{"name":"OTP","type":"RO","pinSet":false,"errorCount":0}\]`,
	} {
		if a := l.ask(http.StatusOK, "GET", "/v1/"+query, ""); !regexp.MustCompile(want).MatchString(a.body) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	l.ask(http.StatusNotFound, "GET", "/v1/users?domain=none", "")
}

// What is said of a user is shown, changed and taken away, all of a request or
// nothing.
func TestUserMembers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const person = `"emailAddress":"anna@example.com","mobilePhoneNumber":"+32470123456","phoneNumber":"+3222345678","userName":"Anna Ö","description":"of the lab"`
	made := l.ask(http.StatusOK, "PUT", "/v1/users/anna", `{`+person+`,"vdpDeliveryMethod":"SMS","orgUnit":"lab"}`)
	if !strings.Contains(made.body, person+`,"vdpDeliveryMethod":"SMS"`) {
		t.Errorf("%s", made.body)
	}
	if a := l.ask(http.StatusOK, "GET", "/v1/users/anna", ""); a.body != made.body {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "PATCH", "/v1/users/anna", `{"emailAddress":null,"phoneNumber":"","vdpDeliveryMethod":"Default","locked":true}`)
	changed := l.ask(http.StatusOK, "GET", "/v1/users/anna", "")
	for part, there := range map[string]bool{
		"emailAddress": false, `"phoneNumber"`: false, `"vdpDeliveryMethod":"Default"`: true, `"locked":true`: true, `"userName":"Anna Ö"`: true, `"orgUnit":"lab"`: true,
	} {
		if strings.Contains(changed.body, part) != there {
			t.Errorf("%s: %s", part, changed.body)
		}
	}
	for member, value := range map[string]string{
		"emailAddress": "anna", "mobilePhoneNumber": "0470123456", "phoneNumber": "+32 2 234", "vdpDeliveryMethod": "Pigeon", "description": strings.Repeat("d", 1025),
		"locked": "perhaps",
	} {
		a := l.ask(http.StatusBadRequest, "PATCH", "/v1/users/anna", fmt.Sprintf(`{"userName":"Other",%q:%q}`, member, value))
		if got := a.messages(t); len(got) != 1 || !strings.HasPrefix(got[0], member) {
			t.Errorf("%s: %s", member, a.body)
		}
	}
	l.ask(http.StatusBadRequest, "PATCH", "/v1/users/anna", `{"userName":"Other","staticPassword":"\u0001"}`)
	if a := l.ask(http.StatusOK, "GET", "/v1/users/anna", ""); a.body != changed.body {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "POST", "/v1/users/register", `{"objectType":"RegisterUserInputEx","userID":"user2","activationType":"onlineSDL","emailAddress":"two@example.com"}`)
	if a := l.ask(http.StatusOK, "GET", "/v1/users/user2", ""); a.member(t, "emailAddress") != "two@example.com" {
		t.Errorf("%s", a.body)
	}
}

// When a user last logged in is shown, until it is forgotten.
func TestResetLastAuthenticationTime(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.ask(http.StatusOK, "POST", "/v1/users/user2/login", `{"objectType":"LoginInput","credentials":{"passKey":"Password2"}}`)
	if a := l.ask(http.StatusOK, "GET", "/v1/users/user2", ""); a.member(t, "lastAuthenticationTime") == "" || a.member(t, "lastAuthenticationRequestTime") == "" {
		t.Errorf("%s", a.body)
	}
	if a := l.ask(http.StatusOK, "POST", "/v1/users/user2/reset-last-authentication-time", ""); strings.Contains(a.body, "lastAuthentication") {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusNotFound, "POST", "/v1/users/nobody/reset-last-authentication-time", "")
}

// Users are made, changed, locked out and deleted.
func TestUsers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.ask(http.StatusNotFound, "PATCH", "/v1/users/anna", `{"disabled": true}`)
	l.ask(http.StatusOK, "PUT", "/v1/users/anna", `{"staticPassword": "Password2", "orgUnit": "lab"}`)
	if a := l.ask(http.StatusOK, "PATCH", "/v1/users/anna", `{"disabled": "true"}`); !strings.Contains(a.body, `"disabled":true`) {
		t.Errorf("%s", a.body)
	}
	const register = `{"objectType": "RegisterUserInputEx", "userID": "anna", "activationType": "onlineMDL", "staticPassword": %q}`
	if a := l.ask(http.StatusConflict, "POST", "/v1/users/register", fmt.Sprintf(register, "Password2")); a.member(t, "message") == "" {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "PUT", "/v1/users/anna", `{"disabled": false}`)
	for range 3 {
		l.ask(http.StatusConflict, "POST", "/v1/users/register", fmt.Sprintf(register, "wrong"))
	}
	if a := l.ask(http.StatusOK, "GET", "/v1/users/anna", ""); !strings.Contains(a.body, `"locked":true`) {
		t.Errorf("%s", a.body)
	}
	l.ask(http.StatusOK, "POST", "/v1/users/anna/unlock", "")
	drawn := l.ask(http.StatusOK, "POST", "/v1/users/anna/reset-password", "").member(t, "staticPassword")
	l.ask(http.StatusOK, "POST", "/v1/users/register", fmt.Sprintf(register, drawn))
	l.ask(http.StatusOK, "POST", "/v1/users/anna/reset-password", `{"staticPassword": "other"}`)
	l.ask(http.StatusConflict, "POST", "/v1/users/register", fmt.Sprintf(register, drawn))
	l.ask(http.StatusOK, "POST", "/v1/users/anna/unregister", `{"objectType": "UnregisterUserInputEx"}`)
	l.ask(http.StatusNotFound, "GET", "/v1/users/anna", "")
	free := l.ask(http.StatusOK, "GET", "/v1/authenticators/VDM1000101", "")
	if !strings.Contains(free.body, `"assigned":false`) {
		t.Errorf("%s", free.body)
	}
}

// Every refusal of the domain has an HTTP status.
func TestRefusalsAreAnswered(t *testing.T) {
	t.Parallel()
	for _, refusal := range provision.Refusals() {
		if refusal != provision.Granted && !platform.Answered(refusal) {
			t.Errorf("%q has none", refusal)
		}
	}
}
