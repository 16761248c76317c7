package provision

import (
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// The limits of a licence (profile section 8).
const (
	maxInstances      = 99
	maxSequenceNumber = 255
)

// Licence is what makes an authenticator one of multi-device licensing: its
// secret is the licence's, and the devices have instances of their own. It is
// kept in the authenticator's record, so that a place is taken and a sequence
// number spent in one step.
type Licence struct {
	// Limit is how many instances may have a place at once, 1 to 99.
	Limit int

	// NextSequenceNumber was never given to an instance; over 255, the
	// licence is used up.
	NextSequenceNumber int

	// Instances are in the order of their sequence numbers.
	Instances []Instance `json:",omitempty"`

	// Message is the Activation Message 1 that was made before there is a
	// registration; nil: none waits.
	Message *LicenceMessage `json:",omitempty"`
}

// LicenceMessage is an Activation Message 1 that waits for a device's answer.
type LicenceMessage struct {
	Sealed []byte
	Wrong  int `json:",omitempty"` // device codes that did not answer it
}

// InstanceState says what has happened to an instance.
type InstanceState string

// The states of an instance. A pending one that was replaced, or whose
// registration has closed, is gone.
const (
	InstancePending     InstanceState = "Pending" // until its registration expires
	InstanceActive      InstanceState = "Active"
	InstanceDeactivated InstanceState = "Deactivated"
)

// Instance is a device's share of a licence. Its one-time passwords are those
// of dsapp.InstanceParameters.
type Instance struct {
	SequenceNumber uint8
	State          InstanceState
	RegistrationID string
	DeviceType     dsapp.DeviceType

	// Description is the device's own word, for operators.
	Description string `json:",omitempty"`

	// ExpiresAt is the registration's: a pending instance has its place until
	// then and no longer.
	ExpiresAt time.Time

	// Secret is sealed and goes when the instance is deactivated.
	Secret []byte `json:",omitempty"`

	// NextMovingFactor is the lowest that is still accepted.
	NextMovingFactor uint64 `json:",omitempty"`

	// NextSignature, Drift and Drifted are as an Authenticator has them.
	NextSignature uint64   `json:",omitempty"`
	Drift         int64    `json:",omitempty"`
	Drifted       *Drifted `json:",omitempty"`

	// DevicePNID is the notification ID of the device, as given, sealed.
	DevicePNID []byte `json:",omitempty"`

	ActivatedAt time.Time `json:",omitzero"`
}

// HoldsPlace reports whether the instance counts against the limit at now.
func (i Instance) HoldsPlace(now time.Time) bool {
	return i.State == InstanceActive || i.State == InstancePending && now.Before(i.ExpiresAt)
}

// Places returns how many instances count against the limit at now.
func (l Licence) Places(now time.Time) int {
	taken := 0
	for _, i := range l.Instances {
		if i.HoldsPlace(now) {
			taken++
		}
	}
	return taken
}

// pending finds the instance that waits for a registration's activation.
func (l Licence) pending(registrationID string) (Instance, bool) {
	at := slices.IndexFunc(l.Instances, func(i Instance) bool {
		return i.State == InstancePending && i.RegistrationID == registrationID
	})
	if at < 0 {
		return Instance{}, false
	}
	return l.Instances[at], true
}

// without returns the licence less the pending instance of a registration, and
// less those whose registrations have expired.
func (l Licence) without(registrationID string, now time.Time) *Licence {
	l.Instances = slices.DeleteFunc(slices.Clone(l.Instances), func(i Instance) bool {
		return i.State == InstancePending && (i.RegistrationID == registrationID || !i.HoldsPlace(now))
	})
	return &l
}

// with returns the licence with an instance changed.
func (l Licence) with(changed Instance) *Licence {
	l.Instances = slices.Clone(l.Instances)
	for at := range l.Instances {
		if l.Instances[at].SequenceNumber == changed.SequenceNumber {
			l.Instances[at] = changed
		}
	}
	return &l
}

// cleared returns the licence as it is when its user loses it: nothing holds a
// place, and the sequence numbers stay spent.
func (l Licence) cleared() *Licence {
	l.Instances = slices.DeleteFunc(slices.Clone(l.Instances), func(i Instance) bool { return i.State == InstancePending })
	for at := range l.Instances {
		l.Instances[at].deactivate()
	}
	return &l
}

func (i *Instance) deactivate() {
	i.State, i.Secret, i.DevicePNID = InstanceDeactivated, nil, nil
}

// placeLeft refuses a licence on which no other instance can be.
func (f *frame) placeLeft(l Licence) error {
	f.checked("places of the licence", fmt.Sprintf("%d of %d", l.Places(f.now), l.Limit))
	switch {
	case l.NextSequenceNumber > maxSequenceNumber:
		return refuse(LicenceFull, "License activation limit reached: the licence has used up its 255 sequence numbers.")
	case l.Places(f.now) >= l.Limit:
		return refuse(LicenceFull, fmt.Sprintf("License activation limit reached: all %d instances are taken.", l.Limit))
	}
	return nil
}

// dropPending gives back the place that a registration holds.
func (f *frame) dropPending(a Authenticator, registrationID string) {
	if a.Licence == nil {
		return
	}
	if _, pending := a.Licence.pending(registrationID); pending {
		a.Licence = a.Licence.without(registrationID, f.now)
		put(f, Authenticators, a)
	}
}
