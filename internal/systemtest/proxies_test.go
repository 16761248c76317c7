package systemtest_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd"
)

// The sample's components may call from this machine: who is elsewhere may
// not, where the proxy that says so is one of the settings'.
func TestProxiesOfSettings(t *testing.T) {
	for setting, want := range map[string]string{"": "0", "proxies = []": "0", `proxies = ["10.0.0.1"]`: "0",
		`proxies = ["10.0.0.1", "127.0.0.0/31"]`: "1005", `proxies = ["::ffff:127.0.0.1"]`: "1005"} {
		dir := filepath.Join(t.TempDir(), "data")
		settings := cheapSettings + "[soap]\n" + setting + "\n"
		if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Sample: true, Settings: settings}); err != nil {
			t.Fatal(err)
		}
		url := serveFolder(t, dsappd.Config{Dir: dir}).SOAP
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(registerEnvelope))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "text/xml")
		request.Header.Set("X-Forwarded-For", "192.0.2.7")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := io.ReadAll(response.Body)
		response.Body.Close()
		answer := "<statusCode>" + want + "</statusCode>"
		if err != nil || !strings.Contains(string(reply), answer) {
			t.Errorf("%q: want %s: %v %s", setting, want, err, reply)
		}
	}
}
