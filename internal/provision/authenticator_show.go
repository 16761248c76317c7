package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// ShowAuthenticator reads one authenticator. The name of an instance reads
// the licence that has it.
func (s *Service) ShowAuthenticator(ctx context.Context, name string) (Authenticator, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Authenticator, error) {
		serialNumber, sequenceNumber, err := dsapp.ParseInstanceName(name)
		if err != nil {
			return f.authenticator(v, name)
		}
		a, err := f.authenticator(v, serialNumber)
		if err != nil {
			return a, err
		}
		if _, found := a.instance(sequenceNumber); !found {
			return a, refuse(NotFound, fmt.Sprintf("There is no instance %s.", name))
		}
		return a, nil
	})
}

// authenticator reads the authenticator that an operator names.
func (f *frame) authenticator(v *store.View, serialNumber string) (Authenticator, error) {
	if licence, _, err := dsapp.ParseInstanceName(serialNumber); err == nil {
		return Authenticator{}, refuse(InvalidParameter, fmt.Sprintf("%s is an instance: name its licence, %s.", serialNumber, licence))
	}
	if err := checkSerialNumber(serialNumber); err != nil {
		if f.admin != nil { // whose clients ask for any text and look for the status
			return Authenticator{}, refuse(NotFound, fmt.Sprintf("There is no authenticator %q.", serialNumber))
		}
		return Authenticator{}, err
	}
	f.event.SerialNumber = serialNumber
	a, err := get(f, v, Authenticators, serialNumber)
	missing := fmt.Sprintf("There is no authenticator %s.", serialNumber)
	if err == nil && f.admin != nil && !f.admin.reaches(a.Domain) {
		return Authenticator{}, refuse(NotFound, missing) // as if it were not there
	}
	f.event.Domain, f.event.UserID = a.Domain, a.UserID
	return a, mustExist(err, missing)
}

// held is an authenticator with what hangs on it.
type held struct {
	authenticator Authenticator
	open          []Registration // that an end of the authenticator's use ends too
}

func (f *frame) held(v *store.View, serialNumber string) (held, error) {
	a, err := f.authenticator(v, serialNumber)
	if err != nil {
		return held{}, err
	}
	return f.hanging(v, a)
}

// hanging reads what hangs on an authenticator.
func (f *frame) hanging(v *store.View, a Authenticator) (held, error) {
	h := held{authenticator: a}
	for _, id := range a.openRegistrations(f.now) {
		open, err := get(f, v, Registrations, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return held{}, fmt.Errorf("registration %s: %w", id, err)
		}
		if err == nil && !open.ended() {
			h.open = append(h.open, open)
		}
	}
	return h, nil
}

// openRegistrations returns the open registrations that the authenticator knows
// of. A single device has one at most; of a licence it returns those that have
// a place.
func (a Authenticator) openRegistrations(now time.Time) []string {
	var ids []string
	if a.OpenRegistration != "" {
		ids = append(ids, a.OpenRegistration)
	}
	if a.Licence == nil {
		return ids
	}
	for _, i := range a.Licence.Instances {
		if i.State == InstancePending && i.HoldsPlace(now) {
			ids = append(ids, i.RegistrationID)
		}
	}
	return ids
}

// close ends the open registrations.
func (f *frame) close(h held, because string) {
	for _, open := range h.open {
		open.closeBecause(because, f.now)
		put(f, Registrations, open)
	}
}

// unbind returns an authenticator to the secret that it was created with, and
// to the highest moving factor that was accepted under any of its secrets.
func (f *frame) unbind(a *Authenticator) error {
	secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "initial secret"), a.InitialSecret)
	if err != nil {
		return err
	}
	a.Secret, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "secret"), secret)
	if err != nil {
		return err
	}
	a.Diversifier, a.DevicePNID = nil, nil
	a.NextMovingFactor, a.PeakMovingFactor = max(a.NextMovingFactor, a.PeakMovingFactor), 0
	if a.Licence != nil {
		a.Licence = a.Licence.cleared()
	}
	a.OpenRegistration, a.ActivatedBy = "", ""
	return nil
}
