package listen_test

import (
	"bytes"
	"log/slog"
	"net/netip"
	"sync"
)

// record is what was logged.
type record struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.Write(p)
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

func (r *record) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

func prefixes(all ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range all {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}
