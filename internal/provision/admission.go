package provision

import (
	"context"
	"errors"
	"fmt"
)

// Admit refuses a caller at an address from which no component of any type may
// call, whatever is asked. It reads no more than the caller, and is cheap: a
// door asks it before it reads a request. While there are no components yet but
// those of the server's own doors, it refuses nobody: whoever sets a server up
// learns from an operation's answer what is wrong with a request. A component
// that another server has deleted may admit a caller for one more request,
// whose operation then refuses it.
func (s *Service) Admit(ctx context.Context, caller Caller) error {
	if caller.OwnDoor {
		return nil
	}
	if kept, is := s.tables.components.Kept(); is && caller.Doubt == nil {
		if admitted, err := kept.Value.admits(caller.Address); admitted && err == nil {
			return nil
		}
	}
	_, err := perform(ctx, s, callEvent("request", caller), func(f *frame) (struct{}, error) {
		f.checked("address", caller.Address.String())
		if caller.Doubt != nil {
			return struct{}{}, refuseDoubt(caller)
		}
		now, err := f.service.componentsNow(f.ctx)
		if err != nil {
			return struct{}{}, err
		}
		admitted, err := now.Value.admits(caller.Address)
		if err != nil {
			return struct{}{}, err
		}
		if admitted {
			return struct{}{}, errAdmitted
		}
		return struct{}{}, refuse(NoComponent, fmt.Sprintf(
			"No component may call from address %s: an operator adds one with dsappd component add.", caller.Address))
	})
	if errors.Is(err, errAdmitted) {
		return nil
	}
	return err
}

// errAdmitted ends the refusal of a caller who may call after all.
var errAdmitted = errors.New("a component may call from the address")

// refuseDoubt refuses a caller of whom it is not known where it calls from.
func refuseDoubt(caller Caller) *Error {
	return refuse(NoComponent, fmt.Sprintf("It is not known where the request comes from: %v.", caller.Doubt))
}
