package dsappd

import (
	"net/http"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/server/gateway"
)

func (s *Server) gatewayHandler(all datafolder.Settings) (http.Handler, error) {
	settings := all.Gateway
	proxies, err := settings.TrustedProxies("gateway")
	if err != nil {
		return nil, err
	}
	if err := s.folder.CheckOwnDoor("gateway", settings.ComponentType); err != nil {
		return nil, err
	}
	return gateway.NewHandler(gateway.Config{
		Service: s.folder.Service, Log: s.config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies, Hosts: settings.AllowedHosts(),
		ComponentType: settings.ComponentType, BodyTimeout: all.Timeouts.Read,
	})
}
