package provision

import (
	"context"
	"fmt"
)

// Admits reports whether a component of any type may call from where the
// caller is, whatever is asked. It reads no more than the caller, writes
// nothing, and is cheap: a door asks it before it reads a request. While there
// are no components yet but those of the server's own doors, everybody is
// admitted: whoever sets a server up learns from an operation's answer what is
// wrong with a request. A component that another server has deleted may admit a
// caller for one more request, whose operation then refuses it.
func (s *Service) Admits(ctx context.Context, caller Caller) (bool, error) {
	switch {
	case caller.OwnDoor:
		return true, nil
	case caller.Doubt != nil:
		return false, nil
	}
	if kept, is := s.tables.components.Kept(); is {
		if admitted, err := kept.Value.admits(caller.Address); admitted && err == nil {
			return true, nil
		}
	}
	now, err := s.componentsNow(ctx)
	if err != nil {
		return false, err
	}
	return now.Value.admits(caller.Address)
}

// Admit refuses a caller that Admits does not admit, for a door that does not
// read the request.
func (s *Service) Admit(ctx context.Context, caller Caller) error {
	admitted, err := s.Admits(ctx, caller)
	if admitted || err != nil {
		return err
	}
	_, err = perform(ctx, s, callEvent("request", caller), func(f *frame) (struct{}, error) {
		f.checked("address", caller.Address.String())
		if caller.Doubt != nil {
			return struct{}{}, refuseDoubt(caller)
		}
		return struct{}{}, refuse(NoComponent, fmt.Sprintf(
			"No component may call from address %s: an operator adds one with dsappd component add.", caller.Address))
	})
	return err
}

// refuseDoubt refuses a caller of whom it is not known where it calls from.
func refuseDoubt(caller Caller) *Error {
	return refuse(NoComponent, fmt.Sprintf("It is not known where the request comes from: %v.", caller.Doubt))
}
