package systemtest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd"
)

// A folder of before the gateway is told what it lacks, and the command that
// adds it.
func TestGatewayNeedsItsComponent(t *testing.T) {
	dir := makeFolder(t)
	own := provision.NameComponent{ComponentType: "DIGIPASS Gateway", Location: "0.0.0.0"}
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := door.DeleteComponent(t.Context(), own); err != nil {
		t.Error(err)
	}
	if err := door.Close(); err != nil {
		t.Error(err)
	}
	_, err = dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if mend := " 'DIGIPASS Gateway' 0.0.0.0 --policy Provisioning"; !errors.Is(err, datafolder.ErrNoComponent) || !strings.Contains(err.Error(), mend) {
		t.Errorf("%v; want %v and %q", err, datafolder.ErrNoComponent, mend)
	}
	serveFolder(t, dsappd.Config{Dir: dir, GatewayAddr: "none"})
}

// The sample's keys open the gateway of a served folder, each its own side.
func TestSampleGatewayKeys(t *testing.T) {
	url := serveFolder(t, dsappd.Config{Dir: makeFolder(t)}).Gateway
	for key, want := range map[string]int{"lab-front-key": http.StatusOK, "lab-back-key": http.StatusForbidden, "": http.StatusUnauthorized} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"rest/v2/provisioning/getServerTime", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth("phone", key)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%q: %s, want %d", key, response.Status, want)
		}
	}
}
