//go:build clients && !race

package packaging_test

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dsappd/dsappd"
)

// Debian's promtool accepts the alert rules, and the metrics as they are served.
func TestPromtoolAccepts(t *testing.T) {
	sh(t, ".", "promtool", "check", "rules", "monitoring/alerts.yaml")
	dir := filepath.Join(t.TempDir(), "data")
	if err := dsappd.Init(t.Context(), dir, dsappd.InitOptions{}); err != nil {
		t.Fatal(err)
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", WatchAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	response, err := http.Get(server.URLs().Watch + "metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = response.Body
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
