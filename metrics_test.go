package dsappd_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// watched serves a folder with a listener for those who watch, and has it do
// something of each kind.
func watched(t *testing.T) *dsappd.Server {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := dsappd.Init(t.Context(), dir, dsappd.InitOptions{Sample: true, Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n[syslog]\naddress = \"udp://127.0.0.1:9\"\n"}); err != nil {
		t.Fatal(err)
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", WatchAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	register := `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><dsappSRPRegister xmlns="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
		`<componentType>srp-component</componentType><user><userID>user2</userID></user><credential><staticPassword>Password2</staticPassword></credential></dsappSRPRegister></Body></Envelope>`
	for _, body := range []string{register, strings.Replace(register, "Password2", "wrong", 1), "no XML"} {
		response, err := http.Post(server.URLs().SOAP, "text/xml; charset=utf-8", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	return server
}

func get(t *testing.T, url string) (status int, text string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// What the server does is in the metrics, and nothing that is secret.
func TestMetrics(t *testing.T) {
	at := watched(t).URLs().Watch
	_, text := get(t, at+"metrics")
	for _, line := range []string{
		`dsappd_decisions_total{operation="dsappSRPRegister",status="STAT_SUCCESS"} 1`,
		`dsappd_decisions_total{operation="dsappSRPRegister",status="STAT_INVCREDENTIALS"} 1`,
		`dsappd_decision_duration_seconds_count{operation="dsappSRPRegister"} 2`,
		`dsappd_http_requests_total{code="200",door="soap"} 2`,
		`dsappd_http_requests_total{code="500",door="soap"} 1`,
		`dsappd_open_registrations{state="Registered"} 1`,
		`dsappd_passwords_waiting 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	for _, secret := range []string{"user2", "Password2", "VDS1000141"} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}
	for path, want := range map[string]int{"livez": 200, "readyz": 200, "debug/pprof/": 404, "domain/list": 404} {
		if status, _ := get(t, at+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// Dashboard and alert rules ask for metrics that there are, with labels that
// they have.
func TestDashboardAndAlertsNameMetrics(t *testing.T) {
	_, text := get(t, watched(t).URLs().Watch+"metrics")
	families := make(map[string]bool)
	for _, found := range regexp.MustCompile(`(?m)^(dsappd_\w+)`).FindAllStringSubmatch(text, -1) {
		families[found[1]] = true
	}
	families["dsappd_certificate_expiry_timestamp_seconds"] = true // where TLS is served
	families["dsappd_swept_registrations_total"] = true
	asked := make(map[string]bool)
	for _, name := range []string{"alerts.yaml", "dashboard.json"} {
		file, err := os.ReadFile(filepath.Join("packaging", "monitoring", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, metric := range regexp.MustCompile(`dsappd_[a-z_]+`).FindAllString(string(file), -1) {
			asked[metric] = true
			if !families[metric] {
				t.Errorf("%s asks for %s, which there is not", name, metric)
			}
		}
		if strings.HasSuffix(name, ".json") && !json.Valid(file) {
			t.Errorf("%s is not JSON", name)
		}
	}
	page, err := os.ReadFile("docs/watch.md")
	if err != nil {
		t.Fatal(err)
	}
	for family := range families {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(family, "")
		if !strings.Contains(string(page), "`"+base+"`") {
			t.Errorf("docs/watch.md does not explain %s", base)
		}
	}
	rules, err := os.ReadFile("packaging/monitoring/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var alerts []string
	for _, found := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(rules), -1) {
		alerts = append(alerts, found[1])
	}
	slices.Sort(alerts)
	for _, alert := range alerts {
		if !strings.Contains(string(page), alert) {
			t.Errorf("docs/watch.md does not say what to do about %s", alert)
		}
	}
}
