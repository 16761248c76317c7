package dsappd

import (
	"net/http"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/server/console"
)

// consoleHandler makes the page; where it is made again it keeps the sign-ins.
func (s *Server) consoleHandler(all datafolder.Settings) (http.Handler, error) {
	settings := all.Console
	proxies, err := settings.TrustedProxies("console")
	if err != nil {
		return nil, err
	}
	if err := s.folder.CheckOwnDoor("console", settings.ComponentType); err != nil {
		return nil, err
	}
	logo, err := settings.ReadLogo(s.folder.Dir)
	if err != nil {
		return nil, err
	}
	appLink, err := console.ParseAppLink(settings.AppLink)
	if err != nil {
		return nil, err
	}
	config := console.Config{
		Name: settings.Name, Logo: logo, AppLink: appLink,
		Service: s.folder.Service, Log: s.config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies, Hosts: settings.AllowedHosts(),
		ComponentType: settings.ComponentType, SecureCookies: settings.SecureCookies,
		Limits: console.Limits{
			Idle: settings.Idle, Absolute: settings.Session,
			Streams: min(console.DefaultLimits().Streams, max(1, all.Limits.Connections/2)),
		},
	}
	if s.console != nil {
		return s.console.With(config)
	}
	s.console, err = console.NewHandler(config)
	return s.console, err
}
