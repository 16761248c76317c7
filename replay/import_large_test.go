package replay_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/dsappd/dsappd/replay"
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
			"</con:request></con:config></con:testStep>\n", n, fmt.Sprintf(registerRequest, n))
	}
	out.WriteString(`</con:testCase></con:testSuite></con:soapui-project>`)
	return fileOf(t, "large.xml", out.Bytes())
}

// cost is what an import takes, in a way that a busy machine does not change.
type cost struct {
	allocated uint64 // bytes in all
	live      uint64 // the most bytes that were in use at once, beside those before
}

// costOf imports a file into transcripts.
func costOf(t *testing.T, file string, transcripts int) cost {
	t.Helper()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var before, after runtime.MemStats
	runtime.GC()
	metrics.Read(live)
	start, most := live[0].Value.Uint64(), uint64(0)
	watch := func() {
		metrics.Read(live)
		most = max(most, live[0].Value.Uint64())
	}
	runtime.ReadMemStats(&before)
	importer := &replay.Importer{Drafter: &replay.Drafter{}, Progress: func(string, int64, int64) { watch() }}
	run := &replay.ImportRun{Importer: importer, Out: filepath.Join(t.TempDir(), "out"), Report: func(replay.Imported) error { watch(); return nil }}
	report, err := run.Paths(t.Context(), file)
	if err != nil || len(report.Transcripts) != transcripts {
		t.Fatalf("%d transcripts, %v", len(report.Transcripts), err)
	}
	watch()
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, most - min(most, start)}
}

// An exchange costs the same however many there are, and a large file takes a
// few times its size at once.
func TestImportIsLinear(t *testing.T) {
	for name, kind := range map[string]struct {
		make        func(testing.TB, int) string
		transcripts func(exchanges int) int
	}{
		"log":                   {denseLog, func(n int) int { return n }},
		"project of many cases": {func(t testing.TB, n int) string { return manyCases(t, n) }, func(n int) int { return n }},
		"project of one case":   {oneCase, func(int) int { return 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			const few, many = 250, 1000
			large := kind.make(t, many)
			one, four := costOf(t, kind.make(t, few), kind.transcripts(few)), costOf(t, large, kind.transcripts(many))
			if four.allocated > 5*one.allocated {
				t.Errorf("%d exchanges allocate %d KiB, %d allocate %d KiB", few, one.allocated>>10, many, four.allocated>>10)
			}
			info, err := os.Stat(large)
			if err != nil {
				t.Fatal(err)
			}
			if size := uint64(info.Size()); four.live > 8*size {
				t.Errorf("%d KiB at once for a file of %d KiB", four.live>>10, size>>10)
			}
		})
	}
}
