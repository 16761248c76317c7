package provision_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

const licenceSerial = "VDM1000001"

// newLicencePlay is a play with user3 and a licence, over a policy that has
// everything of MDL on.
func newLicencePlay(t testing.TB, limit int) *play {
	t.Helper()
	p := newPlay(t)
	p.licensed(limit)
	return p
}

func (p *play) licensed(limit int) {
	p.t.Helper()
	must(p.AddPolicy(p.t.Context(), operator(), provision.AddPolicy{Name: "mdl", Parent: "lab",
		Set: []byte(`{"OfflineMDL":true,"OTPInsteadOfSignature":true,"MessageMinutes":5}`)}))(p.t)
	p.component("mdl-component", "127.0.0.0/8", "mdl")
	must(p.AddUser(p.t.Context(), operator(), provision.AddUser{UserID: "user3", StaticPassword: "Password2"}))(p.t)
	p.authenticator("user3", provision.AddAuthenticator{SerialNumber: licenceSerial, Parameters: dsapp.InstanceParameters(), Limit: limit})
}

func mdlCaller() provision.Caller {
	c := caller()
	c.ComponentType = "mdl-component"
	return c
}

func (p *play) registerOn(activationType int) (provision.DSAPPSRPRegisterResult, error) {
	return p.DSAPPSRPRegister(p.t.Context(), mdlCaller(), provision.DSAPPSRPRegister{
		UserID: "user3", Domain: "master", StaticPassword: "Password2", ActivationType: &activationType})
}

// firstMessage registers offline and reads the message.
func (p *play) firstMessage() (string, dsapp.ActivationMessage1) {
	p.t.Helper()
	r := must(p.registerOn(1))(p.t)
	return r.RegistrationID, must(dsapp.ParseActivationMessage1(r.ActivationPassword))(p.t)
}

func (p *play) deviceCode(m dsapp.ActivationMessage1) dsapp.DeviceCode {
	p.t.Helper()
	var nonce [6]byte
	must(rand.Read(nonce[:]))(p.t)
	return must(dsapp.NewDeviceCode(m, dsapp.Android, nonce))(p.t)
}

func (p *play) addDevice(id, code string) (provision.AddDeviceResult, error) {
	return p.AddDevice(p.t.Context(), mdlCaller(), provision.AddDevice{RegistrationID: id, DeviceCode: code})
}

func (p *play) sign(id, signature string) (provision.DSAPPSRPActivateResult, error) {
	return p.ActivateInstance(p.t.Context(), mdlCaller(), provision.ActivateInstance{RegistrationID: id, Signature: signature})
}

// added is a device that has its Activation Message 2.
type added struct {
	id, signature string
	secret        []byte
	sequence      uint8
}

func (p *play) open(id string, m dsapp.ActivationMessage1, c dsapp.DeviceCode, result provision.AddDeviceResult) added {
	p.t.Helper()
	m2 := must(dsapp.ParseActivationMessage2(result.ActivationMessage2))(p.t)
	secret := must(m2.Open(m, c))(p.t)
	if want := dsapp.InstanceName(licenceSerial, m2.SequenceNumber); result.SerialNumber != want {
		p.t.Errorf("the instance is %s, its message is of %s", result.SerialNumber, want)
	}
	return added{id, must(m2.Signature(secret))(p.t), secret, m2.SequenceNumber}
}

// add goes from register to Activation Message 2.
func (p *play) add() added {
	p.t.Helper()
	id, m := p.firstMessage()
	c := p.deviceCode(m)
	return p.open(id, m, c, must(p.addDevice(id, c.String()))(p.t))
}

func (p *play) instanceOTP(d added) string {
	p.t.Helper()
	return must(oath.OTP(d.secret, oath.TimeStep(p.clock()), dsapp.InstanceParameters()))(p.t)
}

func (p *play) licence() provision.Licence {
	p.t.Helper()
	return *must(p.ShowAuthenticator(p.t.Context(), licenceSerial))(p.t).Licence
}

func wantRefusal(t testing.TB, err error, want provision.Refusal) {
	t.Helper()
	var refusal *provision.Error
	if !errors.As(err, &refusal) || refusal.Refusal != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestMDLOffline(t *testing.T) {
	p := newLicencePlay(t, 2)
	d := p.add()
	result := must(p.sign(d.id, d.signature))(t)
	if result.SerialNumber != licenceSerial+"-1" || result.User.UserID != "user3" {
		t.Errorf("%+v", result)
	}
	a := must(p.ShowAuthenticator(t.Context(), licenceSerial))(t)
	if a.State != provision.Active || a.Licence.Instances[0].State != provision.InstanceActive || a.GraceEndsAt.After(p.clock()) {
		t.Errorf("%+v", a)
	}
	_, err := p.sign(d.id, d.signature)
	wantRefusal(t, err, provision.NotFound)
}

func TestMDLOnline(t *testing.T) {
	p := newLicencePlay(t, 2)
	for _, startsOver := range []bool{false, true} {
		r := must(p.registerOn(0))(t)
		h := p.exchange(r)
		m := p.deliverMessage(h)
		c := p.deviceCode(m)
		d := p.open(h.id, m, c, must(p.addDevice(h.id, c.String()))(t))
		if startsOver { // the pending instance goes, and its message with it
			h = p.exchange(r)
			_, err := p.addDevice(h.id, c.String())
			wantRefusal(t, err, provision.OutOfOrder)
			m = p.deliverMessage(h)
			c = p.deviceCode(m)
			d = p.open(h.id, m, c, must(p.addDevice(h.id, c.String()))(t))
		}
		must(p.sign(d.id, d.signature))(t)
	}
	if l := p.licence(); len(l.Instances) != 2 || l.Instances[1].SequenceNumber != 3 || l.NextSequenceNumber != 4 {
		t.Errorf("%+v", l)
	}
	_, err := p.registerOn(0)
	wantRefusal(t, err, provision.LicenceFull)
}

func (p *play) deliverMessage(h handset) dsapp.ActivationMessage1 {
	p.t.Helper()
	data := must(p.prove(h, h.M1))(p.t)
	text := must(dsapp.Decrypt(h.K, dsapp.ItemActivationMessage, *data.ActivationMessage))(p.t)
	return must(dsapp.ParseActivationMessage1(text))(p.t)
}

func TestMDLSameAndOtherCode(t *testing.T) {
	p := newLicencePlay(t, 1)
	id, m := p.firstMessage()
	c := p.deviceCode(m)
	first := must(p.addDevice(id, c.String()))(t)
	if again := must(p.addDevice(id, c.String()))(t); again != first {
		t.Errorf("the same code got %+v after %+v", again, first)
	}
	other := p.deviceCode(m)
	d := p.open(id, m, other, must(p.addDevice(id, other.String()))(t))
	if d.sequence != 2 {
		t.Errorf("sequence number %d", d.sequence)
	}
	old := p.open(id, m, c, first)
	_, err := p.sign(id, old.signature)
	wantRefusal(t, err, provision.InvalidCredentials)
	must(p.sign(id, d.signature))(t)
}

func TestMDLResponseInsteadOfSignature(t *testing.T) {
	p := newLicencePlay(t, 2)
	d := p.add()
	otp := must(oath.OTP(d.secret, oath.TimeStep(p.clock())-2, dsapp.InstanceParameters()))(t)
	must(p.DSAPPSRPActivate(t.Context(), mdlCaller(), provision.DSAPPSRPActivate{RegistrationID: d.id, Response: otp}))(t)

	d = p.add()
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "mdl", Set: []byte(`{"OTPInsteadOfSignature":false}`)}))(t)
	otp = must(oath.OTP(d.secret, oath.TimeStep(p.clock()), dsapp.InstanceParameters()))(t)
	_, err := p.DSAPPSRPActivate(t.Context(), mdlCaller(), provision.DSAPPSRPActivate{RegistrationID: d.id, Response: otp})
	wantRefusal(t, err, provision.NotAllowed)
	_, err = p.DSAPPSRPActivate(t.Context(), mdlCaller(), provision.DSAPPSRPActivate{RegistrationID: d.id, DerivationCode: "0123456789ABCDEF123456"})
	wantRefusal(t, err, provision.InvalidParameter)
}

func TestMDLWrongThings(t *testing.T) {
	p := newLicencePlay(t, 2)
	id, m := p.firstMessage()
	_, other := p.firstMessage()
	_, err := p.addDevice(id, "12345678901234567890123456")
	wantRefusal(t, err, provision.InvalidParameter)
	_, err = p.addDevice(id, p.deviceCode(other).String()) // of another message
	wantRefusal(t, err, provision.InvalidCredentials)
	_, err = p.sign(id, "12345678")
	wantRefusal(t, err, provision.OutOfOrder)

	p.wait(5 * time.Minute)
	_, err = p.addDevice(id, p.deviceCode(m).String())
	wantRefusal(t, err, provision.MessageExpired)

	first, second := p.add(), p.add()
	_, err = p.sign(first.id, second.signature) // of another instance
	wantRefusal(t, err, provision.InvalidCredentials)
	must(p.sign(first.id, first.signature))(t)
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "mdl", Set: []byte(`{"OfflineMDL":false}`)}))(t)
	must(p.DeactivateInstance(t.Context(), operator(), licenceSerial+"-1"))(t)
	_, err = p.registerOn(1)
	wantRefusal(t, err, provision.NotAllowed)
}

// A place comes back when its registration expires, spends its attempts or is
// closed, and when the instance is deactivated.
func TestMDLPlacesComeBack(t *testing.T) {
	p := newLicencePlay(t, 1)
	p.add()
	_, err := p.registerOn(0)
	wantRefusal(t, err, provision.LicenceFull)
	p.wait(10 * time.Minute)
	d := p.add()
	for range 3 {
		_, err = p.sign(d.id, "00000000")
		wantRefusal(t, err, provision.InvalidCredentials)
	}
	d = p.add()
	must(p.CloseRegistration(t.Context(), operator(), provision.CloseRegistration{RegistrationID: d.id}))(t)
	d = p.add()
	must(p.sign(d.id, d.signature))(t)
	_, err = p.registerOn(0)
	wantRefusal(t, err, provision.LicenceFull)
	name := dsapp.InstanceName(licenceSerial, d.sequence)
	must(p.DeactivateInstance(t.Context(), operator(), name))(t)
	_, err = p.DeactivateInstance(t.Context(), operator(), name)
	wantRefusal(t, err, provision.NotFound)
	if d = p.add(); d.sequence != 5 {
		t.Errorf("sequence number %d", d.sequence)
	}
	must(p.UnassignAuthenticator(t.Context(), operator(), licenceSerial))(t)
	if l := p.licence(); l.Places(p.clock()) != 0 || l.NextSequenceNumber != 6 {
		t.Errorf("%+v", l)
	}
}

// Of 64 devices at the last place one gets it.
func TestMDLRaceForTheLastPlace(t *testing.T) {
	p := newLicencePlay(t, 1)
	const devices = 64
	var ids, codes [devices]string
	for i := range devices {
		id, m := p.firstMessage()
		ids[i], codes[i] = id, p.deviceCode(m).String()
	}
	var won, full int
	var mutex sync.Mutex
	var all sync.WaitGroup
	for i := range devices {
		all.Go(func() {
			_, err := p.addDevice(ids[i], codes[i])
			var refusal *provision.Error
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				won++
			case errors.As(err, &refusal) && refusal.Refusal == provision.LicenceFull:
				full++
			default:
				t.Errorf("device %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if won != 1 || full != devices-1 {
		t.Errorf("%d won, %d found it full", won, full)
	}
}

func TestMDLSequenceNumbersEnd(t *testing.T) {
	p := newLicencePlay(t, 1)
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "mdl", Set: []byte(`{"RegistrationMinutes":600,"MessageMinutes":600,"DeviceCodes":255}`)}))(t)
	id, m := p.firstMessage()
	var sequence []uint8
	for range 255 {
		c := p.deviceCode(m)
		sequence = append(sequence, p.open(id, m, c, must(p.addDevice(id, c.String()))(t)).sequence)
	}
	if !slices.IsSorted(sequence) || len(slices.Compact(sequence)) != 255 || sequence[254] != 255 {
		t.Errorf("sequence numbers %v", sequence)
	}
	_, err := p.addDevice(id, p.deviceCode(m).String())
	wantRefusal(t, err, provision.LicenceFull)
}

// One registration does not use up a licence: each of its device codes spends a
// sequence number, and it takes five. The last one that it took still activates.
func TestDeviceCodesOfARegistrationHaveTheirLimit(t *testing.T) {
	p := newLicencePlay(t, 1)
	id, m := p.firstMessage()
	var last added
	var code string
	for range 5 {
		c := p.deviceCode(m)
		code = c.String()
		last = p.open(id, m, c, must(p.addDevice(id, code))(t))
	}
	for range 3 {
		_, err := p.addDevice(id, p.deviceCode(m).String())
		wantRefusal(t, err, provision.NotFound)
	}
	must(p.addDevice(id, code))(t) // again, which spends nothing
	if l := p.licence(); l.NextSequenceNumber != 6 {
		t.Errorf("the next sequence number is %d", l.NextSequenceNumber)
	}
	must(p.sign(id, last.signature))(t)
}

// Beginning the exchange anew does not begin the count anew.
func TestDeviceCodesCountAcrossExchanges(t *testing.T) {
	p := newLicencePlay(t, 1)
	p.policy("mdl", `{"DeviceCodes": 2, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	r := must(p.registerOn(0))(t)
	for n := range 3 {
		c := p.deviceCode(p.deliverMessage(p.exchange(r)))
		_, err := p.addDevice(r.RegistrationID, c.String())
		if n < 2 {
			must(0, err)(t)
			continue
		}
		wantRefusal(t, err, provision.NotFound)
	}
}

func TestLicenceRefusals(t *testing.T) {
	p := newPlay(t)
	good := provision.AddAuthenticator{SerialNumber: licenceSerial, Parameters: dsapp.InstanceParameters(), Limit: 99}
	for name, change := range map[string]func(*provision.AddAuthenticator){
		"limit below 0": func(a *provision.AddAuthenticator) { a.Limit = -1 },
		"limit of 100":  func(a *provision.AddAuthenticator) { a.Limit = 100 },
		"event-based":   func(a *provision.AddAuthenticator) { a.Type = oath.HOTP },
		"short secret":  func(a *provision.AddAuthenticator) { a.SecretSize = 20 },
	} {
		in := good
		change(&in)
		_, err := p.AddAuthenticator(t.Context(), operator(), in)
		t.Run(name, func(t *testing.T) { wantRefusal(t, err, provision.InvalidParameter) })
	}
	must(p.AddAuthenticator(t.Context(), operator(), good))(t)
}

// A description is kept for operators, and none that a terminal acts upon.
func TestMDLDescription(t *testing.T) {
	p := newLicencePlay(t, 2)
	id, m := p.firstMessage()
	in := provision.AddDevice{RegistrationID: id, DeviceCode: p.deviceCode(m).String()}
	for _, description := range []string{"a\x1b[2J", strings.Repeat("ü", 256), "half \xff"} {
		in.Description = description
		_, err := p.AddDevice(t.Context(), mdlCaller(), in)
		wantRefusal(t, err, provision.InvalidParameter)
	}
	in.Description = strings.Repeat("ü", 255)
	must(p.AddDevice(t.Context(), mdlCaller(), in))(t)
	if got := p.licence().Instances[0].Description; got != in.Description {
		t.Errorf("%q is kept", got)
	}
}

// Operators may name an instance where its licence is shown; what is done to
// a licence names the licence.
func TestMDLInstanceIsShownByItsName(t *testing.T) {
	p := newLicencePlay(t, 2)
	d := p.add()
	must(p.sign(d.id, d.signature))(t)
	if a := must(p.ShowAuthenticator(t.Context(), licenceSerial+"-1"))(t); a.SerialNumber != licenceSerial || len(a.Licence.Instances) != 1 {
		t.Errorf("%+v", a)
	}
	_, err := p.ShowAuthenticator(t.Context(), licenceSerial+"-2")
	wantRefusal(t, err, provision.NotFound)
	_, err = p.UnassignAuthenticator(t.Context(), operator(), licenceSerial+"-1")
	if refusal := p.refused(err, -2); !strings.Contains(refusal.Desc, "name its licence, "+licenceSerial) {
		t.Error(refusal.Desc)
	}
}
