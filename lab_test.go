package dsappd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// openLab serves a lab from memory.
func openLab(t *testing.T, config dsappd.Config) *dsappd.Server {
	t.Helper()
	config.Memory, config.Addr, config.Lab = &dsappd.Memory{Sample: true}, "127.0.0.1:0", true
	server, err := dsappd.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// control asks the controls of a lab.
func control(t *testing.T, s *dsappd.Server, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URLs().Lab+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

func advance(t *testing.T, s *dsappd.Server, by string) {
	t.Helper()
	if status, answer := control(t, s, "POST", "lab/clock", `{"do":"advance","by":"`+by+`"}`); status != http.StatusOK {
		t.Fatal(answer)
	}
}

// soapCall sends the members of an operation and returns the reply.
func soapCall(t *testing.T, s *dsappd.Server, operation, members string) string {
	t.Helper()
	envelope := `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:` + operation +
		` xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` + members + `</p:` + operation + `></e:Body></e:Envelope>`
	response, err := http.Post(s.URLs().SOAP, "text/xml; charset=utf-8", bytes.NewReader([]byte(envelope)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(reply)
}

func registerMembers(user, password string) string {
	return `<componentType>srp-direct</componentType><user><userID>` + user + `</userID></user><credential><staticPassword>` + password + `</staticPassword></credential>`
}

func element(t *testing.T, reply, name string) string {
	t.Helper()
	found := regexp.MustCompile(`<` + name + `>([^<]*)<`).FindStringSubmatch(reply)
	if found == nil {
		t.Fatalf("no %s in %s", name, reply)
	}
	return found[1]
}

// A registration expires, and the sweeper comes, without a minute of waiting.
func TestLabClockEndsRegistrations(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	reply := soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "Password2"))
	activate := `<componentType>srp-direct</componentType><registrationID>` + element(t, reply, "registrationID") + `</registrationID><credential><response>755224</response></credential>`
	advance(t, s, "11m")
	if got := element(t, soapCall(t, s, "dsappSRPActivate", activate), "statusCodeEnum"); got != "STAT_NOT_FOUND" {
		t.Errorf("after 11 minutes: %s", got)
	}
}

// A lock ends when the policy's time is over.
func TestLabClockEndsLocks(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	for range 3 {
		soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "wrong"))
	}
	if got := element(t, soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "Password2")), "statusCodeEnum"); got == "STAT_SUCCESS" {
		t.Error("the user is not locked")
	}
	advance(t, s, "16m")
	if got := element(t, soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "Password2")), "statusCodeEnum"); got != "STAT_SUCCESS" {
		t.Errorf("16 minutes later: %s", got)
	}
}

// One-time passwords are those of the lab's time, and stand still with it.
func TestLabClockMovesOneTimePasswords(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	control(t, s, "POST", "lab/clock", `{"do":"freeze"}`)
	before, err := s.Controls().Users(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	advance(t, s, "5m")
	after, err := s.Controls().Users(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, otp := range after {
		if changed := otp.OTP != before[i].OTP; changed != (otp.Type == "totp") {
			t.Errorf("%+v became %+v", before[i], otp)
		}
	}
}

// Each refusal shows by an example what would do, and moves nothing.
func TestLabRefuses(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	control(t, s, "POST", "lab/clock", `{"do":"freeze"}`)
	_, before := control(t, s, "GET", "lab/clock", "")
	for _, body := range []string{
		"", "{", `{}`, `{"do":"jump"}`, `{"do":"advance"}`, `{"do":"advance","by":"soon"}`, `{"do":"advance","by":"-1m"}`, `{"do":"set"}`,
		`{"do":"set","time":"yesterday"}`, `{"do":"set","time":"2001-01-01T00:00:00Z"}`, `{"do":"set","time":"9999-01-01T00:00:00Z"}`,
		`{"do":"release","by":"1m"}`, `{"do":"freeze"} {}`, `{"does":"freeze"}`,
	} {
		status, answer := control(t, s, "POST", "lab/clock", body)
		if status != http.StatusBadRequest || !regexp.MustCompile(`give|would do`).MatchString(answer["error"].(map[string]any)["message"].(string)) {
			t.Errorf("%s: %d %v", body, status, answer)
		}
	}
	if status, _ := control(t, s, "GET", "lab/nothing", ""); status != http.StatusNotFound {
		t.Errorf("an unknown path: %d", status)
	}
	if _, after := control(t, s, "GET", "lab/clock", ""); after["now"] != before["now"] {
		t.Errorf("the clock went from %v to %v", before, after)
	}
}

// Where other machines can reach them, the controls are for who names that.
func TestLabIsForThisMachine(t *testing.T) {
	t.Parallel()
	config := dsappd.Config{Memory: &dsappd.Memory{}, Addr: "127.0.0.1:0", Lab: true, LabAddr: "0.0.0.0:0", Plain: true}
	if _, err := dsappd.Open(t.Context(), config); !errors.Is(err, dsappd.ErrAddress) || !strings.Contains(err.Error(), "--lab-reachable") {
		t.Errorf("an address for all: %v", err)
	}
	config.LabReachable = true
	server, err := dsappd.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	config.Lab, config.LabAddr = false, ""
	server, err = dsappd.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if server.URLs().Lab != "" {
		t.Error("a server that is no lab has its controls")
	}
	if server.Controls() != nil {
		t.Error("a server that is no lab can be steered")
	}
}
