package dsappd_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// A phone of the lab goes through a whole activation, and its one-time password
// is the next one that the server expects.
func TestLabPhone(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	for _, c := range []struct{ component, user, serial string }{{"srp-component", "user2", "VDS1000141"}, {"mdl-component", "user6", "VDM1000001-1"}} {
		reply := soapCall(t, s, "dsappSRPRegister", strings.Replace(registerMembers(c.user, "Password2"), "srp-direct", c.component, 1))
		body := fmt.Sprintf(`{"registrationID":%q,"activationPassword":%q,"componentType":%q}`, element(t, reply, "registrationID"), element(t, reply, "activationPassword"), c.component)
		status, answer := control(t, s, "POST", "lab/phone", body)
		if status != http.StatusOK || answer["serialNumber"] != c.serial || len(answer["otp"].(string)) != 6 || len(answer["calls"].([]any)) < 3 {
			t.Errorf("%s: %d %v", c.user, status, answer)
		}
		if status, answer := control(t, s, "POST", "lab/phone", strings.Replace(body, "activationPassword\":\"", "activationPassword\":\"x", 1)); status != http.StatusBadRequest {
			t.Errorf("a wrong password: %d %v", status, answer)
		}
	}
	for _, body := range []string{`{}`, `{"image":"zz"}`, `{"registrationID":"x"}`, `{"image":"00","registrationID":"x","activationPassword":"y"}`} {
		if status, answer := control(t, s, "POST", "lab/phone", body); status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", body, status, answer)
		}
	}
}

// What a client sent is found by what it decided, with its secrets hidden, and a
// test can wait for it.
func TestLabRequests(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	came := make(chan map[string]any)
	go func() {
		_, answer := control(t, s, "GET", "lab/requests?operation=dsappSRPRegister&user=user1&wait=60s", "")
		came <- answer
	}()
	register(s, "user2")
	register(s, "user1")
	found := (<-came)["requests"].([]any)
	one := found[0].(map[string]any)
	if len(found) != 1 || one["status"] != "STAT_SUCCESS" || one["component"] != "srp-direct" || one["door"] != "soap" || one["requestID"] == "" || one["registrationID"] == nil {
		t.Errorf("%v", found)
	}
	if text := one["request"].(string); strings.Contains(text, "Password2") || !strings.Contains(text, "<userID>user1</userID>") {
		t.Errorf("the request is shown as %s", text)
	}
	if text := one["reply"].(string); !strings.Contains(text, "STAT_SUCCESS") || !strings.Contains(text, "[hidden]") {
		t.Errorf("the reply is shown as %s", text)
	}
	if _, answer := control(t, s, "GET", "lab/requests?user=user3", ""); len(answer["requests"].([]any)) != 0 {
		t.Errorf("another user: %v", answer)
	}
	for _, query := range []string{"wait=soon", "wait=10h", "after=x", "colour=blue"} {
		if status, _ := control(t, s, "GET", "lab/requests?"+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, status)
		}
	}
}

// Whatever was done, a reset brings the lab back: what it answers then is what a
// fresh one answers.
func TestLabResetIsAFreshStart(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	shown := func() string { return observed(t, s) }
	fresh := shown()
	deeds := []func(){
		func() { register(s, "user1") },
		func() { soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "wrong")) },
		func() { soapCall(t, s, "dsappSRPRegister", registerMembers("user3", "wrong")) },
		func() { advance(t, s, "20m") },
		func() { addFault(t, s, `{"operation":"dsappSRPActivate","do":"unavailable"}`) },
		func() { control(t, s, "POST", "lab/clock", `{"do":"freeze"}`) },
		func() { control(t, s, "POST", "lab/snapshot", `{"name":"any"}`); register(s, "user4") },
		func() {
			reply := soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "Password2"))
			if strings.Contains(reply, "<registrationID>") {
				soapCall(t, s, "dsappSRPActivate", `<componentType>srp-direct</componentType><registrationID>`+element(t, reply, "registrationID")+`</registrationID><credential><response>755224</response></credential>`)
			}
		},
	}
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 0))
		for range 1 + random.IntN(6) {
			deeds[random.IntN(len(deeds))]()
		}
		if shown() == fresh {
			t.Errorf("seed %d: nothing that was done is seen", seed)
		}
		if status, answer := control(t, s, "POST", "lab/reset", ""); status != http.StatusOK {
			t.Fatal(answer)
		}
		if got := shown(); got != fresh {
			t.Fatalf("seed %d: after a reset:\n%s\nfresh:\n%s", seed, got, fresh)
		}
	}
	if problems, err := s.Sound(t.Context()); err != nil || problems != "[]" {
		t.Errorf("a check after the resets: %v, %v", problems, err)
	}
}

// observed is what tells the state of a lab, as text.
func observed(t *testing.T, s *dsappd.Server) string {
	t.Helper()
	var b bytes.Buffer
	_, faults := control(t, s, "GET", "lab/faults", "")
	_, requests := control(t, s, "GET", "lab/requests", "")
	_, clock := control(t, s, "GET", "lab/clock", "")
	ahead := clock["aheadSeconds"].(float64)
	fmt.Fprintln(&b, faults, requests, clock["frozen"], ahead > -1 && ahead < 1)
	records, err := s.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + records
}

// A snapshot is returned to, and each name to its own.
func TestLabSnapshots(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	locked := func() bool {
		_, _, body, _ := register(s, "user2")
		return !strings.Contains(body, "STAT_SUCCESS")
	}
	control(t, s, "POST", "lab/snapshot", `{"name":"open"}`)
	for range 3 {
		soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "wrong"))
	}
	control(t, s, "POST", "lab/snapshot", `{"name":"locked"}`)
	for _, name := range []string{"open", "locked", "locked", "open"} {
		if status, answer := control(t, s, "POST", "lab/restore", `{"name":"`+name+`"}`); status != http.StatusOK {
			t.Fatal(answer)
		}
		if got := locked(); got != (name == "locked") {
			t.Errorf("%s: user2 is locked: %v", name, got)
		}
	}
	for _, body := range []string{`{"name":"never"}`, `{"name":""}`, `{}`} {
		if status, answer := control(t, s, "POST", "lab/restore", body); status != http.StatusBadRequest {
			t.Errorf("restore %s: %d %v", body, status, answer)
		}
	}
	if status, answer := control(t, s, "POST", "lab/snapshot", `{"name":"a b"}`); status != http.StatusBadRequest {
		t.Errorf("a name with a space: %d %v", status, answer)
	}
}
