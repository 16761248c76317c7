package dsappd

import (
	"net/http"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/server/platform"
)

func (s *Server) platformHandler(all datafolder.Settings) (http.Handler, error) {
	settings := all.Platform
	proxies, err := settings.TrustedProxies("platform")
	if err != nil {
		return nil, err
	}
	if err := s.folder.CheckOwnDoor("platform", settings.ComponentType); err != nil {
		return nil, err
	}
	return platform.NewHandler(platform.Config{
		Service: s.folder.Service, Log: s.config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies, Hosts: settings.AllowedHosts(),
		ComponentType: settings.ComponentType, BodyTimeout: all.Timeouts.Read,
	}), nil
}
