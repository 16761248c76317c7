package dsappd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/internal/server/administration"
	"github.com/dsappd/dsappd/internal/server/authentication"
	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/internal/server/handshake"
	"github.com/dsappd/dsappd/internal/server/listen"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/signature"
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
	settings datafolder.ListenerSettings
	handler  func(*Server, datafolder.Settings) (http.Handler, error)
	url      func(*URLs) *string
}

// networkDoors returns the table of the doors that listen on the network.
func networkDoors(config Config, settings datafolder.Settings) []networkDoor {
	config = config.withAddresses(settings)
	doors := []networkDoor{
		{
			name: "soap", flag: "--addr", table: "soap",
			address:  config.Addr,
			settings: settings.SOAP.ListenerSettings,
			handler:  (*Server).soapHandler,
			url:      func(u *URLs) *string { return &u.SOAP },
		},
		{
			name: "gateway", flag: "--gateway-addr", table: "gateway",
			address:  config.GatewayAddr,
			settings: settings.Gateway.ListenerSettings,
			handler:  (*Server).gatewayHandler,
			url:      func(u *URLs) *string { return &u.Gateway },
		},
		{
			name: "console", flag: "--console-addr", table: "console",
			address:  config.ConsoleAddr,
			settings: settings.Console.ListenerSettings,
			handler:  (*Server).consoleHandler,
			url:      func(u *URLs) *string { return &u.Console },
		},
		{
			name: "platform", flag: "--platform-addr", table: "platform",
			address:  config.PlatformAddr,
			settings: settings.Platform.ListenerSettings,
			handler:  (*Server).platformHandler,
			url:      func(u *URLs) *string { return &u.Platform },
		},
		{
			name: "watch", flag: "--watch-addr", table: "watch",
			address:  config.WatchAddr,
			settings: settings.Watch.ListenerSettings,
			handler:  (*Server).watchHandler,
			url:      func(u *URLs) *string { return &u.Watch },
		},
		{
			name: "operator", flag: "--operator-addr", table: "operator",
			address:  config.OperatorAddr,
			settings: settings.Operator.ListenerSettings,
			handler:  (*Server).operatorHandler,
			url:      func(u *URLs) *string { return &u.Operator },
		},
	}
	if config.lab != nil {
		doors = append(doors, labDoor(config, settings))
	}
	return doors
}

// withAddresses puts the addresses of the settings where none are given.
func (c Config) withAddresses(settings datafolder.Settings) Config {
	c.GatewayAddr = c.besideAddr(c.GatewayAddr, settings.Gateway.Listen)
	c.ConsoleAddr = c.besideAddr(c.ConsoleAddr, settings.Console.Listen)
	c.PlatformAddr = c.besideAddr(c.PlatformAddr, settings.Platform.Listen)
	c.WatchAddr = c.besideAddr(c.WatchAddr, settings.Watch.Listen)
	c.OperatorAddr = c.besideAddr(c.OperatorAddr, settings.Operator.Listen)
	c.LabAddr = c.besideAddr(c.LabAddr, defaultLabAddr)
	c.Addr = cmp.Or(c.Addr, settings.SOAP.Listen)
	return c
}

// besideAddr returns the address of a door beside SOAP's.
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
		{"--addr", c.Addr}, {"--gateway-addr", c.GatewayAddr}, {"--console-addr", c.ConsoleAddr}, {"--platform-addr", c.PlatformAddr}, {"--watch-addr", c.WatchAddr}, {"--operator-addr", c.OperatorAddr}, {"--lab-addr", c.LabAddr},
	} {
		none := given.address == noAddress && given.flag != "--addr"
		if given.address != "" && !none {
			all = append(all, datafolder.CheckListen(given.flag, given.address))
		}
	}
	return errors.Join(all...)
}

// openDoor is a network door that is open.
type openDoor struct {
	networkDoor
	endpoint *listen.Endpoint
	tls      *certificate.Live // nil: it is served unencrypted
}

// open listens, with TLS where that is to be spoken.
func (d networkDoor) open(ctx context.Context, s *Server) (*openDoor, error) {
	config := s.config
	if err := d.checkLab(ctx, config); err != nil {
		return nil, err
	}
	secure, err := d.speaksTLS(ctx, config)
	if err != nil {
		return nil, err
	}
	handler, err := d.handler(s, s.folder.Settings)
	if err != nil {
		return nil, err
	}
	proxies, err := d.settings.TrustedProxies(d.table)
	if err != nil {
		return nil, err
	}
	serving := s.folder.Settings.Listening(d.name, d.around(s, handler), config.Logger)
	if streams, is := handler.(interface{ Close() }); is {
		serving.OnDrain = streams.Close
	}
	serving.Address, serving.Shared, serving.Proxies = d.address, s.shared, proxies
	serving.Limits.Connections = datafolder.Connections(s.folder.Settings, openings(networkDoors(config, s.folder.Settings)))
	serving.Handshakes = &handshake.Config{
		Door: d.name, TLS: secure, SOAP: d.table == "soap", ForTLS: "serve with --tls", Log: config.Logger, Journal: s.journal, Now: config.Now,
	}
	if secure {
		serving.TLS, err = d.openTLS(s)
	}
	if err != nil {
		return nil, err
	}
	endpoint, err := listen.Open(ctx, serving)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; choose another with %s or the setting %s.listen", datafolder.ErrAddress, err, d.flag, d.table)
	}
	return &openDoor{networkDoor: d, endpoint: endpoint, tls: serving.TLS}, nil
}

// openings counts the doors that have an address.
func openings(doors []networkDoor) int {
	open := 0
	for _, door := range doors {
		if door.address != "" {
			open++
		}
	}
	return open
}

// around returns a door's handler with what every door has around it.
func (d networkDoor) around(s *Server, handler http.Handler) http.Handler {
	if recorder := s.config.recorder; recorder != nil && slices.Contains([]string{"soap", "gateway", "platform"}, d.name) {
		handler = recorder.Wrap(handler)
	}
	if s.config.lab != nil && d.name != "lab" && d.name != "operator" {
		handler = s.config.lab.Wrap(d.name, handler)
	}
	if d.name != "lab" && d.name != "watch" {
		handler = s.keeper.Wrap(d.name, handler, unremarkable[d.name])
	}
	return withHeaders(d.settings.HSTS, s.watched(d.name, handler))
}

func (s *Server) soapHandler(settings datafolder.Settings) (http.Handler, error) {
	config := s.config
	proxies, err := settings.SOAP.TrustedProxies("soap")
	if err != nil {
		return nil, err
	}
	handler, err := provisioning.NewHandler(provisioning.Config{
		Service: s.folder.Service, Log: config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies,
		Stylesheet: console.Stylesheet(),
		Interfaces: []operation.Interface{authentication.Operations, signature.Operations, administration.Operations},
		PublicURL:  settings.SOAP.PublicURL, Hosts: settings.SOAP.AllowedHosts(), Origins: settings.SOAP.Origins,
		Strict: config.Strict, Trace: config.Trace, BodyTimeout: settings.Timeouts.Read,
		MaxSize: settings.Limits.BodyBytes, MaxParts: settings.Limits.MessageParts, Turn: s.shared.Turn, ReadClosed: s.shared.ReadClosed,
	})
	return handler, err
}
