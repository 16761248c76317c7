package dsappd

import (
	"context"
	"fmt"
	"net/http"

	"github.com/dsappd/dsappd/internal/datafolder"
	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/lab"
	"github.com/dsappd/dsappd/internal/server/listen"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/request"
)

// defaultLabAddr is where a lab's controls listen that were given no address.
const defaultLabAddr = "127.0.0.1:8887"

// labDoor returns the door of a lab's controls. No setting opens it. Its
// certificate is SOAP's, and no client needs one.
func labDoor(config Config, settings datafolder.Settings) networkDoor {
	listener := settings.SOAP.ListenerSettings
	listener.ClientCA, listener.Proxies = "", nil
	return networkDoor{
		name: "lab", flag: "--lab-addr", table: "soap",
		address:  config.LabAddr,
		settings: listener,
		handler:  (*Server).labHandler,
		url:      func(u *URLs) *string { return &u.Lab },
	}
}

// checkLab refuses, with ErrAddress, a lab's controls where other machines can
// reach them, unless that is meant.
func (d networkDoor) checkLab(ctx context.Context, config Config) error {
	if d.name != "lab" || config.LabReachable {
		return nil
	}
	reachable, err := listen.Reachable(ctx, d.address)
	if err != nil {
		return fmt.Errorf("%w: %q: %w", datafolder.ErrAddress, d.address, err)
	}
	if reachable {
		return fmt.Errorf("%w: %s can be reached from other machines, and whoever reaches the lab's controls moves this server's clock: "+
			"use 127.0.0.1, or --lab-reachable where that is meant", datafolder.ErrAddress, d.address)
	}
	return nil
}

// Controls returns the controls of a lab; nil without Config.Lab. They are for
// package dsapptest.
func (s *Server) Controls() *intlab.Lab { return s.config.lab }

// startLab connects the controls of a lab with what they steer.
func (s *Server) startLab(ctx context.Context) error {
	controls := s.config.lab
	if controls == nil {
		return nil
	}
	service := s.folder.Service
	controls.Moved = s.folder.Sweep
	service.Strike = controls.Strike
	controls.Faults.Known.Operations = append(provision.Operations(), provisioning.Commands()...)
	for _, door := range networkDoors(s.config, s.folder.Settings) {
		if door.name != "lab" && door.name != "operator" {
			controls.Faults.Known.Doors = append(controls.Faults.Known.Doors, door.name)
		}
	}
	controls.State.Records, controls.Service, controls.Apply = s.folder.Records, service, s.applyLab
	if s.config.Memory != nil && s.config.Memory.Sample {
		controls.State.Know(datafolder.SampleCredentials())
	}
	return controls.State.Begin(ctx)
}

func (s *Server) labHandler(settings datafolder.Settings) (http.Handler, error) {
	return lab.NewHandler(lab.Config{
		Lab:   s.config.lab,
		Frame: request.Frame{Door: "lab", Log: s.config.Logger, Journal: s.journal, Rand: s.config.Rand, Now: s.config.Now},
		Hosts: settings.SOAP.AllowedHosts(),
		URLs:  func() intlab.URLs { return intlab.URLs(s.urls) },
	}), nil
}
