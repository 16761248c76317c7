package dsappd

import (
	"net/http"

	"github.com/dsappd/dsappd/server/gateway"
)

func (s *Server) gatewayHandler(config Config) (http.Handler, error) {
	settings := s.folder.Settings.Gateway
	proxies, err := settings.TrustedProxies("gateway")
	if err != nil {
		return nil, err
	}
	if err := s.folder.CheckOwnDoor("gateway", settings.ComponentType); err != nil {
		return nil, err
	}
	return gateway.NewHandler(gateway.Config{
		Service: s.folder.Service, Log: config.Logger, Journal: s.journal, Directory: s.directory, Proxies: proxies, Hosts: settings.AllowedHosts(),
		ComponentType: settings.ComponentType, BodyTimeout: s.folder.Settings.Timeouts.Read,
	})
}
