package listen_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/server/listen"
)

// An address that begins connections as fast as it can has as many as it may,
// while a stranger and somebody known are served on new ones.
func TestFlood(t *testing.T) {
	l := newLab(t, func(c *listen.Config) {
		c.Limits.BeginPerAddress, c.Limits.BeginInAll = 50, 200
		c.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	})
	l.shared.Known.Add(netip.MustParseAddr("127.0.0.4"))
	client := func(from string) *http.Client {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
	}
	ask := func(ctx context.Context, c *http.Client) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.address, nil)
		if err != nil {
			return err
		}
		response, err := c.Do(request)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	var flood sync.WaitGroup
	var tried, refused atomic.Int64
	began := make(chan struct{})
	for range 8 {
		flood.Go(func() {
			for c := client("127.0.0.9"); ctx.Err() == nil; {
				if ask(ctx, c) != nil {
					refused.Add(1)
				}
				if tried.Add(1) == 300 {
					close(began)
				}
			}
		})
	}
	<-began
	for from, times := range map[string]int{"127.0.0.3": 40, "127.0.0.4": 300} {
		for range times {
			if err := ask(t.Context(), client(from)); err != nil {
				t.Errorf("%s: %v", from, err)
			}
		}
	}
	stop()
	flood.Wait()
	if refused.Load() == 0 {
		t.Errorf("none of %d connections was refused", tried.Load())
	}
}
