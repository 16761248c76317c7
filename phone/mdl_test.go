package phone

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// licence is the server's end of section 8, without its rules.
type licence struct {
	secret       []byte
	serialNumber string
	next         uint8
	message1     dsapp.ActivationMessage1
}

func newLicence(serialNumber string) *licence {
	return &licence{secret: bytes.Repeat([]byte{7}, dsapp.LicenceSecretSize), serialNumber: serialNumber, next: 1}
}

// labTime is the device's clock, where a test does not move it.
func labTime() time.Time { return time.Unix(1790000000, 0) }

func labDevice() *Device { return &Device{Rand: rand.Reader, Now: labTime} }

// open makes an Activation Message 1 that is good for ten minutes.
func (l *licence) open(t require) string {
	t.Helper()
	var challenge [8]byte
	check(t, second(rand.Read(challenge[:])))
	var err error
	l.message1, err = dsapp.NewActivationMessage1(l.secret, l.serialNumber, challenge, labTime().Add(10*time.Minute))
	check(t, err)
	return l.message1.String()
}

// answer makes the Activation Message 2 for a device code.
func (l *licence) answer(t require, deviceCode string) (message2 string, secret []byte) {
	t.Helper()
	code, err := dsapp.ParseDeviceCode(deviceCode)
	check(t, err)
	if !code.Answers(l.message1) {
		t.Errorf("the device code does not answer message 1")
	}
	secret = make([]byte, dsapp.InstanceSecretSize)
	check(t, second(rand.Read(secret)))
	m, err := dsapp.NewActivationMessage2(l.message1, code, l.next, secret)
	check(t, err)
	l.next++
	return m.String(), secret
}

// require is what a test and a property have in common.
type require interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
}

func check(t require, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func second[T any](_ T, err error) error { return err }

// coded is a device that has shown a code for the licence's message 1.
func coded(t require, l *licence, s State) (string, State) {
	t.Helper()
	s, err := labDevice().TakeMessage1(s, "xiOb8GC2", l.open(t))
	check(t, err)
	code, s, err := labDevice().DeviceCode(s, dsapp.Android)
	check(t, err)
	return code, s
}

func TestInstance(t *testing.T) {
	l := newLicence("VDM1000001")
	code, s := coded(t, l, State{})
	if len(code) != 26 {
		t.Errorf("the device code is %q", code)
	}
	message2, secret := l.answer(t, code)
	s, err := labDevice().TakeMessage2(s, message2)
	check(t, err)
	want := State{MDL: MDL{Instances: []Instance{{
		SerialNumber: "VDM1000001", SequenceNumber: 1, DeviceType: dsapp.Android, Secret: secret,
		RegistrationID: "xiOb8GC2", Signature: signature(t, message2, secret),
	}}}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	shown, err := s.Signature("")
	if named, again := s.Signature("VDM1000001-1"); err != nil || again != nil || shown != want.MDL.Instances[0].Signature || named != shown {
		t.Errorf("signature %s and %s, %v, %v", shown, named, err, again)
	}
	otp, err := labDevice().InstanceOTP(s, "VDM1000001-1")
	wantOTP, wrong := oath.OTP(secret, 1790000000/30, dsapp.InstanceParameters())
	if err != nil || wrong != nil || otp != wantOTP {
		t.Errorf("OTP = %s, %v; want %s, %v", otp, err, wantOTP, wrong)
	}
	s, err = s.Confirm("")
	check(t, err)
	i := &want.MDL.Instances[0]
	i.Activated, i.RegistrationID, i.Signature = true, "", ""
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("confirmed (-want +got):\n%s", diff)
	}
}

func signature(t require, message2 string, secret []byte) string {
	t.Helper()
	m, err := dsapp.ParseActivationMessage2(message2)
	check(t, err)
	text, err := m.Signature(secret)
	check(t, err)
	return text
}

// TestMessageKeyIsErased: the key is in the state from message 1 to message 2
// and not one step longer.
func TestMessageKeyIsErased(t *testing.T) {
	l := newLicence("VDM1000001")
	code, s := coded(t, l, State{})
	key := dsapp.EncodeHex(l.message1.MessageKey[:])
	if text := stored(t, s); !strings.Contains(text, key) || !strings.Contains(text, code) {
		t.Fatalf("the state before message 2 has no key or no code: this test looks for nothing")
	}
	message2, _ := l.answer(t, code)
	s, err := labDevice().TakeMessage2(s, message2)
	check(t, err)
	if text := stored(t, s); strings.Contains(text, key) || strings.Contains(text, code) {
		t.Errorf("after message 2 the state is %s", text)
	}
}

func stored(t require, s State) string {
	t.Helper()
	text, err := json.Marshal(s)
	check(t, err)
	return string(text)
}

// TestBitFlips: a message 1 or 2 with any one of its bits flipped is refused,
// and leaves the state as it was.
func TestBitFlips(t *testing.T) {
	l := newLicence("VDM1000001")
	message1 := l.open(t)
	for bit := range 4 * len(message1) {
		if s, err := labDevice().TakeMessage1(State{}, "", flipped(t, message1, bit)); !errors.Is(err, dsapp.ErrActivationMessage) || s.MDL.Opening != nil {
			t.Errorf("message 1, bit %d: %v, want %v", bit, err, dsapp.ErrActivationMessage)
		}
	}
	code, s := coded(t, l, State{})
	message2, _ := l.answer(t, code)
	for bit := range 4 * len(message2) {
		after, err := labDevice().TakeMessage2(s, flipped(t, message2, bit))
		if !errors.Is(err, dsapp.ErrActivationMessage) && !errors.Is(err, dsapp.ErrAuthentication) {
			t.Errorf("message 2, bit %d: %v, want %v or %v", bit, err, dsapp.ErrActivationMessage, dsapp.ErrAuthentication)
		}
		if diff := cmp.Diff(s, after); diff != "" {
			t.Errorf("message 2, bit %d, changed the state:\n%s", bit, diff)
		}
	}
	check(t, second(labDevice().TakeMessage2(s, message2)))
}

func flipped(t require, text string, bit int) string {
	t.Helper()
	b, err := dsapp.DecodeHex(text, len(text)/2)
	check(t, err)
	b[bit/8] ^= 1 << (bit % 8)
	return dsapp.EncodeHex(b)
}

// TestMessage2OfAnother: a message 2 is for the one code that it answers.
func TestMessage2OfAnother(t *testing.T) {
	l, other := newLicence("VDM1000001"), newLicence("VDM1000002")
	first, s := coded(t, l, State{})
	again, s, err := labDevice().DeviceCode(s, dsapp.Android)
	check(t, err)
	if first == again {
		t.Errorf("the device showed %s twice", first)
	}
	forFirst, _ := l.answer(t, first)
	theirs, _ := coded(t, other, State{})
	forOther, _ := other.answer(t, theirs)
	for name, c := range map[string]struct {
		message2 string
		want     error
	}{
		"of the code before":    {forFirst, dsapp.ErrAuthentication},
		"of another licence":    {forOther, dsapp.ErrActivationMessage},
		"that is a message 1":   {l.message1.String(), dsapp.ErrActivationMessage},
		"that is nothing known": {"0102", dsapp.ErrActivationMessage},
	} {
		if _, err := labDevice().TakeMessage2(s, c.message2); !errors.Is(err, c.want) {
			t.Errorf("message 2 %s: %v, want %v", name, err, c.want)
		}
	}
	message2, _ := l.answer(t, again)
	s, err = labDevice().TakeMessage2(s, message2)
	check(t, err)
	if _, err := labDevice().TakeMessage2(s, message2); !errors.Is(err, ErrStep) {
		t.Errorf("message 2 again: %v, want %v", err, ErrStep)
	}
}

func TestMessage1Expires(t *testing.T) {
	l := newLicence("VDM1000001")
	_, s := coded(t, l, State{})
	code, s, err := labDevice().DeviceCode(s, dsapp.IOS)
	check(t, err)
	late := &Device{Rand: rand.Reader, Now: func() time.Time { return l.message1.Expiry }}
	if _, err := late.TakeMessage1(State{}, "", l.message1.String()); !errors.Is(err, ErrExpired) {
		t.Errorf("message 1 at its expiry: %v, want %v", err, ErrExpired)
	}
	if _, _, err := late.DeviceCode(s, dsapp.IOS); !errors.Is(err, ErrExpired) {
		t.Errorf("a device code at the expiry: %v, want %v", err, ErrExpired)
	}
	message2, _ := l.answer(t, code)
	if _, err := late.TakeMessage2(s, message2); err != nil {
		t.Errorf("message 2 after the expiry of message 1: %v", err)
	}
}

// TestOrder tries every step where it does not belong.
func TestOrder(t *testing.T) {
	l, d := newLicence("VDM1000001"), labDevice()
	opened, err := d.TakeMessage1(State{}, "", l.open(t))
	check(t, err)
	code, answering, err := d.DeviceCode(opened, dsapp.IOS)
	check(t, err)
	message2, _ := l.answer(t, code)
	waiting, err := d.TakeMessage2(answering, message2)
	check(t, err)
	done, err := waiting.Confirm("VDM1000001-1")
	check(t, err)
	for name, c := range map[string]struct{ got, want error }{
		"a device code without message 1":    {third(d.DeviceCode(State{}, dsapp.IOS)), ErrStep},
		"a device code after message 2":      {third(d.DeviceCode(waiting, dsapp.IOS)), ErrStep},
		"a device code of no device":         {third(d.DeviceCode(opened, 5)), dsapp.ErrDeviceCode},
		"message 2 without message 1":        {second(d.TakeMessage2(State{}, message2)), ErrStep},
		"message 2 without a device code":    {second(d.TakeMessage2(opened, message2)), ErrStep},
		"a signature without an instance":    {second(answering.Signature("")), ErrStep},
		"a signature of an activated one":    {second(done.Signature("VDM1000001-1")), ErrStep},
		"a signature of the last, activated": {second(done.Signature("")), ErrStep},
		"a signature of another":             {second(done.Signature("VDM1000001-2")), ErrInstance},
		"confirmed twice":                    {second(done.Confirm("")), ErrStep},
		"sent, of no registration":           {second(d.AddDevice(t.Context(), answering)), ErrStep},
		"activated, of no registration":      {second(d.ActivateInstance(t.Context(), waiting, "", "")), ErrStep},
		"an OTP of none":                     {second(d.InstanceOTP(State{}, "VDM1000001-1")), ErrInstance},
		"forgotten twice":                    {second(opened.Forget("VDM1000001-1")), ErrInstance},
		"an OTP of no authenticator":         {third(d.OTP(done)), ErrStep},
		"a derivation code of none":          {third(d.DerivationCode(done, []byte{1})), ErrStep},
		"activated, with no authenticator":   {second(d.Activate(t.Context(), done, Credential{Response: "755224"})), ErrStep},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

func third[S, T any](_ S, _ T, err error) error { return err }

// TestBeginsAgain: a registration that begins again drops the instance that
// waits on it, as the server does, and no other.
func TestBeginsAgain(t *testing.T) {
	l, d := newLicence("VDM1000001"), labDevice()
	s := State{}
	take := func(registrationID string) {
		t.Helper()
		var err error
		s, err = d.TakeMessage1(s, registrationID, l.open(t))
		check(t, err)
		code, next, err := d.DeviceCode(s, dsapp.IOS)
		check(t, err)
		message2, _ := l.answer(t, code)
		s, err = d.TakeMessage2(next, message2)
		check(t, err)
	}
	take("activated")
	s, err := s.Confirm("")
	check(t, err)
	for _, registrationID := range []string{"waits", "again", "again", "", "", "activated"} {
		take(registrationID)
	}
	if got, want := s.String(), "VDM1000001-1, VDM1000001-2, VDM1000001-4, VDM1000001-5, VDM1000001-6, VDM1000001-7"; got != want {
		t.Errorf("the device has %s, want %s", got, want)
	}
	s, err = s.Forget("VDM1000001-4")
	check(t, err)
	if _, err := s.Instance("VDM1000001-4"); !errors.Is(err, ErrInstance) {
		t.Errorf("forgotten: %v, want %v", err, ErrInstance)
	}
}

// TestInstanceTwice: a licence that was made anew counts from 1 again; the
// instance that the device has goes only if it is told to forget it.
func TestInstanceTwice(t *testing.T) {
	l, d := newLicence("VDM1000001"), labDevice()
	code, s := coded(t, l, State{})
	message2, _ := l.answer(t, code)
	s, err := d.TakeMessage2(s, message2)
	check(t, err)
	l.next = 1
	s, err = d.TakeMessage1(s, "another", l.open(t))
	check(t, err)
	code, s, err = d.DeviceCode(s, dsapp.IOS)
	check(t, err)
	message2, secret := l.answer(t, code)
	if _, err := d.TakeMessage2(s, message2); !errors.Is(err, ErrInstanceThere) {
		t.Errorf("a second VDM1000001-1: %v, want %v", err, ErrInstanceThere)
	}
	s, err = s.Forget("VDM1000001-1")
	check(t, err)
	s, err = d.TakeMessage2(s, message2)
	check(t, err)
	if i, err := s.Instance("VDM1000001-1"); err != nil || !bytes.Equal(i.Secret, secret) {
		t.Errorf("the new instance has the old secret, %v", err)
	}
}

func TestRoomForInstances(t *testing.T) {
	var s State
	for i := range maxInstances {
		s.MDL.Instances = append(s.MDL.Instances, Instance{SerialNumber: "VDM1000001", SequenceNumber: uint8(i + 1), RegistrationID: "last"})
		s.MDL.Instances[i].Activated = i < maxInstances-1
	}
	l, d := newLicence("VDM1000002"), labDevice()
	if _, err := d.TakeMessage1(s, "", l.open(t)); !errors.Is(err, ErrInstanceThere) {
		t.Errorf("%d instances: %v, want %v", maxInstances, err, ErrInstanceThere)
	}
	if _, err := d.ExchangeMDL(t.Context(), s, Registration{ID: "another"}); !errors.Is(err, ErrInstanceThere) {
		t.Errorf("%d instances: %v, want %v", maxInstances, err, ErrInstanceThere)
	}
	if _, err := d.TakeMessage1(s, "last", l.open(t)); err != nil {
		t.Errorf("one of them waits on the same registration: %v", err)
	}
}

// TestDeviceOverAnySteps: whatever is done in whatever order, the device has
// the instances of the model with their secrets, holds a message key only
// while it waits for message 2, and no step changes the state that it was
// given or one that is refused.
func TestDeviceOverAnySteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{licence: newLicence("VDM1000001"), secrets: map[string][]byte{}, waiting: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){
			"":           m.agree,
			"message 1":  m.takeMessage1,
			"a code":     m.showCode,
			"message 2":  m.takeMessage2,
			"of another": m.takeAnother,
			"confirm":    m.confirm,
			"forget":     m.forget,
		})
	})
}

type model struct {
	licence        *licence
	s              State
	opened         bool
	code, message2 string
	secrets        map[string][]byte
	waiting        map[string]bool
}

// step says whether the device took a step that it should take, or refused
// one that it should refuse, and left the old state alone.
func (m *model) step(t *rapid.T, name string, should bool, step func(State) (State, error)) {
	before := stored(t, m.s)
	next, err := step(m.s)
	if (err == nil) != should {
		t.Fatalf("%s: %v, should be taken: %v", name, err, should)
	}
	if stored(t, m.s) != before || err != nil && stored(t, next) != before {
		t.Fatalf("%s changed the state it was given, or was refused and changed it", name)
	}
	m.s = next
}

func (m *model) takeMessage1(t *rapid.T) {
	if m.licence.next > 20 {
		return // the model has no more sequence numbers to give
	}
	message1 := m.licence.open(t)
	m.step(t, "message 1", true, func(s State) (State, error) { return labDevice().TakeMessage1(s, "", message1) })
	m.opened, m.code = true, ""
}

func (m *model) showCode(t *rapid.T) {
	kind := rapid.SampledFrom([]dsapp.DeviceType{dsapp.IOS, dsapp.Android, dsapp.Hardware}).Draw(t, "type")
	m.step(t, "device code", m.opened, func(s State) (State, error) {
		code, next, err := labDevice().DeviceCode(s, kind)
		if err == nil && code == m.code {
			t.Fatal("the same code twice")
		}
		m.code = code
		return next, err
	})
}

func (m *model) takeMessage2(t *rapid.T) {
	if m.code == "" {
		m.step(t, "message 2", false, func(s State) (State, error) { return labDevice().TakeMessage2(s, m.message2) })
		return
	}
	name := dsapp.InstanceName(m.licence.serialNumber, m.licence.next)
	m.message2, m.secrets[name] = m.licence.answer(t, m.code)
	m.step(t, "message 2", true, func(s State) (State, error) { return labDevice().TakeMessage2(s, m.message2) })
	m.waiting[name], m.opened, m.code = true, false, ""
}

func (m *model) takeAnother(t *rapid.T) {
	theirs := newLicence(m.licence.serialNumber)
	code, _ := coded(t, theirs, State{})
	message2, _ := theirs.answer(t, code)
	m.step(t, "another device's message 2", false, func(s State) (State, error) { return labDevice().TakeMessage2(s, message2) })
}

func (m *model) name(t *rapid.T) string {
	return dsapp.InstanceName(m.licence.serialNumber, rapid.Uint8Range(1, m.licence.next).Draw(t, "sequence number"))
}

func (m *model) confirm(t *rapid.T) {
	name := m.name(t)
	m.step(t, "confirm "+name, m.waiting[name], func(s State) (State, error) { return s.Confirm(name) })
	delete(m.waiting, name)
}

func (m *model) forget(t *rapid.T) {
	name := m.name(t)
	_, has := m.secrets[name]
	m.step(t, "forget "+name, has, func(s State) (State, error) { return s.Forget(name) })
	delete(m.secrets, name)
	delete(m.waiting, name)
}

func (m *model) agree(t *rapid.T) {
	if len(m.s.MDL.Instances) != len(m.secrets) || (m.s.MDL.Opening != nil) != m.opened {
		t.Fatalf("the device has %v and an opening %v, want %d and %v", m.s, m.s.MDL.Opening, len(m.secrets), m.opened)
	}
	for name, secret := range m.secrets {
		otp, err := labDevice().InstanceOTP(m.s, name)
		want, wrong := oath.OTP(secret, oath.TimeStep(labTime()), dsapp.InstanceParameters())
		if err != nil || wrong != nil || otp != want {
			t.Fatalf("%s: OTP %s, %v; want %s, %v", name, otp, err, want, wrong)
		}
		if _, err := m.s.Signature(name); (err == nil) != m.waiting[name] {
			t.Fatalf("%s: signature %v, waits: %v", name, err, m.waiting[name])
		}
	}
	if key := fmt.Sprintf("%X", m.licence.message1.MessageKey); strings.Contains(stored(t, m.s), key) != m.opened {
		t.Fatalf("the message key is there: %v, want %v", !m.opened, m.opened)
	}
}
