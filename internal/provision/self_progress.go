package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// Progress is how far a registration has come, as its user may see it.
type Progress struct {
	State RegistrationState

	// Expired says that the lifetime ended before the registration did.
	Expired   bool
	ExpiresAt time.Time
	Remaining time.Duration // of the lifetime; 0 once it is over

	// SerialNumber is the instance's where the registration is on a licence
	// and a device has been added.
	SerialNumber string
	MDL          bool

	// Offline says that the app needs the serial number typed in.
	Offline bool

	Attempts      int // wrong proofs so far
	EndedAt       time.Time
	ClosedBecause string // reads on after "closed:"
}

// Ended reports whether no step can follow.
func (p Progress) Ended() bool { return p.State == Activated || p.State == Closed || p.Expired }

// SelfProgress reads a registration of the user who is signed in. Reading
// leaves no event.
func (s *Service) SelfProgress(ctx context.Context, who SignedIn, registrationID string) (Progress, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Progress, error) {
		if _, err := f.present(v, who); err != nil {
			return Progress{}, err
		}
		r, err := f.own(v, who, registrationID)
		if err != nil {
			return Progress{}, err
		}
		return f.progress(v, r, s.Now())
	})
}

// present reads the user who is signed in.
func (f *frame) present(v *store.View, who SignedIn) (User, error) {
	user, err := store.Get(v, Users, who.user)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return user, fmt.Errorf("user: %w", err)
	}
	if !who.holds(user) {
		return User{}, signedOut()
	}
	return user, nil
}

func (f *frame) progress(v *store.View, r Registration, now time.Time) (Progress, error) {
	p := Progress{
		State: r.State, Expired: !r.ended() && r.Expired(now), ExpiresAt: r.ExpiresAt, Remaining: max(0, r.ExpiresAt.Sub(now)),
		SerialNumber: r.SerialNumber, MDL: r.MDL, Offline: r.ActivationType == Offline,
		Attempts: r.Attempts, EndedAt: r.EndedAt, ClosedBecause: r.ClosedBecause,
	}
	if !r.MDL {
		return p, nil
	}
	a, err := store.Get(v, Authenticators, r.SerialNumber)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Licence == nil {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("authenticator %s: %w", r.SerialNumber, err)
	}
	at := slices.IndexFunc(a.Licence.Instances, func(i Instance) bool { return i.RegistrationID == r.ID })
	if at >= 0 {
		p.SerialNumber = dsapp.InstanceName(r.SerialNumber, a.Licence.Instances[at].SequenceNumber)
	}
	return p, nil
}
