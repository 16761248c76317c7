package dsappd

import (
	"net/http"

	"github.com/dsappd/dsappd/server/console"
)

func (s *Server) consoleHandler(config Config) (http.Handler, error) {
	settings := s.folder.Settings.Console
	proxies, err := settings.TrustedProxies("console")
	if err != nil {
		return nil, err
	}
	if err := s.folder.CheckOwnDoor("console", settings.ComponentType); err != nil {
		return nil, err
	}
	return console.NewHandler(console.Config{
		Service: s.folder.Service, Log: config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies, Hosts: settings.AllowedHosts(),
		ComponentType: settings.ComponentType, SecureCookies: settings.SecureCookies,
		Limits: console.Limits{
			Idle: settings.Idle, Absolute: settings.Session,
			Streams: min(console.DefaultLimits().Streams, max(1, s.folder.Settings.Limits.Connections/2)),
		},
	})
}
