package dsappd

import (
	"context"
	"net/http"

	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/server/console"
)

// addConsole gives a new folder what the console needs: the component that
// its users register by, and so their policy.
func addConsole(ctx context.Context, service *provision.Service, settings ConsoleSettings, policy string) error {
	return addOwnDoor(ctx, service, settings.ComponentType, policy)
}

func consoleHandler(config Config, opened *folder) (http.Handler, error) {
	settings := opened.settings.Console
	proxies, err := settings.proxies("console")
	if err != nil {
		return nil, err
	}
	if err := opened.checkOwnDoor("console", settings.ComponentType); err != nil {
		return nil, err
	}
	return console.NewHandler(console.Config{
		Service: opened.service, Log: config.Logger, Journal: opened.journal, Directory: opened.directory, Proxies: proxies, Hosts: settings.hosts(), ComponentType: settings.ComponentType,
		SecureCookies: settings.SecureCookies,
		Limits: console.Limits{
			Idle: settings.Idle, Absolute: settings.Session,
			Streams: min(console.DefaultLimits().Streams, max(1, opened.settings.Limits.Connections/2)),
		},
	})
}
