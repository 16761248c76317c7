package provision_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// newFurnishedLicence has a licence with an active, a deactivated and a
// pending instance, which the living registration waits for.
func newFurnishedLicence(t *testing.T) *furnished {
	p := newLicencePlay(t, 3)
	for range 2 {
		d := p.add()
		must(p.sign(d.id, d.signature))(t)
	}
	must(p.DeactivateInstance(t.Context(), operator(), licenceSerial+"-2"))(t)
	pending := p.add()
	f := &furnished{}
	p.view(func(v *store.View) error {
		f.authenticator = must(store.Get(v, provision.Authenticators, licenceSerial))(t)
		f.living = must(store.Get(v, provision.Registrations, pending.id))(t)
		f.closed = must(store.Get(v, provision.Registrations, f.authenticator.Licence.Instances[0].RegistrationID))(t)
		return errors.Join(
			keep(f, provision.Domains, store.Scan(v, provision.Domains, "", "")),
			keep(f, provision.Users, store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{})),
			keep(f, provision.Authenticators, store.Scan(v, provision.Authenticators, "", "")),
			keep(f, provision.Registrations, store.Scan(v, provision.Registrations, "", "")),
			keep(f, provision.Expiries, store.Scan(v, provision.Expiries, provision.ExpiryKey{}, provision.ExpiryKey{})),
			keep(f, provision.Components, store.Scan(v, provision.Components, provision.ComponentKey{}, provision.ComponentKey{})),
			keep(f, provision.Policies, store.Scan(v, provision.Policies, "", "")),
		)
	})
	return f
}

// Every damage to a licence is found, and nothing but it.
func TestCheckLicences(t *testing.T) {
	f := newFurnishedLicence(t)
	names := strings.NewReplacer(f.living.ID, "LIVING", f.closed.ID, "ENDED")
	damages := slices.Concat(f.licenceDamages(), f.instanceDamages(), f.messageDamages())
	damages = append(damages, damage{"none", func(*store.Tx) error { return nil }, nil})
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			var got []string
			for _, problem := range f.problems(t, d.do) {
				got = append(got, names.Replace(problem.Record+": "+problem.Fault))
				if problem.Mend == "" {
					t.Errorf("%v: nothing mends it", problem)
				}
			}
			if diff := cmp.Diff(d.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

const ofLicence = `authenticator ` + licenceSerial + `: `

// damaged is a licence that is written changed.
func (f *furnished) damaged(change func(*provision.Licence)) func(*store.Tx) error {
	a, l := f.authenticator, *f.authenticator.Licence
	l.Instances = slices.Clone(l.Instances)
	change(&l)
	a.Licence = &l
	return func(tx *store.Tx) error { return provision.PutAuthenticator(tx, a) }
}

func (f *furnished) licenceDamages() []damage {
	return []damage{
		{"limit of 0", f.damaged(func(l *provision.Licence) { l.Limit = 0 }), []string{
			ofLicence + `its limit of 0 instances is out of range`, ofLicence + `2 instances have a place, and 0 is the limit`}},
		{"limit of 100", f.damaged(func(l *provision.Licence) { l.Limit = 100 }), []string{ofLicence + `its limit of 100 instances is out of range`}},
		{"too many places", f.damaged(func(l *provision.Licence) { l.Limit = 1 }), []string{ofLicence + `2 instances have a place, and 1 is the limit`}},
		{"sequence number 257", f.damaged(func(l *provision.Licence) { l.NextSequenceNumber = 257 }), []string{
			ofLicence + `its next sequence number 257 is out of range`}},
		{"sequence number again", f.damaged(func(l *provision.Licence) { l.NextSequenceNumber = 3 }), []string{
			ofLicence + `the sequence number of VDM1000001-3 could be given again`}},
		{"instance twice", f.damaged(func(l *provision.Licence) { l.Instances[1].SequenceNumber = 1 }), []string{
			ofLicence + `the instance VDM1000001-1 is there twice or out of order`}},
		{"no licence", func(tx *store.Tx) error {
			a := f.authenticator
			a.Licence = nil
			return provision.PutAuthenticator(tx, a)
		}, []string{`registration "LIVING": its authenticator VDM1000001 is a licence where it should not be, or none where it should`}},
	}
}

func (f *furnished) instanceDamages() []damage {
	some := []byte("x")
	return []damage{
		{"instance's state", f.damaged(func(l *provision.Licence) { l.Instances[0].State = "Lost" }), []string{
			ofLicence + `the instance VDM1000001-1 has the state "Lost", which is not known`}},
		{"active without a secret", f.damaged(func(l *provision.Licence) { l.Instances[0].Secret = nil }), []string{
			ofLicence + `the instance VDM1000001-1 has a secret although deactivated, or none although not`}},
		{"active and never activated", f.damaged(func(l *provision.Licence) { l.Instances[0].ActivatedAt = time.Time{} }), []string{
			ofLicence + `the instance VDM1000001-1 is Active and was never activated`}},
		{"deactivated with a secret", f.damaged(func(l *provision.Licence) { l.Instances[1].Secret = some }), []string{
			ofLicence + `the instance VDM1000001-2 has a secret although deactivated, or none although not`}},
		{"deactivated with a notification ID", f.damaged(func(l *provision.Licence) { l.Instances[1].DevicePNID = some }), []string{
			ofLicence + `the instance VDM1000001-2 is deactivated and has a notification ID`}},
		{"pending and activated", f.damaged(func(l *provision.Licence) { l.Instances[2].ActivatedAt = f.living.CreatedAt }), []string{
			ofLicence + `the instance VDM1000001-3 is pending and was activated`}},
		{"pending for another", f.damaged(func(l *provision.Licence) { l.Instances[2].RegistrationID = f.closed.ID }), []string{
			ofLicence + `the instance VDM1000001-3 waits for a registration that is Activated, of VDM1000001`,
			`registration "LIVING": it is DeviceAdded and no instance waits for it`}},
		{"pending for longer", f.damaged(func(l *provision.Licence) { l.Instances[2].ExpiresAt = f.living.ExpiresAt.Add(time.Hour) }), []string{
			ofLicence + `the instance VDM1000001-3 and its registration expire at different times`}},
		{"pending and over", f.damaged(func(l *provision.Licence) {
			l.Instances[2].ExpiresAt, l.Instances[2].RegistrationID = f.living.CreatedAt, "gone"
		}), []string{`registration "LIVING": it is DeviceAdded and no instance waits for it`}},
		{"registration gone", func(tx *store.Tx) error { return store.Delete(tx, provision.Registrations, f.living.ID) }, []string{
			ofLicence + `the instance VDM1000001-3 waits for a registration that does not exist`,
			`lifetime of registration "LIVING": no registration has this lifetime`}},
	}
}

func (f *furnished) messageDamages() []damage {
	living := func(change func(*provision.Registration)) func(*store.Tx) error {
		return changed(provision.Registrations, f.living, change)
	}
	const of = `registration "LIVING": `
	return []damage{
		{"no message 1", living(func(r *provision.Registration) { r.Message1 = nil }), []string{
			of + `it is DeviceAdded and has an Activation Message 1, or none, where it should not`}},
		{"no message 2", living(func(r *provision.Registration) { r.Message2 = nil }), []string{
			of + `it is DeviceAdded and has a device code and its answer, or none, where it should not`}},
		{"a code too many", living(func(r *provision.Registration) { r.State = provision.Registered }), []string{
			ofLicence + `the instance VDM1000001-3 waits for a registration that is Registered, of VDM1000001`,
			of + `it is Registered and has a device code and its answer, or none, where it should not`}},
		{"messages left", changed(provision.Registrations, f.closed, func(r *provision.Registration) { r.Message1 = []byte("x") }), []string{
			`registration "ENDED": it is Activated and still holds its messages`}},
	}
}
