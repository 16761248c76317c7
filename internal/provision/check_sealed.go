package provision

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/store"
)

// CheckSealed opens every sealed secret and reports those that do not open
// under the Sealer's key. It is paged like CheckRecords, and its error means
// the same.
func CheckSealed(ctx context.Context, records *store.Store, sealer *Sealer) ([]store.Problem, error) {
	c := &checker{ctx: ctx, records: records}
	err := errors.Join(
		pages(c, Authenticators, func(f findings, a Authenticator) {
			f = f.of("authenticator %s", a.SerialNumber)
			f.opens(sealer, authenticatorPlace(a.SerialNumber, "initial secret"), a.InitialSecret)
			f.opens(sealer, authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
			f.opens(sealer, authenticatorPlace(a.SerialNumber, "notification ID"), a.DevicePNID)
			f.opens(sealer, authenticatorPlace(a.SerialNumber, "PIN"), a.PIN)
			f.opensInstances(sealer, a)
		}),
		pages(c, Registrations, func(f findings, r Registration) {
			f = f.of("registration %s", r.ID)
			f.opens(sealer, registrationPlace(r.ID, "s"), r.Salt)
			f.opens(sealer, registrationPlace(r.ID, "v"), r.Verifier)
			f.opens(sealer, registrationPlace(r.ID, "b"), r.ServerSecret)
			f.opens(sealer, registrationPlace(r.ID, "derivation code"), r.DerivationCode)
			f.opens(sealer, registrationPlace(r.ID, "message 1"), r.Message1)
			f.opens(sealer, registrationPlace(r.ID, "device code"), r.DeviceCode)
			f.opens(sealer, registrationPlace(r.ID, "message 2"), r.Message2)
		}),
	)
	return c.problems, err
}

func (f findings) opensInstances(sealer *Sealer, a Authenticator) {
	if a.Licence == nil {
		return
	}
	for _, i := range a.Licence.Instances {
		f.opens(sealer, instancePlace(a.SerialNumber, i.SequenceNumber, "secret"), i.Secret)
		f.opens(sealer, instancePlace(a.SerialNumber, i.SequenceNumber, "notification ID"), i.DevicePNID)
	}
}

// opens reports a secret that is there and does not open.
func (f findings) opens(sealer *Sealer, at place, sealed []byte) {
	if len(sealed) == 0 {
		return
	}
	_, err := sealer.open(at, sealed)
	f.report(err != nil, "its "+at.field+" does not open under the master key", mendBackup)
}
