package provision_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// withCheckDigit ends 25 digits of a device code as profile section 8 has it.
func withCheckDigit(digits string) string {
	sum := 0
	for i := range len(digits) {
		digit := int(digits[len(digits)-1-i]-'0') * (2 - i%2)
		sum += digit/10 + digit%10
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}

// otherDigits are a text with each digit changed, one at a time.
func otherDigits(text string) (all []string) {
	for at := range text {
		for d := '0'; d <= '9'; d++ {
			if byte(d) != text[at] {
				all = append(all, text[:at]+string(d)+text[at+1:])
			}
		}
	}
	return all
}

// A device code with a digit changed is no code, or a wrong one where its
// check digit was made anew; only that is an attempt.
func TestMDLDeviceCodeChanged(t *testing.T) {
	p := newLicencePlay(t, 1)
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "mdl", Set: []byte(`{"Attempts":100}`)}))(t)
	id, m := p.firstMessage()
	code := p.deviceCode(m).String()
	if withCheckDigit(code[:25]) != code {
		t.Fatalf("the check digit of %s is not %s's", code, withCheckDigit(code[:25]))
	}
	for _, changed := range otherDigits(code) {
		_, err := p.addDevice(id, changed)
		wantRefusal(t, err, provision.InvalidParameter)
	}
	if r := p.registration(id); r.Attempts != 0 {
		t.Errorf("%d attempts", r.Attempts)
	}
	wrong := 0
	for _, changed := range otherDigits(code[:25]) {
		if wrong == 99 { // the next one would be the last
			id, m = p.firstMessage()
			wrong = 0
		}
		_, err := p.addDevice(id, withCheckDigit(changed))
		if refusalOf(t, err) == provision.InvalidCredentials {
			wrong++
		} else {
			wantRefusal(t, err, provision.InvalidParameter) // no type, or 2^82 and more
		}
	}
	if r := p.registration(id); r.Attempts != wrong || wrong == 0 {
		t.Errorf("%d attempts of %d wrong codes", r.Attempts, wrong)
	}
	if l := p.licence(); l.Places(p.clock()) != 0 || l.NextSequenceNumber != 1 {
		t.Errorf("%+v", l)
	}
	must(p.addDevice(id, p.deviceCode(m).String()))(t)
}

// What the server sends and a line damages is refused by the device, whichever
// bit it is.
func TestMDLMessagesFlipped(t *testing.T) {
	p := newLicencePlay(t, 1)
	r := must(p.registerOn(1))(t)
	m := must(dsapp.ParseActivationMessage1(r.ActivationPassword))(t)
	c := p.deviceCode(m)
	added := must(p.addDevice(r.RegistrationID, c.String()))(t)
	flipped(t, r.ActivationPassword, func(text string) error {
		_, err := dsapp.ParseActivationMessage1(text)
		return err
	})
	flipped(t, added.ActivationMessage2, func(text string) error {
		m2, err := dsapp.ParseActivationMessage2(text)
		if err == nil {
			_, err = m2.Open(m, c)
		}
		return err
	})
}

func flipped(t *testing.T, message string, take func(string) error) {
	t.Helper()
	whole := must(hex.DecodeString(message))(t)
	for bit := range 8 * len(whole) {
		whole[bit/8] ^= 1 << (bit % 8)
		if take(strings.ToUpper(hex.EncodeToString(whole))) == nil {
			t.Errorf("a message with bit %d flipped was taken", bit)
		}
		whole[bit/8] ^= 1 << (bit % 8)
	}
}

// The code of a device on another licence takes no place on either.
func TestMDLOtherLicence(t *testing.T) {
	p := newLicencePlay(t, 1)
	id, _ := p.firstMessage()
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "user4", StaticPassword: "Password2"}))(t)
	p.authenticator("user4", provision.AddAuthenticator{SerialNumber: "VDM1000002", Parameters: dsapp.InstanceParameters(), Limit: 1})
	offline := 1
	other := must(p.DSAPPSRPRegister(t.Context(), mdlCaller(), provision.DSAPPSRPRegister{
		UserID: "user4", StaticPassword: "Password2", ActivationType: &offline}))(t)
	code := p.deviceCode(must(dsapp.ParseActivationMessage1(other.ActivationPassword))(t)).String()
	_, err := p.addDevice(id, code)
	wantRefusal(t, err, provision.InvalidCredentials)
	for _, serialNumber := range []string{licenceSerial, "VDM1000002"} {
		if l := p.device(serialNumber).Licence; l.Places(p.clock()) != 0 || l.NextSequenceNumber != 1 {
			t.Errorf("%s: %+v", serialNumber, l)
		}
	}
	must(p.addDevice(other.RegistrationID, code))(t)
}

// The same code is answered alike though Activation Message 1 has expired
// since, and though the licence is full; another one is not.
func TestMDLSameCodeLater(t *testing.T) {
	p := newLicencePlay(t, 1)
	id, m := p.firstMessage()
	must(p.addDevice(id, p.deviceCode(m).String()))(t)
	p.wait(5*time.Minute - time.Second)
	code := p.deviceCode(m).String()
	first := must(p.addDevice(id, code))(t)
	p.wait(time.Second)
	if diff := cmp.Diff(first, must(p.addDevice(id, code))(t)); diff != "" {
		t.Errorf("the same code later (-first +again):\n%s", diff)
	}
	_, err := p.addDevice(id, p.deviceCode(m).String())
	wantRefusal(t, err, provision.MessageExpired)
	if r := p.registration(id); r.Attempts != 0 || r.State != provision.DeviceAdded {
		t.Errorf("%d attempts, %s", r.Attempts, r.State)
	}
	p.wait(5 * time.Minute)
	_, err = p.addDevice(id, code)
	wantRefusal(t, err, provision.NotFound)
}

// The audit says by what an instance was activated.
func TestMDLAuditOfTheProof(t *testing.T) {
	p := newLicencePlay(t, 2)
	d := p.add()
	must(p.sign(d.id, d.signature))(t)
	p.wait(time.Second)
	d = p.add()
	must(p.ActivateInstance(t.Context(), mdlCaller(), provision.ActivateInstance{RegistrationID: d.id, Response: p.instanceOTP(d)}))(t)
	var last []string
	for _, event := range p.events("PROVISIONCMD_MDL_ACTIVATE") {
		last = append(last, event.Checks[len(event.Checks)-1].Name)
	}
	if diff := cmp.Diff([]string{"signature", "one-time password instead of a signature"}, last); diff != "" {
		t.Errorf("the checks that decided (-want +got):\n%s", diff)
	}
}

// What ends the use of a licence ends the registrations that have a place on
// it, and those of an earlier assignment do not go on.
func TestMDLEndOfUse(t *testing.T) {
	for name, end := range map[string]func(*play) error{
		"reset": func(p *play) error {
			_, err := p.ResetAuthenticator(p.t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: licenceSerial})
			return err
		},
		"unassign": func(p *play) error {
			_, err := p.UnassignAuthenticator(p.t.Context(), operator(), licenceSerial)
			return err
		},
		"user delete": func(p *play) error {
			_, err := p.DeleteUser(p.t.Context(), operator(), provision.NameUser{UserID: "user3"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newLicencePlay(t, 2)
			active, pending := p.add(), p.add()
			must(p.sign(active.id, active.signature))(t)
			must(0, end(p))(t)
			if r := p.registration(pending.id); r.State != provision.Closed || len(r.Message2) > 0 {
				t.Errorf("the pending instance's registration is %s: %s", r.State, r.ClosedBecause)
			}
			l := p.licence()
			if len(l.Instances) != 1 || l.Instances[0].State != provision.InstanceDeactivated || len(l.Instances[0].Secret) > 0 || l.NextSequenceNumber != 3 {
				t.Errorf("%+v", l)
			}
		})
	}
}

func TestMDLEarlierAssignment(t *testing.T) {
	p := newLicencePlay(t, 2)
	id, m := p.firstMessage()
	p.wait(time.Second)
	must(p.UnassignAuthenticator(t.Context(), operator(), licenceSerial))(t)
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: licenceSerial, UserID: "user3"}))(t)
	_, err := p.addDevice(id, p.deviceCode(m).String())
	wantRefusal(t, err, provision.NotFound)
	p.add()
}
