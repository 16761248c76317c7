package dsappd

import (
	"context"
	"fmt"
	"net/http"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/server/gateway"
)

// ownDoor is the location of the components of the server's own doors, which
// is the address of no peer.
const ownDoor = "0.0.0.0"

// addGateway gives a new folder what the gateway needs: the component in whose
// name it asks. What its steps may do is the policy's that registered.
func addGateway(ctx context.Context, service *provision.Service, settings GatewaySettings) error {
	return addOwnDoor(ctx, service, settings.ComponentType, provision.ProvisioningPolicy)
}

func addOwnDoor(ctx context.Context, service *provision.Service, componentType, policy string) error {
	_, err := service.AddComponent(ctx, initOperator(), provision.AddComponent{ComponentType: componentType, Location: ownDoor, Policy: policy})
	if err != nil {
		return fmt.Errorf("component %s: %w", componentType, err)
	}
	return nil
}

func gatewayHandler(config Config, opened *folder) (http.Handler, error) {
	settings := opened.settings.Gateway
	proxies, err := settings.proxies("gateway")
	if err != nil {
		return nil, err
	}
	if err := opened.checkOwnDoor("gateway", settings.ComponentType); err != nil {
		return nil, err
	}
	return gateway.NewHandler(gateway.Config{
		Service: opened.service, Log: config.Logger, Journal: opened.journal, Directory: opened.directory, Proxies: proxies, Hosts: settings.hosts(),
		ComponentType: settings.ComponentType, BodyTimeout: opened.settings.Timeouts.Read,
	})
}

// checkOwnDoor makes sure that a door of the server's own has the component in
// whose name it asks, which a folder of before that door lacks.
func (f *folder) checkOwnDoor(table, componentType string) error {
	found, err := f.service.HasOwnDoor(context.Background(), componentType)
	if err != nil {
		return err
	}
	if !found {
		return hint.Add(fmt.Errorf("%w: the %s asks in the name of the component %q, which this folder does not have", ErrNoComponent, table, componentType),
			"add it with: dsappd component add --dir %s %s %s --policy %s; or set %s.listen to \"\"",
			ShellWord(f.dir), ShellWord(componentType), ownDoor, provision.ProvisioningPolicy, table)
	}
	return nil
}
