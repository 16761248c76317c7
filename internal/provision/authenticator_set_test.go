package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// The limit of a licence grows and shrinks, and never below its places.
func TestSetLimit(t *testing.T) {
	p := newLicencePlay(t, 2)
	set := func(limit int) error {
		_, err := p.SetAuthenticator(t.Context(), operator(), provision.SetAuthenticator{SerialNumber: licenceSerial, Limit: limit})
		return err
	}
	first := p.add()
	must(p.sign(first.id, first.signature))(t)
	p.add()
	_, err := p.registerOn(1)
	wantRefusal(t, err, provision.LicenceFull)
	must(0, set(3))(t)
	p.add()
	for _, limit := range []int{2, 0, -1, 100} {
		wantRefusal(t, set(limit), provision.InvalidParameter)
	}
	must(0, set(3))(t)
	p.wait(10 * time.Minute) // two were pending
	must(0, set(1))(t)
	_, err = p.registerOn(1)
	wantRefusal(t, err, provision.LicenceFull)
	if l := p.licence(); l.Limit != 1 || l.NextSequenceNumber != 4 || len(l.Instances) == 0 {
		t.Errorf("%+v", l)
	}
	_, err = p.SetAuthenticator(t.Context(), operator(), provision.SetAuthenticator{SerialNumber: "VDS1000140", Limit: 2})
	wantRefusal(t, err, provision.InvalidParameter)
	_, err = p.SetAuthenticator(t.Context(), operator(), provision.SetAuthenticator{SerialNumber: "VDS9999999", Limit: 2})
	wantRefusal(t, err, provision.NotFound)
}

func TestListAuthenticatorsByType(t *testing.T) {
	p := newLicencePlay(t, 2)
	for kind, want := range map[provision.AuthenticatorType]string{
		provision.EventBased: "VDS1000140", provision.TimeBased: "VDS1000141", provision.MDL: licenceSerial,
	} {
		page := must(p.ListAuthenticators(t.Context(), provision.ListAuthenticators{Type: kind}))(t)
		if len(page.Records) != 1 || page.Records[0].SerialNumber != want {
			t.Errorf("of type %s: %+v, want %s", kind, page.Records, want)
		}
	}
}
