package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// DeactivateInstance takes an instance's secret and gives its place back. Its
// sequence number stays spent.
func (s *Service) DeactivateInstance(ctx context.Context, operator Operator, name string) (Authenticator, error) {
	return perform(ctx, s, operatorEvent("authenticator deactivate", operator), func(f *frame) (Authenticator, error) {
		serialNumber, sequenceNumber, err := dsapp.ParseInstanceName(name)
		if err != nil {
			return Authenticator{}, refuse(InvalidParameter, "The instance is named by a licence's serial number, a hyphen and a sequence number from 1 to 255, such as VDM1000001-1.")
		}
		var a Authenticator
		err = f.read(func(v *store.View) error {
			var err error
			a, err = f.authenticator(v, serialNumber)
			return err
		})
		if err != nil {
			return a, err
		}
		f.checked("instance", name)
		i, found := a.instance(sequenceNumber)
		if !found || i.State != InstanceActive {
			return a, refuse(NotFound, fmt.Sprintf("There is no active instance %s.", name))
		}
		i.deactivate()
		a.Licence = a.Licence.with(i)
		put(f, Authenticators, a)
		return a, nil
	})
}

// instance finds an instance of a licence.
func (a Authenticator) instance(sequenceNumber uint8) (Instance, bool) {
	if a.Licence == nil {
		return Instance{}, false
	}
	at := slices.IndexFunc(a.Licence.Instances, func(i Instance) bool { return i.SequenceNumber == sequenceNumber })
	if at < 0 {
		return Instance{}, false
	}
	return a.Licence.Instances[at], true
}
