package provision

import (
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// licence checks the instances against their limit and sequence.
func (f findings) licence(a Authenticator) {
	l := a.Licence
	if l == nil {
		return
	}
	f.report(l.Limit < 1 || l.Limit > maxInstances, fmt.Sprintf("its limit of %d instances is out of range", l.Limit), "set its limit")
	f.report(l.Places(f.now) > l.Limit, fmt.Sprintf("%d instances have a place, and %d is the limit", l.Places(f.now), l.Limit), "deactivate instances")
	f.report(l.NextSequenceNumber < 1 || l.NextSequenceNumber > maxSequenceNumber+1, fmt.Sprintf("its next sequence number %d is out of range", l.NextSequenceNumber), mendBackup)
	last := 0
	for _, i := range l.Instances {
		name := dsapp.InstanceName(a.SerialNumber, i.SequenceNumber)
		f.report(int(i.SequenceNumber) <= last, "the instance "+name+" is there twice or out of order", mendBackup)
		f.report(int(i.SequenceNumber) >= l.NextSequenceNumber, "the sequence number of "+name+" could be given again", mendBackup)
		f.instance(a, i, "the instance "+name)
		last = int(i.SequenceNumber)
	}
}

func (f findings) instance(a Authenticator, i Instance, name string) {
	f.report((i.State == InstanceDeactivated) == (len(i.Secret) > 0), name+" has a secret although deactivated, or none although not", mendBackup)
	f.report(i.State == InstanceDeactivated && len(i.DevicePNID) > 0, name+" is deactivated and has a notification ID", mendBackup)
	switch i.State {
	case InstancePending:
		f.pendingInstance(a, i, name)
	case InstanceActive, InstanceDeactivated:
		f.report(i.ActivatedAt.IsZero(), fmt.Sprintf("%s is %s and was never activated", name, i.State), "deactivate the instance")
	default:
		f.report(true, fmt.Sprintf("%s has the state %q, which is not known", name, i.State), mendBackup)
	}
}

// pendingInstance compares an instance that has a place with the registration
// that waits for it.
func (f findings) pendingInstance(a Authenticator, i Instance, name string) {
	f.report(!i.ActivatedAt.IsZero(), name+" is pending and was activated", mendBackup)
	if !i.HoldsPlace(f.now) {
		return
	}
	const mend = "wait until its place comes back"
	r, err := store.Get(f, Registrations, i.RegistrationID)
	switch what := fmt.Sprintf("the registration %q of %s", i.RegistrationID, name); {
	case !f.exists(what, err):
		f.report(true, name+" waits for a registration that does not exist", mend)
	case err == nil && (r.State != DeviceAdded || r.SerialNumber != a.SerialNumber):
		f.report(true, fmt.Sprintf("%s waits for a registration that is %s, of %s", name, r.State, r.SerialNumber), mend)
	case err == nil && !r.ExpiresAt.Equal(i.ExpiresAt):
		f.report(true, name+" and its registration expire at different times", mendRegistration)
	}
}

// messages checks what a living registration on a licence holds of the
// messages, and that its instance waits for it.
func (f findings) messages(r Registration, l Licence) {
	_, pending := l.pending(r.ID)
	added := r.State == DeviceAdded
	first := added || r.State == DataIssued || r.ActivationType == Offline
	f.report(first != (len(r.Message1) > 0), fmt.Sprintf("it is %s and has an Activation Message 1, or none, where it should not", r.State), mendRegistration)
	f.report(added != (len(r.DeviceCode) > 0 && len(r.Message2) > 0), fmt.Sprintf("it is %s and has a device code and its answer, or none, where it should not", r.State), mendRegistration)
	f.report(added && !pending, "it is DeviceAdded and no instance waits for it", mendRegistration)
}
