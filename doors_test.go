package dsappd

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The addresses of flags, and of the settings where there are none.
func TestAddresses(t *testing.T) {
	settings := DefaultSettings()
	shut := DefaultSettings()
	shut.Gateway.Listen = ""
	for _, c := range []struct {
		name     string
		settings Settings
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
