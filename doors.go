package dsappd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/dsappd/dsappd/server/console"
	"github.com/dsappd/dsappd/server/handshake"
	"github.com/dsappd/dsappd/server/listen"
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
		{
			name: "console", flag: "--console-addr", table: "console",
			address:  config.ConsoleAddr,
			settings: settings.Console.ListenerSettings,
			handler:  consoleHandler,
			url:      func(u *URLs) *string { return &u.Console },
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

// check checks what does not come from the settings.
func (c Config) check() error {
	var all []error
	if c.TLS && c.Plain {
		all = append(all, errors.New("--tls and --plain exclude each other"))
	}
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

// open listens, with TLS where that is to be spoken.
func (d networkDoor) open(ctx context.Context, config Config, opened *folder) (*listen.Endpoint, error) {
	secure, err := d.speaksTLS(ctx, config)
	if err != nil {
		return nil, err
	}
	handler, err := d.handler(config, opened)
	if err != nil {
		return nil, err
	}
	proxies, err := d.settings.proxies(d.table)
	if err != nil {
		return nil, err
	}
	serving := opened.settings.listen(d.name, d.settings.withHSTS(handler), config.Logger)
	if streams, is := handler.(interface{ Close() }); is {
		serving.OnDrain = streams.Close
	}
	serving.Address, serving.Shared, serving.Proxies = d.address, opened.shared, proxies
	serving.Handshakes = &handshake.Config{
		Door: d.name, TLS: secure, SOAP: d.table == "soap", ForTLS: "serve with --tls", Log: config.Logger, Journal: opened.journal, Now: config.Now,
	}
	if secure {
		serving.TLS, err = d.openTLS(config, opened.dir)
	}
	if err != nil {
		return nil, err
	}
	endpoint, err := listen.Open(ctx, serving)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; choose another with %s or the setting %s.listen", ErrAddress, err, d.flag, d.table)
	}
	return endpoint, nil
}

// listen is how an endpoint of that name serves, but for where.
func (s Settings) listen(name string, handler http.Handler, logger *slog.Logger) listen.Config {
	return listen.Config{
		Name: name, Handler: handler, Log: logger,
		Limits: listen.Limits{
			Connections: s.Limits.Connections, PerAddress: s.Limits.ConnectionsPerAddress, HeaderBytes: s.Limits.HeaderBytes,
		},
		Timeouts: listen.Timeouts{
			ReadHeader: s.Timeouts.ReadHeader, Read: s.Timeouts.Read, Write: s.Timeouts.Write, Idle: s.Timeouts.Idle, Pressed: s.Timeouts.Pressed,
		},
	}
}

// shared is what the endpoints of one server share.
func (s Settings) shared() *listen.Shared { return listen.NewShared(int64(s.Limits.BodiesMiB) << 20) }

// turn is how costly requests take turns, where the folder is served by
// listeners; nil: they do not.
func (f *folder) turn() func(context.Context, string) (func(), error) {
	if f.shared == nil {
		return nil
	}
	return f.shared.Turn
}

func soapHandler(config Config, opened *folder) (http.Handler, error) {
	proxies, err := opened.settings.SOAP.proxies("soap")
	if err != nil {
		return nil, err
	}
	handler, err := provisioning.NewHandler(provisioning.Config{
		Service: opened.service, Log: config.Logger, Journal: opened.journal, Directory: opened.directory, Proxies: proxies,
		Stylesheet: console.Stylesheet(),
		PublicURL:  opened.settings.SOAP.PublicURL, Hosts: opened.settings.SOAP.hosts(), Origins: opened.settings.SOAP.Origins,
		Strict: config.Strict, Trace: config.Trace, BodyTimeout: opened.settings.Timeouts.Read,
		MaxSize: opened.settings.Limits.BodyBytes, MaxParts: opened.settings.Limits.MessageParts, Turn: opened.turn(),
	})
	if err != nil || config.recorder == nil {
		return handler, err
	}
	return config.recorder.Wrap(handler), nil
}
