package dsappd

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
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

// lacksPlatform reports whether a folder from before the Platform API keeps its
// door shut, which the log then says. A folder that names the door's address on
// the command line is refused instead.
func (s *Server) lacksPlatform(door networkDoor, err error) bool {
	if door.table != "platform" || s.config.PlatformAddr != "" || !errors.Is(err, datafolder.ErrNoComponent) {
		return false
	}
	reason, mend := hint.Split(err)
	s.config.Logger.Warn("the Platform API is not served", "reason", reason, "mend", mend)
	return true
}
