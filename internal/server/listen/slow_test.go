package listen_test

import (
	"io"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// An address that is not known is answered only so fast. One that is known is
// answered as fast as it asks.
func TestStrangersWait(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	ask := func(requests int) time.Duration {
		t.Helper()
		began := time.Now()
		for range requests {
			response, err := http.Get("http://" + l.address)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.Close {
				t.Fatal("a connection ended")
			}
		}
		return time.Since(began)
	}
	// What two seconds allow comes at once, and the rest at 500 a second.
	if took := ask(1500); took < time.Second {
		t.Errorf("1,500 requests of an unknown address took %v, want at least a second", took)
	}
	l.shared.Known.Add(netip.MustParseAddr("127.0.0.1"))
	ask(500)
}
