package dsappd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/dsappd/dsappd/server/provisioning"
)

// noAddress is what the flag of a door's address says where the door shall not
// open.
const noAddress = "none"

// networkDoor is an interface of the server that is reached over TCP.
type networkDoor struct {
	name     string // for the log, and for people
	flag     string // that says its address
	table    string // of its settings
	address  string // HOST:PORT; empty: it stays shut
	settings ListenerSettings
	handler  func(Config, *folder) (http.Handler, error)
	url      func(*URLs) *string
}

// networkDoors is the table of them; config has its addresses.
func networkDoors(config Config, settings Settings) []networkDoor {
	return []networkDoor{
		{
			name: "soap", flag: "--addr", table: "soap",
			address:  config.Addr,
			settings: settings.SOAP.ListenerSettings,
			handler:  soapHandler,
			url:      func(u *URLs) *string { return &u.SOAP },
		},
		{
			name: "gateway", flag: "--gateway-addr", table: "gateway",
			address:  config.GatewayAddr,
			settings: settings.Gateway.ListenerSettings,
			handler:  gatewayHandler,
			url:      func(u *URLs) *string { return &u.Gateway },
		},
	}
}

// withAddresses puts the addresses of the settings where none are given.
func (c Config) withAddresses(settings Settings) Config {
	c.GatewayAddr = c.besideAddr(c.GatewayAddr, settings.Gateway.Listen)
	c.ConsoleAddr = c.besideAddr(c.ConsoleAddr, settings.Console.Listen)
	c.Addr = cmp.Or(c.Addr, settings.SOAP.Listen)
	return c
}

// besideAddr is the address of a door beside SOAP's.
func (c Config) besideAddr(flag, setting string) string {
	host, port, _ := net.SplitHostPort(c.Addr)
	switch {
	case flag == noAddress:
		return ""
	case flag == "" && setting != "" && port == "0":
		return net.JoinHostPort(host, "0")
	}
	return cmp.Or(flag, setting)
}

// checkAddresses checks those that do not come from the settings.
func (c Config) checkAddresses() error {
	var all []error
	for _, given := range []struct{ flag, address string }{
		{"--addr", c.Addr}, {"--gateway-addr", c.GatewayAddr}, {"--console-addr", c.ConsoleAddr},
	} {
		none := given.address == noAddress && given.flag != "--addr"
		if given.address != "" && !none {
			all = append(all, checkListen(given.flag, given.address))
		}
	}
	return errors.Join(all...)
}

// listen listens at the address. Unless plain, it refuses one that other
// machines can reach, with ErrAddress.
func (d networkDoor) listen(ctx context.Context, plain bool) (net.Listener, error) {
	if !plain {
		if err := checkLoopback(ctx, d.address); err != nil {
			return nil, err
		}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", d.address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; choose another with %s or the setting %s.listen", ErrAddress, err, d.flag, d.table)
	}
	return listener, nil
}

func soapHandler(config Config, opened *folder) (http.Handler, error) {
	proxies, err := opened.settings.SOAP.proxies("soap")
	if err != nil {
		return nil, err
	}
	return provisioning.NewHandler(provisioning.Config{
		Service: opened.service, Log: config.Logger, Proxies: proxies,
		Strict: config.Strict, BodyTimeout: opened.settings.Timeouts.Read, Trace: config.Trace,
	})
}
