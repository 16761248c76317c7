package dsappd

import (
	"errors"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/google/go-cmp/cmp"
)

// The addresses of flags, and of the settings where there are none.
func TestAddresses(t *testing.T) {
	settings := datafolder.DefaultSettings()
	shut := datafolder.DefaultSettings()
	shut.Gateway.Listen = ""
	for _, c := range []struct {
		name     string
		settings datafolder.Settings
		flags    [3]string // SOAP, gateway, console
		want     [3]string
	}{
		{"none", settings, [3]string{}, [3]string{"127.0.0.1:8888", "127.0.0.1:11080", "127.0.0.1:8889"}},
		{"a port", settings, [3]string{"[::1]:80"}, [3]string{"[::1]:80", "127.0.0.1:11080", "127.0.0.1:8889"}},
		{"a free port", settings, [3]string{"[::1]:0"}, [3]string{"[::1]:0", "[::1]:0", "[::1]:0"}},
		{"a free port and others", settings, [3]string{"[::1]:0", "none", "localhost:1"}, [3]string{"[::1]:0", "", "localhost:1"}},
		{"all", settings, [3]string{"a:1", "b:2", "c:3"}, [3]string{"a:1", "b:2", "c:3"}},
		{"a setting that says nowhere", shut, [3]string{"[::1]:0"}, [3]string{"[::1]:0", "", "[::1]:0"}},
		{"a flag against such a setting", shut, [3]string{"", "b:2"}, [3]string{"127.0.0.1:8888", "b:2", "127.0.0.1:8889"}},
	} {
		config := Config{Addr: c.flags[0], GatewayAddr: c.flags[1], ConsoleAddr: c.flags[2]}
		config = config.withAddresses(c.settings)
		got := [3]string{config.Addr, config.GatewayAddr, config.ConsoleAddr}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Where a door speaks TLS, by its address, its settings and the flags.
func TestSpeaksTLS(t *testing.T) {
	const near, far = "127.0.0.1:1", "0.0.0.0:1"
	on, off := func(s *datafolder.ListenerSettings) { s.TLS = datafolder.TLSOn }, func(s *datafolder.ListenerSettings) { s.TLS = datafolder.TLSOff }
	auto := func(*datafolder.ListenerSettings) {}
	clients := func(s *datafolder.ListenerSettings) { s.ClientCA = "clients.pem" }
	none, tls, plain := Config{}, Config{TLS: true}, Config{Plain: true}
	for _, c := range []struct {
		name    string
		address string
		setting func(*datafolder.ListenerSettings)
		flags   Config
		want    string
	}{
		{"auto, near", near, auto, none, "plain"},
		{"auto, near, IPv6", "[::1]:1", auto, none, "plain"},
		{"auto, near, by name", "localhost:1", auto, none, "plain"},
		{"auto, near, --tls", near, auto, tls, "TLS"},
		{"auto, near, --plain", near, auto, plain, "plain"},
		{"auto, far", far, auto, none, "TLS"},
		{"auto, far, no host", ":1", auto, none, "TLS"},
		{"auto, far, an address", "192.0.2.1:1", auto, none, "TLS"},
		{"auto, far, --plain", far, auto, plain, "plain"},
		{"on, near", near, on, none, "TLS"},
		{"on, far, --plain", far, on, plain, "TLS"},
		{"off, near, --tls", near, off, tls, "plain"},
		{"off, far", far, off, none, "refused"},
		{"off, far, --tls", far, off, tls, "refused"},
		{"off, far, --plain", far, off, plain, "plain"},
		{"auto, near, client certificates", near, clients, none, "refused"},
		{"auto, near, client certificates, --tls", near, clients, tls, "TLS"},
		{"auto, far, client certificates, --plain", far, clients, plain, "refused"},
		{"no address", "nonsense", auto, none, "refused"},
	} {
		door := networkDoor{table: "soap", address: c.address, settings: datafolder.DefaultSettings().SOAP.ListenerSettings}
		c.setting(&door.settings)
		secure, err := door.speaksTLS(t.Context(), c.flags)
		got := map[bool]string{true: "TLS", false: "plain"}[secure]
		if err != nil {
			got = "refused"
		}
		if got != c.want || err != nil && !errors.Is(err, datafolder.ErrAddress) {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
	}
}
