package phone

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// maxInstances is how many a device keeps.
const maxInstances = 99

// MDL is what a device remembers of licences for several devices (profile
// section 8).
type MDL struct {
	Opening   *Opening   `json:",omitempty"` // the activation that has no message 2 yet
	Instances []Instance `json:",omitempty"` // the oldest first, each name once
}

// Opening is an activation from Activation Message 1 until message 2. It goes
// with message 2, and the message key with it.
type Opening struct {
	RegistrationID string // "" if only the site knows it
	Message1       string // 88 hex characters, the message key among them
	DeviceCode     string // the last that the device showed; "" before the first
}

// Instance is a place that the device has on a licence. Its parameters are
// dsapp.InstanceParameters.
type Instance struct {
	SerialNumber   string // the licence's
	SequenceNumber uint8
	DeviceType     dsapp.DeviceType
	Secret         []byte
	RegistrationID string `json:",omitempty"` // until it is activated; "" if only the site knows it
	Signature      string `json:",omitempty"` // until it is activated
	Activated      bool
	UserID, Domain string // as the server said; empty if nothing was sent
}

// Name returns the licence's serial number, a hyphen and the sequence number.
func (i Instance) Name() string { return dsapp.InstanceName(i.SerialNumber, i.SequenceNumber) }

// String returns Name, and nothing secret.
func (i Instance) String() string { return i.Name() }

// GoString returns String, so that %#v shows nothing secret either.
func (i Instance) GoString() string { return i.String() }

// String names the registration, and nothing secret.
func (o Opening) String() string { return "an opening of registration " + o.RegistrationID }

// GoString returns String, so that %#v shows nothing secret either.
func (o Opening) GoString() string { return o.String() }

// Instance returns the instance of a name.
func (s State) Instance(name string) (Instance, error) {
	i, err := s.find(name)
	if err != nil {
		return Instance{}, err
	}
	return s.MDL.Instances[i], nil
}

// Signature returns what the device shows for Activation Message 2: 8 digits,
// until the instance is activated. The name may be empty, for the instance that
// came last.
func (s State) Signature(name string) (string, error) {
	i, err := s.waiting(name)
	if err != nil {
		return "", err
	}
	return s.MDL.Instances[i].Signature, nil
}

// Confirm notes that the site took the instance's signature: offline, nobody
// but the user can tell the device. The name may be empty, for the instance
// that came last.
func (s State) Confirm(name string) (State, error) {
	i, err := s.waiting(name)
	if err != nil {
		return s, err
	}
	return s.activated(i, ActivateResult{}), nil
}

// Forget removes an instance with its secret.
func (s State) Forget(name string) (State, error) {
	i, err := s.find(name)
	if err != nil {
		return s, err
	}
	s.MDL.Instances = slices.Delete(slices.Clone(s.MDL.Instances), i, i+1)
	return s, nil
}

func (s State) find(name string) (int, error) {
	i := slices.IndexFunc(s.MDL.Instances, func(i Instance) bool { return i.Name() == name })
	switch {
	case i >= 0:
		return i, nil
	case len(s.MDL.Instances) == 0:
		return 0, fmt.Errorf("%w: the device has none", ErrInstance)
	}
	return 0, fmt.Errorf("%w: %q is not among %s", ErrInstance, name, s.MDL.names())
}

// waiting returns an instance that is not activated yet; of no name, the last.
func (s State) waiting(name string) (int, error) {
	if name == "" {
		last := len(s.MDL.Instances) - 1
		if last < 0 || s.MDL.Instances[last].Activated {
			return 0, fmt.Errorf("%w: no instance waits to be activated: it comes with Activation Message 2", ErrStep)
		}
		return last, nil
	}
	i, err := s.find(name)
	if err == nil && s.MDL.Instances[i].Activated {
		err = fmt.Errorf("%w: %s is activated already", ErrStep, name)
	}
	return i, err
}

// activated returns the state once an instance is: what only its activation
// needed is gone.
func (s State) activated(at int, result ActivateResult) State {
	s.MDL.Instances = slices.Clone(s.MDL.Instances)
	i := &s.MDL.Instances[at]
	i.Activated, i.UserID, i.Domain = true, result.UserID, result.Domain
	i.RegistrationID, i.Signature = "", ""
	return s
}

func (m MDL) names() string {
	var names []string
	for _, i := range m.Instances {
		names = append(names, i.Name())
	}
	return strings.Join(names, ", ")
}
