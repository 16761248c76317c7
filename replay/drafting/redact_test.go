package drafting_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"
)

// A redacted draft holds no secret, wherever a client has put it.
func TestRedactionFindsSecrets(t *testing.T) {
	const secret = "Hush7" // which nothing else looks like
	in := func(header, body string) string {
		return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:p"><e:Header>` + header + `</e:Header><e:Body>` + body + `</e:Body></e:Envelope>`
	}
	register := func(inside string) string {
		return in("", `<p:dsappSRPRegister><componentType>c</componentType>`+inside+`</p:dsappSRPRegister>`)
	}
	execute := func(inside string) string {
		return in("", `<p:provisioningExecute><cmd>PROVISIONCMD_DSAPPREGISTER</cmd><attributeSet><attributes>`+inside+`</attributes></attributeSet></p:provisioningExecute>`)
	}
	for name, request := range map[string]string{
		"an element":                  register(`<credential><staticPassword>` + secret + `</staticPassword></credential>`),
		"beside elements":             register(`<credential><staticPassword>` + secret + `<x/></staticPassword></credential>`),
		"before an element":           register(`<credential>` + secret + `<staticPassword>x</staticPassword></credential>`),
		"between elements":            register(`<user/> ` + secret + ` <credential><staticPassword>x</staticPassword></credential>`),
		"behind elements":             register(`<credential><staticPassword>x</staticPassword>` + secret + `</credential>`),
		"in CDATA beside an element":  register(`<credential><![CDATA[` + secret + `]]><staticPassword>x</staticPassword></credential>`),
		"in entities":                 register(`<credential>&#72;ush7&#x37;` + secret + `<staticPassword>x</staticPassword></credential>`),
		"beside the operation":        strings.Replace(register(``), "<e:Body>", "<e:Body>"+secret, 1),
		"beside the Body":             strings.Replace(register(``), "<e:Body>", secret+"<e:Body>", 1),
		"beside the Header":           strings.Replace(register(``), "</e:Header>", "</e:Header>"+secret, 1),
		"in the Header":               in(secret+`<p:x/>`, `<p:logoff/>`),
		"in an operation":             in("", `<p:logoff>`+secret+`<x/></p:logoff>`),
		"in an operation alone":       in("", `<p:logoff>`+secret+`</p:logoff>`),
		"beside attributes":           execute(secret + `<attributeID>PROVFLD_USERID</attributeID>` + secret + `<value>x</value>` + secret),
		"the name of an attribute":    execute(`<attributeID>` + secret + `</attributeID><value>x</value>`),
		"the name of a command":       in("", `<p:provisioningExecute><cmd>`+secret+`</cmd></p:provisioningExecute>`),
		"an id":                       in("", `<p:dsappSRPRegister><user href="#`+secret+`"/></p:dsappSRPRegister><m id="`+secret+`"><userID>u</userID></m>`),
		"behind a reference":          in("", `<p:dsappSRPRegister><credential href="#a"/></p:dsappSRPRegister><m id="a">`+secret+`<staticPassword>`+secret+`</staticPassword></m>`),
		"inside elements":             register(`<credential><staticPassword><x><y>` + secret + `</y></x></staticPassword></credential>`),
		"twice":                       register(`<staticPassword>` + secret + `</staticPassword><staticPassword>` + secret + `</staticPassword>`),
		"an attribute of XML":         register(`<credential p:staticPassword="` + secret + `" x='1'/>`),
		"a comment":                   register(`<!-- ` + secret + ` -->`),
		"a comment behind braces":     register(`<user x="{{"/><!-- ` + secret + ` -->`),
		"a session":                   in(`<p:sessionID>`+secret+`</p:sessionID>`, `<p:logoff/>`),
		"a one-time password":         register(`<p:otp>` + secret + `</p:otp>`),
		"WS-Security":                 in(`<p:UsernameToken><p:Password Type="t"><p:v>`+secret+`</p:v></p:Password></p:UsernameToken>`, `<p:logoff/>`),
		"a value":                     execute(`<attributeID>PROVFLD_STATIC_PASSWORD</attributeID><value>` + secret + `</value>`),
		"several values":              execute(`<attributeID>PROVFLD_STATIC_PASSWORD</attributeID><value>` + secret + `</value><value>` + secret + `</value>`),
		"a value with elements":       execute(`<attributeID>PROVFLD_DERIVATION_CODE</attributeID><value><x>` + secret + `</x></value>`),
		"an attribute nobody knows":   execute(`<attributeID>CREDFLD_DP_RESPONSE</attributeID><value>` + secret + `</value>`),
		"an attribute with two names": execute(`<attributeID>X</attributeID><attributeID>PROVFLD_SIGNATURE</attributeID><value>` + secret + `</value>`),
	} {
		drafter := drafting.Drafter{Redact: true}
		n, err := drafter.Add(drafting.Recorded{
			Request: drafting.RecordedMessage{Body: []byte(request), Header: http.Header{
				"Soapaction": {`"urn:` + secret + `"`}, "Content-Type": {"text/" + secret}, "Authorization": {secret}, "Cookie": {secret},
			}},
			Reply: drafting.RecordedMessage{Body: []byte(request), Header: http.Header{"Set-Cookie": {secret}}},
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		drafted, _ := drafter.Draft(n)
		text, err := transcript.Format(drafted)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(string(text), secret) {
			t.Errorf("%s: the secret is there\n%s", name, text)
		}
	}
}

// A recorder keeps some of what was said in memory, and not all that peers
// like to send.
func TestRecorderForgets(t *testing.T) {
	dir := t.TempDir()
	recorder, err := drafting.NewRecorder(drafting.RecorderConfig{Dir: dir, Now: time.Now, Left: func(n drafting.Notice) { t.Error(n) }})
	if err != nil {
		t.Fatal(err)
	}
	recorder.KeepOpen(1 << 20)
	large := strings.Repeat("x", 100<<10)
	server := httptest.NewServer(recorder.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `<e:Envelope xmlns:e="x"><e:Body><stepResponse><big>`+large+`</big></stepResponse></e:Body></e:Envelope>`)
	})))
	defer server.Close()
	ask := func(registration int) {
		t.Helper()
		response, err := http.Post(server.URL, "text/xml", strings.NewReader(fmt.Sprintf(
			`<e:Envelope xmlns:e="x"><e:Body><step><registrationID>%d</registrationID></step></e:Body></e:Envelope>`, registration)))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	for registration := range 12 {
		ask(registration)
	}
	ask(11) // which is in mind
	ask(0)  // which is not
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 13 {
		t.Errorf("%d files, %v", len(files), err)
	}
	ask(1) // is answered, and not recorded
	if err := recorder.Close(); err != nil {
		t.Error(err)
	}
}
