//go:build !race

package drafting_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
)

const (
	registerRequest = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
		`<componentType>c</componentType><user><userID>user%d</userID></user><credential><staticPassword>x</staticPassword></credential></p:dsappSRPRegister></s:Body></s:Envelope>`
	registerReply = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:dsappSRPRegisterResponse xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
		`<status><resultCodes><returnCodeEnum>RET_SUCCESS</returnCodeEnum><statusCodeEnum>STAT_SUCCESS</statusCodeEnum><returnCode>0</returnCode><statusCode>0</statusCode></resultCodes><errorStack/></status>` +
		`<result><registrationID>R%010[1]d</registrationID><activationPassword>P%06[1]d</activationPassword><user><userID>user%[1]d</userID><domain>master</domain></user>` +
		`<serialNumber>FDM%07[1]d</serialNumber><digipassGatewayID>0123456789</digipassGatewayID></result></p:dsappSRPRegisterResponse></s:Body></s:Envelope>`
)

// denseLog writes a log with a line for each message of so many exchanges.
func denseLog(t testing.TB, exchanges int) string {
	t.Helper()
	var out bytes.Buffer
	line := func(n int, what, text string) {
		fmt.Fprintf(&out, "2026-03-01 10:%02d:%02d,%03d INFO [http-nio-8080-exec-%d] org.example.Logging - %s ExchangeId: %d payload: %s\n",
			n/60%60, n%60, n%1000, n%10, what, n, fmt.Sprintf(text, n))
	}
	for n := range exchanges {
		line(n, "REQ_IN", registerRequest)
		line(n, "RESP_OUT", registerReply)
	}
	return fileOf(t, "dense.log", out.Bytes())
}

// oneCase writes a project of SoapUI with one test case of so many requests.
func oneCase(t testing.TB, requests int) string {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(`<con:soapui-project name="large" xmlns:con="http://eviware.com/soapui/config"><con:testSuite name="Suite"><con:testCase name="Case">`)
	for n := range requests {
		fmt.Fprintf(&out, `<con:testStep type="request" name="Register %d"><con:config><con:request><con:request><![CDATA[%s]]></con:request>`+
			`<con:assertion type="Simple Contains" name="Contains"><con:configuration><token>STAT_SUCCESS</token></con:configuration></con:assertion>`+
			"</con:request></con:config></con:testStep>\n", n, fmt.Sprintf(strings.Replace(registerRequest, ">x<", ">secret-%[1]d<", 1), n))
	}
	out.WriteString(`</con:testCase></con:testSuite></con:soapui-project>`)
	return fileOf(t, "large.xml", out.Bytes())
}

// allocatedBy is how many bytes the import of a file into transcripts
// allocates, which a busy machine does not change.
func allocatedBy(t *testing.T, redact bool, file string, transcripts int) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run := &drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{Redact: redact}}, Out: filepath.Join(t.TempDir(), "out"), Report: func(drafting.Imported) error { return nil },
	}
	report, err := run.Paths(t.Context(), file)
	if err != nil || len(report.Transcripts) != transcripts {
		t.Fatalf("%d transcripts, %v", len(report.Transcripts), err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// An exchange costs the same however many there are.
func TestImportIsLinear(t *testing.T) {
	for name, kind := range map[string]struct {
		make        func(testing.TB, int) string
		transcripts func(exchanges int) int
		redact      bool
	}{
		"log":                   {denseLog, func(n int) int { return n }, false},
		"project of many cases": {manyCases, func(n int) int { return n }, false},
		"project of one case":   {oneCase, func(int) int { return 1 }, false},
		"one case, redacted":    {oneCase, func(int) int { return 1 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			const few, many = 500, 2000
			one, four := allocatedBy(t, kind.redact, kind.make(t, few), kind.transcripts(few)), allocatedBy(t, kind.redact, kind.make(t, many), kind.transcripts(many))
			if four > 5*one {
				t.Errorf("%d exchanges allocate %d KiB, %d allocate %d KiB", few, one>>10, many, four>>10)
			}
		})
	}
}
