package dsappd_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd"
)

// register asks for a registration of user2 over a connection of its own, and
// returns the reply, or what became of it.
func register(s *dsappd.Server, user string) (status int, header http.Header, body string, err error) {
	envelope := `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
		registerMembers(user, "Password2") + `</p:dsappSRPRegister></e:Body></e:Envelope>`
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Post(s.URLs().SOAP, "text/xml", strings.NewReader(envelope))
	if err != nil {
		return 0, nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(text), err
}

func addFault(t *testing.T, s *dsappd.Server, fault string) {
	t.Helper()
	if status, answer := control(t, s, "POST", "lab/faults", fault); status != http.StatusOK {
		t.Fatalf("%s: %v", fault, answer)
	}
}

// committed reports whether the nth request of a lab was granted. It waits for
// the request to end, which is after its reply.
func committed(t *testing.T, s *dsappd.Server, nth int) bool {
	t.Helper()
	_, answer := control(t, s, "GET", fmt.Sprintf("lab/requests?after=%d&wait=60s", nth-1), "")
	return answer["requests"].([]any)[0].(map[string]any)["status"] == "STAT_SUCCESS"
}

// Each fault does what it says, names itself, and commits or not.
func TestLabFaults(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	for i, c := range []struct {
		fault   string
		commits bool
		check   func(status int, body string, err error) bool
	}{
		{`{"operation":"dsappSRPRegister","do":"status","status":"user locked","words":"Locked for a test."}`, false, func(status int, body string, err error) bool {
			return status == 200 && !strings.Contains(body, "STAT_SUCCESS") && err == nil
		}},
		{`{"component":"srp-direct","do":"fault","words":"A fault for a test."}`, false, func(status int, body string, err error) bool {
			return status == 500 && strings.Contains(body, "A fault for a test.")
		}},
		{`{"user":"user2","do":"unavailable"}`, false, func(status int, body string, err error) bool { return status == 503 }},
		{`{"door":"soap","do":"unavailable"}`, false, func(status int, body string, err error) bool { return status == 503 }},
		{`{"operation":"dsappSRPRegister","do":"reset-before"}`, false, func(status int, body string, err error) bool { return err != nil && status == 0 }},
		{`{"do":"reset-before"}`, false, func(status int, body string, err error) bool { return err != nil && status == 0 }},
		{`{"operation":"dsappSRPRegister","do":"reset-after"}`, true, func(status int, body string, err error) bool { return err != nil && status == 0 }},
		{`{"operation":"dsappSRPRegister","do":"truncate"}`, true, func(status int, body string, err error) bool {
			return err != nil && status == 200 && strings.Contains(body, "<SOAP-ENV:Envelope") && !strings.Contains(body, "</SOAP-ENV:Envelope>")
		}},
		{`{"operation":"dsappSRPRegister","do":"slow","delay":"20ms"}`, true, func(status int, body string, err error) bool {
			return err == nil && strings.Contains(body, "STAT_SUCCESS")
		}},
		{`{"operation":"dsappSRPRegister","do":"delay","delay":"20ms"}`, true, func(status int, body string, err error) bool {
			return err == nil && strings.Contains(body, "STAT_SUCCESS")
		}},
	} {
		addFault(t, s, c.fault)
		status, header, body, err := register(s, "user2")
		if !c.check(status, body, err) {
			t.Errorf("%s: %d %v %s", c.fault, status, err, body)
		}
		if status != 0 && !strings.Contains(header.Get("Dsappd-Fault"), "; ") {
			t.Errorf("%s: the reply does not name the fault: %v", c.fault, header)
		}
		if commits := committed(t, s, i+1); commits != c.commits {
			t.Errorf("%s: it committed: %v", c.fault, commits)
		}
		control(t, s, "DELETE", "lab/faults", "")
	}
	if _, header, body, err := register(s, "user2"); err != nil || !strings.Contains(body, "STAT_SUCCESS") || header.Get("Dsappd-Fault") != "" {
		t.Errorf("without a fault: %v %v %s", err, header, body)
	}
}

// A reply comes twice over one connection.
func TestLabFaultDuplicates(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	addFault(t, s, `{"door":"soap","do":"duplicate"}`)
	at, err := url.Parse(s.URLs().SOAP)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
	replies := bufio.NewReader(conn)
	var bodies []string
	for range 2 {
		reply, err := http.ReadResponse(replies, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, reply.Status+string(body))
	}
	if bodies[0] != bodies[1] || len(bodies[0]) < 20 {
		t.Errorf("%q", bodies)
	}
}

// The nth call, the first ones, and a chance that is the same in each run.
func TestLabFaultsCount(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	struck := func(fault string) (pattern string) {
		addFault(t, s, fault)
		for range 6 {
			status, _, _, _ := register(s, "user2")
			pattern += map[bool]string{true: "x", false: "."}[status == 503]
		}
		control(t, s, "DELETE", "lab/faults", "")
		return pattern
	}
	if got := struck(`{"operation":"dsappSRPRegister","nth":3,"do":"unavailable"}`); got != "..x..." {
		t.Errorf("nth: %s", got)
	}
	if got := struck(`{"operation":"dsappSRPRegister","times":2,"do":"unavailable"}`); got != "xx...." {
		t.Errorf("times: %s", got)
	}
	first, second := struck(`{"chance":0.5,"seed":7,"do":"unavailable"}`), struck(`{"chance":0.5,"seed":7,"do":"unavailable"}`)
	if first != second || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Errorf("chance: %s, %s", first, second)
	}
	if got := struck(`{"user":"user3","do":"unavailable"}`); got != "......" {
		t.Errorf("another user: %s", got)
	}
}

// What is refused is not added, and says what would do.
func TestLabFaultsRefused(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	for _, fault := range []string{
		`{}`, `{"do":"explode"}`, `{"do":"status"}`, `{"do":"status","status":"granted"}`, `{"do":"status","status":"user lockd"}`, `{"operation":"dsappSRPRegistr","do":"unavailable"}`,
		`{"door":"front","do":"unavailable"}`, `{"door":"soap","operation":"dsappSRPRegister","do":"unavailable"}`, `{"do":"delay"}`, `{"do":"delay","delay":"1h"}`,
		`{"do":"slow","delay":"-1s"}`, `{"do":"unavailable","delay":"1s"}`, `{"do":"unavailable","nth":-1}`, `{"do":"unavailable","nth":1,"times":1}`,
		`{"do":"unavailable","chance":0.5}`, `{"do":"unavailable","chance":2,"seed":1}`, `{"do":"unavailable","seed":1}`, `{"do":"truncate","words":"x"}`,
	} {
		status, answer := control(t, s, "POST", "lab/faults", fault)
		text, _ := json.Marshal(answer)
		if status != http.StatusBadRequest || !strings.Contains(string(text), "this would do") {
			t.Errorf("%s: %d %s", fault, status, text)
		}
	}
	if _, answer := control(t, s, "GET", "lab/faults", ""); len(answer["faults"].([]any)) != 0 {
		t.Errorf("%v", answer)
	}
	if status, _ := control(t, s, "DELETE", "lab/faults/9", ""); status != http.StatusBadRequest {
		t.Errorf("no such fault: %d", status)
	}
}
