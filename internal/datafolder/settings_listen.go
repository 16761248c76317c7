package datafolder

import (
	"log/slog"
	"net/http"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/listen"
)

// How a door's setting tls is said.
const (
	TLSAuto = "auto" // where other machines can reach the door
	TLSOn   = "on"
	TLSOff  = "off"
)

// How a door's setting client_certificates is said, which counts where it has
// a client_ca.
const (
	clientsRequired = "required"
	clientsOptional = "optional"
)

// CertificateFiles returns the files of the settings, with names that do not depend on the working folder.
func (s ListenerSettings) CertificateFiles(dir string) certificate.Files {
	return certificate.Files{
		Certificate: inFolder(dir, s.Certificate), Key: inFolder(dir, s.Key), ClientCA: inFolder(dir, s.ClientCA),
		Optional: s.ClientCertificates == clientsOptional, Legacy: s.LegacyTLS,
	}
}

// inFolder returns the path of a file that a setting names relative to the data
// folder; none stays none.
func inFolder(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// Listening returns how an endpoint of that name serves, but for where.
func (s Settings) Listening(name string, handler http.Handler, logger *slog.Logger) listen.Config {
	return listen.Config{
		Name: name, Handler: handler, Log: logger,
		Limits: listen.Limits{
			Connections: s.Limits.Connections, PerAddress: s.Limits.ConnectionsPerAddress, HeaderBytes: s.Limits.HeaderBytes,
			BeginPerAddress: s.Limits.NewPerAddress, BeginInAll: s.Limits.NewConnections,
		},
		Timeouts: listen.Timeouts{
			ReadHeader: s.Timeouts.ReadHeader, Read: s.Timeouts.Read, Write: s.Timeouts.Write, Idle: s.Timeouts.Idle, Pressed: s.Timeouts.Pressed,
		},
	}
}

// Shared returns what the endpoints of one server share.
func (s Settings) Shared() *listen.Shared { return listen.NewShared(int64(s.Limits.BodiesMiB) << 20) }

// listener is one of the interfaces that the settings have a table for.
type listener struct {
	name string
	ListenerSettings
}

func (s Settings) listeners() []listener {
	return []listener{{"soap", s.SOAP.ListenerSettings}, {"gateway", s.Gateway.ListenerSettings}, {"console", s.Console.ListenerSettings}, {"platform", s.Platform.ListenerSettings}, {"watch", s.Watch.ListenerSettings}, {"operator", s.Operator.ListenerSettings}}
}
