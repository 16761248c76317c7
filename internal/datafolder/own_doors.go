package datafolder

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/provision"
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

// addConsole gives a new folder what the console needs: the component that
// its users register by, and so their policy.
func addConsole(ctx context.Context, service *provision.Service, settings ConsoleSettings, policy string) error {
	return addOwnDoor(ctx, service, settings.ComponentType, policy)
}

// addPlatform gives a new folder what the Platform API needs: the component
// whose policy governs what is registered there.
func addPlatform(ctx context.Context, service *provision.Service, settings PlatformSettings, policy string) error {
	return addOwnDoor(ctx, service, settings.ComponentType, policy)
}

// migratePlatform adds the component of the Platform API to a folder from before
// there was one.
func migratePlatform(ctx context.Context, s *provision.Service) ([]string, error) {
	name := DefaultSettings().Platform.ComponentType
	found, err := s.HasOwnDoor(ctx, name)
	if err != nil || found {
		return nil, err
	}
	_, err = s.AddComponent(ctx, provision.Operator{Name: "migrate", RequestID: "migrate"},
		provision.AddComponent{ComponentType: name, Location: ownDoor, Policy: provision.ProvisioningPolicy})
	return []string{fmt.Sprintf("added the component %q at %s, by which the Platform API registers", name, ownDoor)}, err
}

// CheckOwnDoor makes sure that a door of the server's own has the component in
// whose name it asks, which a folder of before that door lacks.
func (f *Folder) CheckOwnDoor(table, componentType string) error {
	found, err := f.Service.HasOwnDoor(context.Background(), componentType)
	if err != nil {
		return err
	}
	if !found {
		return hint.Add(fmt.Errorf("%w: the %s asks in the name of the component %q, which this folder does not have", ErrNoComponent, table, componentType),
			"add it with: dsappd component add --dir %s %s %s --policy %s; or set %s.listen to \"\"",
			hint.ShellWord(f.Dir), hint.ShellWord(componentType), ownDoor, provision.ProvisioningPolicy, table)
	}
	return nil
}
