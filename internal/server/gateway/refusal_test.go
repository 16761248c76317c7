package gateway_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/gateway"
	"github.com/dsappd/dsappd/store"
)

// A member that is wrong is refused by its name, and never quoted.
func TestMembers(t *testing.T) {
	l := newLab(t)
	const secret = "hush"
	addDevice, push := provisioning+"MdlAddDevice", servicesPath+"notification/push/updateNotificationID"
	for _, c := range []struct{ name, path, body, want string }{
		{"nothing", addDevice, `{}`, "registrationIdentifier is missing"},
		{"a member less", addDevice, `{"registrationIdentifier":"` + secret + `"}`, "deviceCode is missing: send 26 digits"},
		{"misspelt", addDevice, `{"registrationIdentifier":"x","devicecode":"` + secret + `"}`, `deviceCode is missing: send 26 digits ("devicecode" is not known)`},
		{"null", addDevice, `{"registrationIdentifier":"x","deviceCode":null}`, "deviceCode is missing"},
		{"empty", addDevice, `{"registrationIdentifier":"x","deviceCode":""}`, "deviceCode is missing"},
		{"a number", addDevice, `{"registrationIdentifier":"x","deviceCode":1e999}`, "deviceCode is not a string"},
		{"a boolean", addDevice, `{"registrationIdentifier":true,"deviceCode":"` + secret + `"}`, "registrationIdentifier is not a string"},
		{"an object", addDevice, `{"registrationIdentifier":{"a":"` + secret + `"}}`, "registrationIdentifier is not a string"},
		{"an array", addDevice, `{"registrationIdentifier":["` + secret + `"]}`, "registrationIdentifier is not a string"},
		{"twice", addDevice, `{"registrationIdentifier":"x","deviceCode":"1","deviceCode":"` + secret + `"}`, "deviceCode is there more than once"},
		{"twice, one escaped", addDevice, `{"registrationIdentifier":"x","deviceCode":"1","deviceCod\u0065":"1"}`, "deviceCode is there more than once"},
		{"twice, one null", addDevice, `{"registrationIdentifier":"x","deviceCode":null,"deviceCode":"1"}`, "deviceCode is there more than once"},
		{"too short", addDevice, `{"registrationIdentifier":"x","deviceCode":"` + secret + `"}`, "deviceCode has not its form"},
		{"too long", addDevice, `{"registrationIdentifier":"` + strings.Repeat("x", 41) + `","deviceCode":"1"}`, "registrationIdentifier has not its form: send 1 to 40 characters"},
		{"digits of elsewhere", addDevice, `{"registrationIdentifier":"x","deviceCode":"` + strings.Repeat("٣", 26) + `"}`, "deviceCode has not its form"},
		{"half a character", addDevice, `{"registrationIdentifier":"\ud800","deviceCode":"1"}`, "registrationIdentifier holds what is no character"},
		{"a newline in a description", addDevice, `{"registrationIdentifier":"x","deviceCode":"` + strings.Repeat("1", 26) + `","description":"a\nb"}`, "description has not its form"},
		{"odd hex", push, `{"userID":"u","domain":"d","digipassInstanceID":"VDS1000140","encryptedNotificationID":"abc"}`, "encryptedNotificationID has not its form"},
		{"no hex", push, `{"userID":"u","domain":"d","digipassInstanceID":"VDS1000140-1","encryptedNotificationID":"` + secret + `"}`, "encryptedNotificationID has not its form"},
		{"an instance of no form", push, `{"userID":"u","domain":"d","digipassInstanceID":"VDS1000140-0","encryptedNotificationID":"ab"}`, "digipassInstanceID has not its form"},
		{"no domain", push, `{"userID":"u","digipassInstanceID":"VDS1000140","encryptedNotificationID":"ab"}`, "domain is missing"},
	} {
		r := l.request(frontKey, c.path, c.body)
		if ok, _ := l.described.request(r, c.body); ok && !strings.Contains(c.name, "twice") && !strings.Contains(c.name, "half") {
			t.Errorf("%s: the description allows it", c.name)
		}
		a := l.do(r)
		if a.http != http.StatusOK || a.ResultCodes.StatusCode != -2 || a.ResultCodes.ReturnCode != -1 || !strings.HasPrefix(a.desc(), c.want) || strings.Contains(a.body, secret) {
			t.Errorf("%s: HTTP %d, want %q: %s", c.name, a.http, c.want, a.body)
		}
	}
	if strings.Contains(l.log.String(), secret) {
		t.Error("the log quotes a value")
	}
	if log := l.log.String(); !strings.Contains(log, "ignored=[devicecode]") || !strings.Contains(log, `reason="deviceCode is missing`) || strings.Contains(log, "field=") {
		t.Errorf("the log lacks names: %s", log)
	}
}

// What never became a request of a service is answered by HTTP's codes, in the
// envelope.
func TestFaults(t *testing.T) {
	l := newLab(t)
	path := provisioning + "getServerTime"
	nested := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}` }
	for _, c := range []struct {
		name, body string
		change     func(*http.Request)
		status     int
		words      string
	}{
		{"no object", `[]`, nil, 400, "not a JSON object"},
		{"a string", `"a"`, nil, 400, "not a JSON object"},
		{"no JSON", `{"a":}`, nil, 400, "not JSON, from byte 6 on"},
		{"a comma too many", `{"a":1,}`, nil, 400, "not JSON, from byte 8 on"},
		{"half", `{"a":`, nil, 400, "not JSON"},
		{"spaces", `  `, nil, 400, "not JSON"},
		{"more than one", `{}{}`, nil, 400, "not JSON"},
		{"a byte order mark", "\ufeff{}", nil, 400, "not JSON"},
		{"a NUL byte", "{}\x00", nil, 400, "not JSON"},
		{"Latin-1", "{\"a\":\"\xe9\"}", nil, 400, "not UTF-8"},
		{"deep", nested(16), nil, 200, ""},
		{"too deep", nested(17), nil, 400, "more than 16 deep"},
		{"far too deep", nested(30000), nil, 400, "not JSON"},
		{"many parts", `{"a":[` + strings.Repeat("1,", 1020) + `1]}`, nil, 200, ""},
		{"too many parts", `{"a":[` + strings.Repeat("1,", 1030) + `1]}`, nil, 400, "more than 1024 parts"},
		{"large", `{"a":"` + strings.Repeat("x", 64<<10-8) + `"}`, nil, 200, ""},
		{"too large", `{"a":"` + strings.Repeat("x", 64<<10-7) + `"}`, nil, 413, "65536 bytes"},
		{"too large in chunks", `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, func(r *http.Request) { r.ContentLength = -1 }, 413, "65536 bytes"},
		{"text", `{}`, typed("text/plain"), 415, "application/json"},
		{"a form", `a=b`, typed("application/x-www-form-urlencoded"), 415, "application/json"},
		{"no type", `{}`, typed(""), 415, "application/json"},
		{"no good type", `{}`, typed("application/json; charset"), 415, "application/json"},
		{"UTF-16", `{}`, typed("application/json; charset=utf-16"), 415, "application/json"},
		{"UTF-8", `{}`, typed("Application/JSON;charset=UTF-8"), 200, ""},
		{"packed", packed(`{}`), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415, "coding"},
		{"another method", ``, func(r *http.Request) { r.Method = http.MethodGet }, 405, "POST"},
		{"a query", `{}`, func(r *http.Request) { r.URL.RawQuery = "a=b" }, 200, ""},
	} {
		r := l.request(frontKey, path, c.body)
		if c.change != nil {
			c.change(r)
		}
		a := l.undescribed(r)
		if a.http != c.status || !strings.Contains(a.desc(), c.words) || c.status != 200 && a.ResultCodes.StatusCode != -2 {
			t.Errorf("%s: HTTP %d, want %d with %q: %s", c.name, a.http, c.status, c.words, a.body)
		}
		if c.status == 405 && a.header.Get("Allow") != "POST" {
			t.Errorf("%s: allowed is %q", c.name, a.header.Get("Allow"))
		}
		if len(a.header.Get("Request-Id")) != 16 || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", c.name, a.header)
		}
	}
	for _, path := range []string{"/", "/rest/v2/provisioning/getservertime", path + "/", "/rest/v2/provisioning/hush", "/rest/v1/provisioning/getServerTime"} {
		a := l.undescribed(l.request("", path, "{}"))
		if entry, found := l.journal.Find(a.header.Get("Request-Id")); !found || entry.Reason != a.desc() || !strings.Contains(l.log.String(), entry.Reason) {
			t.Errorf("%s: the journal has %+v", path, entry)
		}
		if a.http != 404 || !strings.Contains(a.desc(), "/openapi.yaml") {
			t.Errorf("%s: HTTP %d: %s", path, a.http, a.body)
		}
	}
	if strings.Contains(l.log.String(), "hush") {
		t.Error("the log has a path that is not known")
	}
}

func typed(contentType string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Content-Type"] = []string{contentType} }
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// A body that does not arrive is not waited for, and another request goes on
// meanwhile.
// A phone reads an answer only when it has sent all, and keeps its connection.
func TestTooLargeIsAnswered(t *testing.T) {
	l := newLab(t)
	conn := must(net.Dial("tcp", strings.TrimPrefix(l.server.URL, "http://")))(t)
	defer conn.Close()
	must(0, conn.SetDeadline(time.Now().Add(time.Minute)))(t)
	r := l.request(frontKey, provisioning+"getServerTime", "")
	replies := bufio.NewReader(conn)
	for range 2 {
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n%s",
			r.URL.Path, r.Header.Get("Authorization"), strings.Repeat(" ", 3000000))
		response := must(http.ReadResponse(replies, nil))(t)
		reply := must(io.ReadAll(response.Body))(t)
		if response.StatusCode != http.StatusRequestEntityTooLarge || !bytes.Contains(reply, []byte("larger than 64 KiB")) || response.Close {
			t.Errorf("HTTP %d, close %v: %s", response.StatusCode, response.Close, reply)
		}
	}
}

// A name that a web page points to this machine is none of the server's.
func TestStrangeHost(t *testing.T) {
	l := newLab(t, func(c *gateway.Config) { c.Hosts = []string{"phones.example"} })
	for host, status := range map[string]int{"evil.example:11080": http.StatusMisdirectedRequest, "phones.example": http.StatusOK, "localhost": http.StatusOK} {
		r := l.request(frontKey, provisioning+"getServerTime", "")
		r.Host = host
		if a := l.do(r); a.http != status || (status != http.StatusOK) != strings.Contains(a.body, "gateway.hosts") {
			t.Errorf("%s: HTTP %d %s", host, a.http, a.body)
		}
	}
}

func TestSlowBody(t *testing.T) {
	l := newLab(t, func(c *gateway.Config) { c.BodyTimeout = 50 * time.Millisecond })
	conn := must(net.Dial("tcp", strings.TrimPrefix(l.server.URL, "http://")))(t)
	defer conn.Close()
	r := l.request(frontKey, provisioning+"getServerTime", "")
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		r.URL.Path, r.Header.Get("Authorization"))
	if a := l.do(r); a.http != http.StatusOK {
		t.Errorf("beside it: HTTP %d", a.http)
	}
	reply := string(must(io.ReadAll(conn))(t))
	if !strings.HasPrefix(reply, "HTTP/1.1 408 ") || !strings.Contains(reply, "did not arrive in time") || !strings.Contains(reply, "Connection: close") {
		t.Errorf("%s", reply)
	}
}

// A body that breaks off is refused, and nobody hears it.
func TestBrokenBody(t *testing.T) {
	l := newLab(t)
	conn := must(net.Dial("tcp", strings.TrimPrefix(l.server.URL, "http://")))(t).(*net.TCPConn)
	defer conn.Close()
	r := l.request(frontKey, provisioning+"getServerTime", "")
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", r.URL.Path, r.Header.Get("Authorization"))
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if reply := string(must(io.ReadAll(conn))(t)); !strings.HasPrefix(reply, "HTTP/1.1 400 ") || !strings.Contains(reply, "ended too early") {
		t.Errorf("%s", reply)
	}
}

// The domain's refusals have its codes and words, over HTTP 200.
func TestRefusals(t *testing.T) {
	l := newLab(t)
	id := l.register("user1").RegistrationID
	licence := l.register("user3").RegistrationID
	zero, hex64 := strings.Repeat("0", 512), strings.Repeat("0", 64)
	for _, c := range []struct {
		service string
		members map[string]any
		status  int
		words   string
	}{
		{"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": "none", "clientEphemeralPublicKey": "2"}, -13, "no registration with this registrationIdentifier"},
		{"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": id, "clientEphemeralPublicKey": zero}, -2, "clientEphemeralPublicKey"},
		{"DSAPPSRPGenerateActivationData", map[string]any{"registrationIdentifier": id, "clientEvidenceMessage": hex64}, -1, "GenerateEphemeralKey"},
		{"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": id, "clientEphemeralPublicKey": "2"}, 0, ""},
		{"DSAPPSRPGenerateActivationData", map[string]any{"registrationIdentifier": id, "clientEvidenceMessage": hex64}, 1000, "clientEvidenceMessage is wrong"},
		{"DSAPPSRPActivate", map[string]any{"registrationIdentifier": id}, -2, "either response or derivationCode"},
		{"DSAPPSRPActivate", map[string]any{"registrationIdentifier": id, "response": "1", "derivationCode": "1"}, -2, "either response or derivationCode"},
		{"DSAPPSRPActivate", map[string]any{"registrationIdentifier": id, "response": "755224"}, -1, "GenerateEphemeralKey"},
		{"MdlAddDevice", map[string]any{"registrationIdentifier": licence, "deviceCode": strings.Repeat("1", 26)}, -2, "device code"},
		{"MdlActivate", map[string]any{"registrationIdentifier": licence, "signature": "12345678"}, -1, "GenerateEphemeralKey"},
		{"MdlActivate", map[string]any{"registrationIdentifier": id, "signature": "12345678"}, -1, "no instance"},
	} {
		a := l.ask(c.status, frontKey, provisioning+c.service, c.members)
		if !strings.Contains(a.desc(), c.words) || c.status != 0 && a.Result != nil {
			t.Errorf("%s: want %q: %s", c.service, c.words, a.body)
		}
	}
	l.clock.Pass(time.Hour)
	l.ask(-13, frontKey, provisioning+"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": id, "clientEphemeralPublicKey": "2"})
}

// The codes are those of the status table, as they are in SOAP.
func TestStatusTable(t *testing.T) {
	l := newLab(t)
	l.service.Statuses[provision.InvalidParameter] = provision.Status{ReturnCode: -9, ReturnCodeEnum: "RET_OTHER", StatusCode: 4711, StatusCodeEnum: "STAT_OTHER"}
	a := l.post(frontKey, provisioning+"MdlActivate", "{}")
	if a.ResultCodes.StatusCode != 4711 || a.ResultCodes.StatusCodeEnum != "STAT_OTHER" || a.ResultCodes.ReturnCode != -9 || a.ResultCodes.ReturnCodeEnum != "RET_OTHER" || a.ErrorStack.Errors[0].ErrorCode != 4711 {
		t.Errorf("%s", a.body)
	}
}

// What nobody foresaw is in the log, and the peer hears none of it.
func TestUnforeseen(t *testing.T) {
	l := newLab(t)
	if err := l.service.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Delete(tx, provision.Policies, "lab") }); err != nil {
		t.Fatal(err)
	}
	path := servicesPath + "notification/push/updateNotificationID"
	members := map[string]any{"userID": "user1", "domain": "master", "digipassInstanceID": "VDS1000140", "encryptedNotificationID": "ab"}
	a := l.send(frontKey, path, members)
	if a.http != http.StatusInternalServerError || a.ResultCodes.StatusCodeEnum != "STAT_ERROR" || strings.Contains(a.desc(), "policy") {
		t.Errorf("HTTP %d: %s", a.http, a.body)
	}
	if log := l.log.String(); !strings.Contains(log, "effective policy") || !strings.Contains(log, a.header.Get("Request-Id")) {
		t.Errorf("%s", log)
	}
	must(0, l.service.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Put(tx, provision.Policies, provision.Policy{Name: "lab"}) }))(t)
}

// undescribed sends what the description may not even have a path for.
func (l *lab) undescribed(r *http.Request) answer {
	l.t.Helper()
	response := must(http.DefaultClient.Do(r))(l.t)
	defer response.Body.Close()
	return l.answered(response, must(io.ReadAll(response.Body))(l.t))
}
