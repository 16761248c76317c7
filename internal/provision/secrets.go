package provision

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// secret is where a sealed secret of a record stands. A place that holds nothing
// has no secret.
type secret struct {
	at     sealing.Place
	sealed *[]byte
}

func authenticatorPlace(serialNumber, field string) sealing.Place {
	return sealing.Place{Kind: "authenticator", Key: serialNumber, Field: field}
}

func registrationPlace(id, field string) sealing.Place {
	return sealing.Place{Kind: "registration", Key: id, Field: field}
}

func instancePlace(serialNumber string, sequenceNumber uint8, field string) sealing.Place {
	return sealing.Place{Kind: "instance", Key: dsapp.InstanceName(serialNumber, sequenceNumber), Field: field}
}

func replyPlace(name string) sealing.Place {
	return sealing.Place{Kind: "reply", Key: name, Field: "answer"}
}

// secrets returns the places of all secrets of an authenticator.
func (a *Authenticator) secrets() []secret {
	all := []secret{
		{authenticatorPlace(a.SerialNumber, "initial secret"), &a.InitialSecret},
		{authenticatorPlace(a.SerialNumber, "secret"), &a.Secret},
		{authenticatorPlace(a.SerialNumber, "notification ID"), &a.DevicePNID},
		{authenticatorPlace(a.SerialNumber, "PIN"), &a.PIN},
	}
	if a.Licence == nil {
		return all
	}
	if message := a.Licence.Message; message != nil {
		all = append(all, secret{authenticatorPlace(a.SerialNumber, "message 1"), &message.Sealed})
	}
	for n := range a.Licence.Instances {
		i := &a.Licence.Instances[n]
		all = append(all,
			secret{instancePlace(a.SerialNumber, i.SequenceNumber, "secret"), &i.Secret},
			secret{instancePlace(a.SerialNumber, i.SequenceNumber, "notification ID"), &i.DevicePNID})
	}
	return all
}

// secrets returns the places of all secrets of a registration.
func (r *Registration) secrets() []secret {
	return []secret{
		{registrationPlace(r.ID, "s"), &r.Salt},
		{registrationPlace(r.ID, "v"), &r.Verifier},
		{registrationPlace(r.ID, "b"), &r.ServerSecret},
		{registrationPlace(r.ID, "derivation code"), &r.DerivationCode},
		{registrationPlace(r.ID, "message 1"), &r.Message1},
		{registrationPlace(r.ID, "device code"), &r.DeviceCode},
		{registrationPlace(r.ID, "message 2"), &r.Message2},
	}
}

// secrets returns the place of the answer that is kept.
func (r *Reply) secrets() []secret {
	return []secret{{replyPlace(r.Name), &r.Sealed}}
}

// CheckSealed opens every sealed secret and reports those that do not open
// under the Sealer's keys. It is paged like CheckRecords, and its error means
// the same.
func CheckSealed(ctx context.Context, records *store.Store, sealer *sealing.Sealer) ([]store.Problem, error) {
	c := &checker{ctx: ctx, records: records}
	err := errors.Join(
		pages(c, Authenticators, func(f findings, a Authenticator) { f.of("authenticator %s", a.SerialNumber).open(sealer, a.secrets()) }),
		pages(c, Registrations, func(f findings, r Registration) { f.of("registration %s", r.ID).open(sealer, r.secrets()) }),
		pages(c, Replies, func(f findings, r Reply) { f.of("answer %s", r.Name).open(sealer, r.secrets()) }),
	)
	return c.problems, err
}

// open reports secrets that do not open.
func (f findings) open(sealer *sealing.Sealer, secrets []secret) {
	for _, s := range secrets {
		if len(*s.sealed) == 0 {
			continue
		}
		_, err := sealer.Open(s.at, *s.sealed)
		f.report(err != nil, "its "+s.at.Field+" does not open under the store's keys", mendBackup)
	}
}
