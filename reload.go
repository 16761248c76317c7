package dsappd

import (
	"fmt"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/server/certificate"
	"github.com/dsappd/dsappd/internal/server/listen"
)

// Reload reads settings.toml and the certificates again and serves by them:
// all of what can change while a server serves, or nothing where anything is
// refused, which the error names. Requests and connections under way go on,
// and so do the sign-ins of the self-management page. The log says what was
// taken, and which changed settings wait for the next start.
func (s *Server) Reload() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	log := s.config.Logger
	if s.config.Memory != nil {
		log.Warn("not reloaded: this server is in memory and has no settings.toml")
		return fmt.Errorf("reload: %w: this server is in memory and has no settings.toml", datafolder.ErrNoFolder)
	}
	reread, err := s.folder.Reread()
	var use func()
	if err == nil {
		use, err = s.prepare(reread)
	}
	if err != nil {
		reason, mend := hint.Split(err)
		if mend != "" {
			log = log.With("mend", mend)
		}
		log.Error("not reloaded, the old settings and certificates stay", "folder", s.folder.Dir, "reason", reason)
		return fmt.Errorf("reload: %w", err)
	}
	use()
	log.Info("reloaded", "folder", s.folder.Dir, "changed", reread.Taken)
	if len(reread.Waiting) > 0 {
		log.Warn("settings have changed that wait for the next start", "settings", reread.Waiting)
	}
	return nil
}

// prepare makes all that the settings say, and changes nothing before use is
// called, which cannot fail.
func (s *Server) prepare(reread datafolder.Reloaded) (use func(), err error) {
	settings := reread.Settings
	doors := networkDoors(s.config, settings)
	var all []func()
	for _, open := range s.doors {
		for _, door := range doors {
			if door.name != open.name {
				continue
			}
			change, err := open.prepare(s, door, settings)
			if err != nil {
				return nil, err
			}
			all = append(all, change)
		}
	}
	return func() {
		s.folder.Apply(reread)
		s.config.level.Set(settings.Log.SlogLevel())
		s.shared.Resize(int64(settings.Limits.BodiesMiB) << 20)
		for _, change := range all {
			change()
		}
	}, nil
}

// prepare makes what an open door serves with by other settings.
func (d *openDoor) prepare(s *Server, next networkDoor, settings datafolder.Settings) (use func(), err error) {
	handler, err := next.handler(s, settings)
	if err != nil {
		return nil, err
	}
	proxies, err := next.settings.TrustedProxies(next.table)
	if err != nil {
		return nil, err
	}
	useCertificate, err := d.prepareTLS(s, next)
	if err != nil {
		return nil, err
	}
	return func() {
		useCertificate()
		d.endpoint.Change(listen.Change{
			Handler: next.around(s, handler), Proxies: proxies,
			Connections: datafolder.Connections(settings, len(s.doors)), PerAddress: settings.Limits.ConnectionsPerAddress,
		})
	}, nil
}

// prepareTLS reads the files that a door serves TLS with.
func (d *openDoor) prepareTLS(s *Server, next networkDoor) (use func(), err error) {
	if d.tls == nil && next.settings.ClientCA != "" {
		return nil, fmt.Errorf("%w: %s.client_ca asks for clients' certificates, and %s is served unencrypted", datafolder.ErrCertificate, next.table, next.address)
	}
	if d.tls == nil {
		return func() {}, nil
	}
	files := next.files(s)
	use, err = d.tls.Prepare(files)
	if err != nil {
		return nil, next.certificateFault(s.folder.Dir, files, err)
	}
	return use, nil
}

// files returns those that a door serves TLS with.
func (d networkDoor) files(s *Server) certificate.Files {
	files := d.settings.CertificateFiles(s.folder.Dir)
	files.Legacy = files.Legacy || s.config.LegacyTLS
	return files
}
