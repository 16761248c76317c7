package dsappd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"

	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/listen"
)

// speaksTLS decides whether a door does. It refuses, with ErrAddress, plain
// text where other machines can reach it, unless that is meant, and where
// clients have to show certificates.
func (d networkDoor) speaksTLS(ctx context.Context, config Config) (bool, error) {
	reachable, err := listen.Reachable(ctx, d.address)
	if err != nil {
		return false, fmt.Errorf("%w: %q: %w", datafolder.ErrAddress, d.address, err)
	}
	secure := d.settings.TLS == datafolder.TLSOn || d.settings.TLS == datafolder.TLSAuto && (config.TLS || reachable && !config.Plain)
	switch {
	case secure:
		return true, nil
	case reachable && !config.Plain:
		return false, fmt.Errorf("%w: %s can be reached from other machines, and with %s.tls = %q passwords would travel unencrypted: "+
			"use 127.0.0.1 or TLS, or --plain where that is meant", datafolder.ErrAddress, d.address, d.table, d.settings.TLS)
	case d.settings.ClientCA != "":
		return false, fmt.Errorf("%w: %s is served unencrypted, where no client can show the certificate that %s.client_ca asks for: "+
			"set %s.tls = %q, or serve with --tls", datafolder.ErrAddress, d.address, d.table, d.table, datafolder.TLSOn)
	}
	return false, nil
}

// openTLS reads what a door serves TLS with; the error wraps ErrCertificate.
func (d networkDoor) openTLS(s *Server) (*certificate.Live, error) {
	config, dir, files := s.config, s.folder.Dir, d.files(s)
	logger := config.Logger.With("door", d.name)
	live, err := certificate.Open(files, config.Now, logger)
	if err != nil {
		return nil, d.certificateFault(dir, files, err)
	}
	live.Log("certificate")
	if files.Legacy {
		logger.Warn("RSA key exchange is allowed: whoever gets the certificate's key later can read what was recorded")
	}
	d.warnOfHost(live, dir, logger)
	return live, nil
}

// certificateFault says how to mend what was refused.
func (d networkDoor) certificateFault(dir string, files certificate.Files, err error) error {
	open, isOpen := errors.AsType[*certificate.OpenKeyError](err)
	switch {
	case isOpen:
		return fmt.Errorf("%w: %w: chmod 600 %s", datafolder.ErrCertificate, err, hint.ShellWord(open.Name))
	case errors.Is(err, fs.ErrNotExist) && d.settings.Certificate == datafolder.ServerCertificate:
		return fmt.Errorf("%w: %s is served by TLS, and this data folder has no certificate: %w: make one with: dsappd tls renew --dir %s; "+
			"or serve 127.0.0.1, or with --plain where passwords may travel unencrypted", datafolder.ErrCertificate, d.address, err, hint.ShellWord(dir))
	}
	return fmt.Errorf("%w: %w: look at the settings %s.certificate, key and client_ca", datafolder.ErrCertificate, err, cmp.Or(d.table, d.name))
}

// warnOfHost warns whoever listens at a host that the certificate does not name:
// clients that ask for it will refuse the certificate.
func (d networkDoor) warnOfHost(live *certificate.Live, dir string, logger *slog.Logger) {
	host, _, err := net.SplitHostPort(d.address)
	if err != nil || host == "" || net.ParseIP(host).IsUnspecified() {
		return
	}
	if err := live.Leaf().VerifyHostname(host); err != nil {
		logger.Warn("the certificate is not for the host that is served", "host", host,
			"mend", "dsappd tls renew --dir "+hint.ShellWord(dir)+" --host "+hint.ShellWord(host))
	}
}
