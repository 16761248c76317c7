package replay

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// phones are the devices of a play, and what was captured: all that
// placeholders stand for.
type phones struct {
	device     phone.Device // without a transport
	captured   map[string]string
	states     map[string]phone.State // single-device authenticators, by serial number
	licences   map[string]phone.State // what each phone knows of a licence, by its name
	handshakes map[string]*handshake  // by phone

	calls map[string]string // values of this exchange
	last  map[string]string // and of those before
	bound map[string]string // serial numbers by the derivation codes that were computed
}

func newPhones(t *Transcript, now func() time.Time, rand io.Reader) *phones {
	p := &phones{
		device:   phone.Device{Now: now, Rand: rand},
		captured: map[string]string{}, states: map[string]phone.State{}, licences: map[string]phone.State{},
		handshakes: map[string]*handshake{}, calls: map[string]string{}, last: map[string]string{}, bound: map[string]string{},
	}
	for _, a := range t.Authenticators {
		secret, err := a.SecretBytes()
		if err != nil || len(secret) == 0 || a.Limit > 0 {
			continue // Parse has looked
		}
		p.states[a.SerialNumber] = phone.State{ActivationData: dsapp.ActivationData{
			Parameters: a.Parameters(), SerialNumber: a.SerialNumber, Secret: secret, MovingFactor: a.MovingFactor}}
	}
	return p
}

// begin begins an exchange: what is computed is computed anew.
func (p *phones) begin() { clear(p.calls) }

// capture returns the value of a name.
func (p *phones) capture(name string) (string, error) {
	value, ok := p.captured[name]
	if !ok {
		return "", fmt.Errorf("%w: %s", errNotCaptured, name)
	}
	return value, nil
}

// playError is why a value cannot be computed, in constant words.
type playError string

func (e playError) Error() string { return string(e) }

const (
	errNotCaptured playError = "nothing was captured"
	errNotMade     playError = "it was not computed before"
	errNoSecret    playError = "the secret is not known: give it in the header, or capture the activationCode"
	errNoA         playError = "the phone has sent no {{A}}"
	errNoMessage   playError = "the phone has no Activation Message 1: capture the activationMessage or the activationPassword"
)

// compute returns the value of a call: the same one throughout an exchange.
func (p *phones) compute(c call) (string, error) {
	key := c.key()
	if c.again {
		value, ok := p.last[key]
		if !ok {
			return "", errNotMade
		}
		p.calls[key] = value
		return spoiled(c, value)
	}
	value, ok := p.calls[key]
	if !ok {
		var err error
		if value, err = p.call(c); err != nil {
			return "", err
		}
		p.calls[key], p.last[key] = value, value
	}
	return spoiled(c, value)
}

func (p *phones) call(c call) (string, error) {
	switch c.name {
	case "otp":
		return p.otp(p.serial(c), c.skip)
	case "derivation-code":
		return p.derivationCode(p.serial(c))
	case "sign":
		return p.sign(p.serial(c), strings.Split(strings.TrimSuffix(c.fields, "\n"), "\n"))
	case "respond":
		return p.respond(p.serial(c), cmp.Or(p.captured[c.fields], c.fields))
	case "answer":
		return p.answer(c.serial)
	case "device-code":
		return p.deviceCode(c)
	case "signature":
		return p.signature(c.phone)
	case "A":
		h, err := newHandshake(p.device.Rand)
		if err != nil {
			return "", err
		}
		p.handshakes[c.phone] = h
		return dsapp.EncodeHex(h.A), nil
	}
	h, err := p.agreed(c.phone)
	if err != nil {
		return "", err
	}
	if c.name == "M2" {
		return dsapp.EncodeHex(h.m2()), nil
	}
	return dsapp.EncodeHex(h.M1), nil
}

// serial returns the serial number that a call names, or that was captured
// under the name.
func (p *phones) serial(c call) string { return cmp.Or(p.captured[c.serial], c.serial) }

// agreed returns a phone's key exchange, with what it captured of the server's
// half.
func (p *phones) agreed(of string) (*handshake, error) {
	h := p.handshakes[of]
	if h == nil {
		return nil, errNoA
	}
	var known [4]string
	for i, name := range []string{"registrationID", "activationPassword", "serverEphemeralPublicKey", "salt"} {
		var err error
		if known[i], err = p.capture(transcript.CaptureName(of, name)); err != nil {
			return nil, err
		}
	}
	return h, h.agree(known[0], known[1], known[2], known[3])
}

// open decrypts an item.
func (p *phones) open(of, item string, e encrypted) (string, error) {
	h, err := p.agreed(of)
	if err != nil {
		return "", err
	}
	return dsapp.Decrypt(h.K, dsapp.Item(item), e)
}

// otp returns a one-time password of an authenticator or an instance.
func (p *phones) otp(serial string, skip int) (string, error) {
	if strings.Contains(serial, "-") {
		return p.instanceOTP(serial, skip)
	}
	s, err := p.state(serial)
	if err != nil {
		return "", err
	}
	if s.Type == oath.TOTP {
		return oath.OTP(s.Secret, moved(oath.TimeStep(p.device.Now()), skip), s.Parameters)
	}
	if skip < 0 {
		return oath.OTP(s.Secret, moved(s.MovingFactor, skip), s.Parameters)
	}
	s.MovingFactor = moved(s.MovingFactor, skip)
	otp, s, err := p.device.OTP(s)
	p.states[serial] = s
	return otp, err
}

// moved returns a moving factor so many later, or earlier.
func moved(factor uint64, by int) uint64 {
	if by < 0 {
		return factor - min(factor, uint64(-by))
	}
	return factor + min(math.MaxUint64-factor, uint64(by))
}

func (p *phones) instanceOTP(name string, skip int) (string, error) {
	i, err := p.instance(name)
	if err != nil {
		return "", err
	}
	return oath.OTP(i.Secret, moved(oath.TimeStep(p.device.Now()), skip), dsapp.InstanceParameters())
}

func (p *phones) derivationCode(serial string) (string, error) {
	s, err := p.state(serial)
	if err != nil {
		return "", err
	}
	var fingerprint [16]byte
	if _, err := io.ReadFull(p.device.Rand, fingerprint[:]); err != nil {
		return "", fmt.Errorf("draw a fingerprint: %w", err)
	}
	code, s, err := p.device.DerivationCode(s, fingerprint[:])
	p.states[serial], p.bound[code] = s, serial
	return code, err
}

// deviceCode answers the Activation Message 1 that was captured last.
func (p *phones) deviceCode(c call) (string, error) {
	message := cmp.Or(p.captured[transcript.CaptureName(c.phone, "activationMessage")], p.captured[transcript.CaptureName(c.phone, "activationPassword")])
	if message == "" {
		return "", errNoMessage
	}
	device, err := p.inTime(message)
	if err != nil {
		return "", err
	}
	s, err := device.TakeMessage1(p.licences[c.phone], p.captured[transcript.CaptureName(c.phone, "registrationID")], message)
	if err != nil {
		return "", err
	}
	kinds := map[string]dsapp.DeviceType{"": dsapp.Android, "android": dsapp.Android, "ios": dsapp.IOS, "hardware": dsapp.Hardware}
	code, s, err := device.DeviceCode(s, kinds[c.device])
	p.licences[c.phone] = s
	return code, err
}

// inTime returns the device with a clock at which a message is good: what
// becomes of one that comes too late is for the server to show.
func (p *phones) inTime(message string) (*phone.Device, error) {
	m, err := dsapp.ParseActivationMessage1(message)
	if err != nil {
		return nil, fmt.Errorf("read Activation Message 1: %w", err)
	}
	return p.before(m.Expiry), nil
}

// before returns the device with a clock that has not come to a moment.
func (p *phones) before(expiry time.Time) *phone.Device {
	device := p.device
	if !device.Now().Before(expiry) {
		device.Now = func() time.Time { return expiry.Add(-time.Second) }
	}
	return &device
}

// signature returns the signature of the Activation Message 2 that was captured
// last.
func (p *phones) signature(of string) (string, error) {
	if _, err := p.capture(transcript.CaptureName(of, "activationMessage2")); err != nil {
		return "", err
	}
	s, err := p.opened(of)
	if err != nil {
		return "", err
	}
	return s.Signature("")
}

// opened returns what a phone knows of a licence, with the Activation Message 2
// that answers its last device code, once it was captured.
func (p *phones) opened(of string) (phone.State, error) {
	s := p.licences[of]
	message, captured := p.captured[transcript.CaptureName(of, "activationMessage2")]
	if !captured || s.MDL.Opening == nil || s.MDL.Opening.DeviceCode == "" {
		return s, nil
	}
	s, err := p.device.TakeMessage2(s, message)
	if err == nil {
		p.licences[of] = s
	}
	return s, err
}

// learn notes what came of an exchange.
func (p *phones) learn(o outcome) {
	maps.Copy(p.captured, o.taken)
	for name, value := range o.taken {
		if name != "activationCode" && !strings.HasSuffix(name, ".activationCode") {
			continue
		}
		if data, err := dsapp.ParseActivationData(value); err == nil {
			p.states[data.SerialNumber] = phone.State{ActivationData: data}
		}
	}
	if o.granted {
		p.accepted()
	}
}

// accepted makes the secrets of the derivation codes of this exchange those of
// their authenticators.
func (p *phones) accepted() {
	for _, code := range p.calls {
		serial := p.bound[code]
		if s := p.states[serial]; s.Binding != nil && s.Binding.Code == code {
			s.Secret, s.Binding = s.Binding.Secret, nil
			p.states[serial] = s
		}
	}
}

// spoiled returns the value of a call that asks for a wrong one: the same form,
// another value.
func spoiled(c call, value string) (string, error) {
	if !c.wrong {
		return value, nil
	}
	if c.name == "device-code" {
		return wrongDeviceCode(value)
	}
	last := value[len(value)-1]
	switch {
	case last == '9' || last == 'F':
		last = '0'
	case last == 'f':
		last = '0'
	default:
		last++
	}
	return value[:len(value)-1] + string(last), nil
}

// wrongDeviceCode returns a code of the right form that answers another
// message.
func wrongDeviceCode(value string) (string, error) {
	code, err := dsapp.ParseDeviceCode(value)
	if err != nil {
		return "", err
	}
	other, err := dsapp.NewDeviceCode(dsapp.ActivationMessage1{SerialNumber: "AAA0000000", Expiry: time.Unix(0, 0)}, code.Type, code.Nonce)
	return other.String(), err
}
