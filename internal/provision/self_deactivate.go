package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// SelfDeactivate ends a device that the user who is signed in has lost: an
// instance is deactivated and gives its place back, and an authenticator for
// one device is disabled until an operator enables it.
func (s *Service) SelfDeactivate(ctx context.Context, caller Caller, who SignedIn, name string) (string, error) {
	return perform(ctx, s, callEvent("self-management deactivate", caller), func(f *frame) (string, error) {
		a, err := f.self(caller, who)
		if err != nil {
			return "", err
		}
		f.checked("device", name)
		serialNumber, _, isInstance := strings.Cut(name, "-")
		nothing := refuse(NotFound, fmt.Sprintf("The user has no device %s.", name))
		if !slices.Contains(a.user.SerialNumbers, serialNumber) {
			return "", nothing
		}
		f.event.SerialNumber = name
		var x Authenticator
		err = f.read(func(v *store.View) error {
			x, err = f.authenticator(v, serialNumber)
			return err
		})
		if err != nil {
			return "", err
		}
		if isInstance {
			_, sequenceNumber, err := dsapp.ParseInstanceName(name)
			i, found := x.instance(sequenceNumber)
			if err != nil || !found || i.State != InstanceActive {
				return "", nothing
			}
			i.deactivate()
			x.Licence = x.Licence.with(i)
		} else {
			if x.Licence != nil || x.State != Active {
				return "", nothing
			}
			x.State = Disabled
		}
		put(f, Authenticators, x)
		return name, nil
	})
}
