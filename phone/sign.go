package phone

import (
	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// Sign returns the signature of the single-device authenticator over 1 to 8 data
// fields (profile section 12). An event-based one uses up its moving factor: keep
// the returned state before showing the signature.
func (d *Device) Sign(s State, fields []string) (string, State, error) {
	if err := s.single(); err != nil {
		return "", s, err
	}
	question, err := dsapp.DataQuestion(fields)
	if err != nil {
		return "", s, err
	}
	movingFactor, next, err := d.movingFactor(s)
	if err != nil {
		return "", s, err
	}
	signature, err := dsapp.Sign(s.Secret, movingFactor, s.Parameters, question)
	return signature, next, err
}

// InstanceSign returns the signature of an instance over 1 to 8 data fields.
func (d *Device) InstanceSign(s State, name string, fields []string) (string, error) {
	instance, err := s.Instance(name)
	if err != nil {
		return "", err
	}
	question, err := dsapp.DataQuestion(fields)
	if err != nil {
		return "", err
	}
	return dsapp.Sign(instance.Secret, oath.TimeStep(d.Now()), dsapp.InstanceParameters(), question)
}
