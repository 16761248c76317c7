package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// ActivationStatus says how far a user has come.
type ActivationStatus string

// The activation statuses.
const (
	ActivationPending  ActivationStatus = "pending"   // a registration is open
	ActivationDone     ActivationStatus = "activated" // the newest registration, or an authenticator, is active
	ActivationTimedOut ActivationStatus = "timeout"   // the newest registration expired
	ActivationUnknown  ActivationStatus = "unknown"   // no such user, or nothing was begun
)

// Standing is the status of a user's newest registration.
type Standing struct {
	Status         ActivationStatus
	RegistrationID string // empty: the user has none that is kept
}

// CheckStatus reads how far a user has come. An unknown user is no refusal.
// Reading leaves no event.
func (s *Service) CheckStatus(ctx context.Context, in NameUser) (Standing, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Standing, error) {
		user, err := f.user(v, in)
		if refusal, is := errors.AsType[*Error](err); is && refusal.Refusal == NotFound {
			return Standing{Status: ActivationUnknown}, nil
		}
		if err != nil {
			return Standing{}, err
		}
		if user.LastRegistration == "" {
			return f.standingWithout(v, user)
		}
		r, err := store.Get(v, Registrations, user.LastRegistration)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return f.standingWithout(v, user)
		case err != nil:
			return Standing{}, fmt.Errorf("registration %s: %w", user.LastRegistration, err)
		case r.State == Activated:
			return Standing{ActivationDone, r.ID}, nil
		case r.State == Closed:
			return f.standingWithout(v, user)
		case r.over(s.Now()):
			return Standing{ActivationTimedOut, r.ID}, nil
		}
		return Standing{ActivationPending, r.ID}, nil
	})
}

// standingWithout goes by the user's authenticators where no registration tells.
func (f *frame) standingWithout(v *store.View, user User) (Standing, error) {
	for _, serialNumber := range user.SerialNumbers {
		a, err := store.Get(v, Authenticators, serialNumber)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Standing{}, fmt.Errorf("authenticator %s: %w", serialNumber, err)
		}
		if err == nil && a.State == Active {
			return Standing{Status: ActivationDone}, nil
		}
	}
	return Standing{Status: ActivationUnknown}, nil
}
