//go:build !race

package provision_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// What the policy of a licence play says.
const (
	lifetime    = 10 * time.Minute
	messageLife = 5 * time.Minute
	attempts    = 3
	keyRequests = 10
	deviceCodes = 2
)

// fleet is a licence as the rules have it, in the fewest words, beside the
// real one. An answer of the model is the refusal that it expects, or none.
type fleet struct {
	*play
	rt *rapid.T

	limit, next int
	runs        int // of the server
	instances   map[int]provision.InstanceState
	all         []*activation // in the order of their registration

	// What was ever issued: sequence numbers, and the keys of Activation
	// Message 2 with their first blocks.
	sequences map[int]bool
	blocks    map[string]bool
}

// activation is a registration on the licence and the device behind it.
type activation struct {
	id       string
	offline  bool
	state    provision.RegistrationState
	ends     time.Time
	swept    bool
	lost     bool // its licence was taken away
	wrong    int  // proofs
	requests int  // of keys
	codes    int  // that made an instance

	password string
	exchange handset

	message1    dsapp.ActivationMessage1
	text1       string
	messageEnds time.Time

	// The pending instance: its device's code, Activation Message 2 and
	// sequence number.
	code     string
	message2 string
	sequence int
}

func (a *activation) forget() { a.code, a.message2, a.sequence = "", "", 0 }

func (a *activation) over(now time.Time) bool {
	return a.swept || a.lost || a.state == provision.Activated || a.state == provision.Closed || !now.Before(a.ends)
}

// places are the active instances, and the pending ones of what is not over.
func (f *fleet) places() int {
	taken := 0
	for _, state := range f.instances {
		if state == provision.InstanceActive {
			taken++
		}
	}
	for _, a := range f.all {
		if a.sequence != 0 && !a.over(f.clock()) {
			taken++
		}
	}
	return taken
}

func (f *fleet) full() bool { return f.places() >= f.limit || f.next > 255 }

func (f *fleet) close(a *activation) {
	a.state = provision.Closed
	a.forget()
}

// fail counts a wrong proof.
func (f *fleet) fail(a *activation, then provision.RegistrationState) provision.Refusal {
	a.state = then
	if a.wrong++; a.wrong == attempts {
		f.close(a)
	}
	return provision.InvalidCredentials
}

// TestMDLModel holds random steps against the model: no sequence number and no
// key with its first block is issued twice, no place is given beyond the
// limit, and the records are what the model has.
func TestMDLModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFleet(t, rt)
		steps := f.steps()
		names := slices.Sorted(maps.Keys(steps))
		for range rapid.IntRange(5, 35).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "step")
			want, got := steps[name]()
			if got != want {
				rt.Fatalf("%s: %q, want %q", name, got, want)
			}
			f.compare(name)
		}
	})
}

func newFleet(t *testing.T, rt *rapid.T) *fleet {
	limit := rapid.IntRange(1, 3).Draw(rt, "limit")
	p := stage(t)
	rt.Cleanup(p.close)
	p.licensed(limit)
	f := &fleet{play: p, rt: rt, limit: limit, next: 1,
		instances: map[int]provision.InstanceState{}, sequences: map[int]bool{}, blocks: map[string]bool{}}
	must(f.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "mdl", Set: []byte(`{"LockThreshold":0,"DeviceCodes":2}`)}))(t)
	return f
}

// steps change the model and the licence, and return what each makes of it.
func (f *fleet) steps() map[string]func() (want, got provision.Refusal) {
	return map[string]func() (want, got provision.Refusal){
		"register":  f.register,
		"deliver":   f.one(then((*fleet).exchangeKeys, (*fleet).proveKey)),
		"activate":  f.one(then((*fleet).addNew, (*fleet).signRight)),
		"exchange":  f.one((*fleet).exchangeKeys),
		"prove":     f.one((*fleet).proveKey),
		"add":       f.one((*fleet).addNew),
		"add again": f.one((*fleet).addAgain),
		"add wrong": f.one((*fleet).addWrong),
		"sign":      f.one((*fleet).signRight), "sign wrong": f.one((*fleet).signWrong),
		"close":      f.one((*fleet).closeByOperator),
		"deactivate": f.deactivate, "wait": f.pass, "reset": f.reset, "reassign": f.startAnew,
		"sweep": f.sweep, "restart": f.restart, "limit": f.setLimit,
	}
}

// registrationStep is one that a registration makes.
type registrationStep func(*fleet, *activation) (want, got provision.Refusal)

// then makes two steps, the second where the first was granted.
func then(first, second registrationStep) registrationStep {
	return func(f *fleet, a *activation) (want, got provision.Refusal) {
		if want, got = first(f, a); want != "" || got != "" {
			return want, got
		}
		return second(f, a)
	}
}

// one is a step of a registration, one of the last few, as older ones are over.
func (f *fleet) one(step registrationStep) func() (want, got provision.Refusal) {
	return func() (want, got provision.Refusal) {
		if len(f.all) == 0 {
			return f.register()
		}
		back := rapid.IntRange(1, min(3, len(f.all))).Draw(f.rt, "registration, from the last")
		return step(f, f.all[len(f.all)-back])
	}
}

func (f *fleet) register() (want, got provision.Refusal) {
	offline := rapid.Bool().Draw(f.rt, "offline")
	activationType := 0
	if offline {
		activationType = 1
	}
	r, err := f.registerOn(activationType)
	if f.full() {
		return provision.LicenceFull, refusalOf(f.t, err)
	}
	if err != nil {
		return "", refusalOf(f.t, err)
	}
	a := &activation{id: r.RegistrationID, offline: offline, state: provision.Registered, ends: f.clock().Add(lifetime), password: r.ActivationPassword}
	if offline {
		f.receive(a, r.ActivationPassword)
	}
	f.all = append(f.all, a)
	return "", ""
}

// receive gives the device Activation Message 1.
func (f *fleet) receive(a *activation, text string) {
	a.message1, a.text1 = must(dsapp.ParseActivationMessage1(text))(f.t), text
	a.messageEnds = f.clock().Add(messageLife)
}

func (f *fleet) exchangeKeys(a *activation) (want, got provision.Refusal) {
	switch {
	case a.over(f.clock()):
		want = provision.NotFound
	case a.offline:
		want = provision.OutOfOrder
	case a.requests == keyRequests:
		want = provision.NotFound
	}
	if want != "" {
		_, err := f.DSAPPSRPGenerateEphemeralKey(f.t.Context(), mdlCaller(), provision.DSAPPSRPGenerateEphemeralKey{
			RegistrationID: a.id, ClientEphemeralPublicKey: "2"})
		return want, refusalOf(f.t, err)
	}
	a.exchange = f.play.exchange(provision.DSAPPSRPRegisterResult{RegistrationID: a.id, ActivationPassword: a.password})
	a.state = provision.KeyExchanged
	a.requests++
	a.forget()
	return "", ""
}

func (f *fleet) proveKey(a *activation) (want, got provision.Refusal) {
	evidence := make([]byte, 32)
	right := rapid.IntRange(0, 3).Draw(f.rt, "wrong evidence at 0") > 0 && len(a.exchange.M1) > 0
	if right {
		evidence = a.exchange.M1
	}
	result, err := f.prove(handset{id: a.id}, evidence)
	got = refusalOf(f.t, err)
	switch {
	case a.over(f.clock()):
		return provision.NotFound, got
	case a.state != provision.KeyExchanged:
		return provision.OutOfOrder, got
	case !right:
		return f.fail(a, provision.Registered), got
	case err != nil:
		return "", got
	}
	a.state = provision.DataIssued
	f.receive(a, must(dsapp.Decrypt(a.exchange.K, dsapp.ItemActivationMessage, *result.ActivationMessage))(f.t))
	return "", got
}

// addNew sends a code of a nonce that is drawn from few, as a careless device
// has it.
func (f *fleet) addNew(a *activation) (want, got provision.Refusal) {
	if a.text1 == "" {
		return f.addWrong(a)
	}
	nonce := [6]byte{byte(rapid.IntRange(1, 3).Draw(f.rt, "nonce"))}
	return f.add(a, must(dsapp.NewDeviceCode(a.message1, dsapp.Android, nonce))(f.t).String(), true)
}

func (f *fleet) addAgain(a *activation) (want, got provision.Refusal) {
	if a.code == "" {
		return f.addNew(a)
	}
	return f.add(a, a.code, true)
}

// addWrong sends a code for another message of the same licence.
func (f *fleet) addWrong(a *activation) (want, got provision.Refusal) {
	secret := make([]byte, dsapp.LicenceSecretSize)
	other := must(dsapp.NewActivationMessage1(secret, licenceSerial, [8]byte{}, f.clock()))(f.t)
	return f.add(a, must(dsapp.NewDeviceCode(other, dsapp.IOS, [6]byte{1}))(f.t).String(), false)
}

func (f *fleet) add(a *activation, code string, right bool) (want, got provision.Refusal) {
	result, err := f.addDevice(a.id, code)
	got = refusalOf(f.t, err)
	ready := a.state == provision.DeviceAdded || a.offline && a.state == provision.Registered || !a.offline && a.state == provision.DataIssued
	switch {
	case a.over(f.clock()):
		return provision.NotFound, got
	case !ready:
		return provision.OutOfOrder, got
	case a.code == code:
		if err == nil && result.ActivationMessage2 != a.message2 {
			f.rt.Fatalf("the same code got %s after %s", result.ActivationMessage2, a.message2)
		}
		return "", got
	case !f.clock().Before(a.messageEnds):
		return provision.MessageExpired, got
	case !right:
		return f.fail(a, a.state), got
	}
	return f.place(a, code, result, got)
}

// place gives the device a new instance, instead of the pending one.
func (f *fleet) place(a *activation, code string, result provision.AddDeviceResult, got provision.Refusal) (want, refused provision.Refusal) {
	before := a.sequence
	a.sequence = 0
	if f.full() {
		a.sequence = before
		return provision.LicenceFull, got
	}
	if a.codes == deviceCodes {
		a.sequence = before
		return provision.NotFound, got
	}
	if got != "" {
		return "", got
	}
	a.state, a.code, a.message2, a.sequence = provision.DeviceAdded, code, result.ActivationMessage2, f.next
	f.next++
	a.codes++
	f.issued(a)
	return "", ""
}

// issued holds what goes out against all that ever did.
func (f *fleet) issued(a *activation) {
	message := must(hex.DecodeString(a.message2))(f.t)
	if int(message[12]) != a.sequence || f.sequences[a.sequence] {
		f.rt.Fatalf("sequence number %d was issued, want %d for the first time", message[12], a.sequence)
	}
	pair := fmt.Sprintf("%x %x", f.messageKey(a, message[12]), message[len(message)-16:])
	if f.blocks[pair] {
		f.rt.Fatalf("key and first block %s are used twice", pair)
	}
	f.sequences[a.sequence], f.blocks[pair] = true, true
}

// messageKey is the key that encrypts Activation Message 2 (profile section
// 8), by the profile's words alone.
func (f *fleet) messageKey(a *activation, sequence byte) []byte {
	message1 := must(hex.DecodeString(a.text1))(f.t)
	code := must(dsapp.ParseDeviceCode(a.code))(f.t)
	salt := slices.Concat([]byte{byte(code.Type)}, code.Nonce[:], []byte{sequence})
	return must(hkdf.Key(sha256.New, message1[24:40], salt, "dsapp/1 message 2"+string(message1[:24]), 64))(f.t)[:32]
}

func (f *fleet) signRight(a *activation) (want, got provision.Refusal) {
	signature := "00000000"
	if a.sequence != 0 {
		message2 := must(dsapp.ParseActivationMessage2(a.message2))(f.t)
		secret := must(message2.Open(a.message1, must(dsapp.ParseDeviceCode(a.code))(f.t)))(f.t)
		signature = must(message2.Signature(secret))(f.t)
	}
	_, err := f.sign(a.id, signature)
	got = refusalOf(f.t, err)
	if want = f.signable(a); want != "" || got != "" {
		return want, got
	}
	f.instances[a.sequence] = provision.InstanceActive
	a.state = provision.Activated
	a.forget()
	return "", ""
}

func (f *fleet) signable(a *activation) provision.Refusal {
	switch {
	case a.over(f.clock()):
		return provision.NotFound
	case a.state != provision.DeviceAdded:
		return provision.OutOfOrder
	}
	return ""
}

func (f *fleet) signWrong(a *activation) (want, got provision.Refusal) {
	_, err := f.sign(a.id, "00000000")
	if want = f.signable(a); want == "" {
		want = f.fail(a, a.state)
	}
	return want, refusalOf(f.t, err)
}

func (f *fleet) closeByOperator(a *activation) (want, got provision.Refusal) {
	_, err := f.CloseRegistration(f.t.Context(), operator(), provision.CloseRegistration{RegistrationID: a.id})
	switch {
	case a.swept:
		return provision.NotFound, refusalOf(f.t, err)
	case a.state == provision.Activated || a.state == provision.Closed:
		return provision.OutOfOrder, refusalOf(f.t, err)
	}
	f.close(a)
	return "", refusalOf(f.t, err)
}

func (f *fleet) deactivate() (want, got provision.Refusal) {
	sequence := rapid.IntRange(1, max(1, f.next)).Draw(f.rt, "instance")
	_, err := f.DeactivateInstance(f.t.Context(), operator(), dsapp.InstanceName(licenceSerial, uint8(sequence)))
	if f.instances[sequence] != provision.InstanceActive {
		return provision.NotFound, refusalOf(f.t, err)
	}
	f.instances[sequence] = provision.InstanceDeactivated
	return "", refusalOf(f.t, err)
}

func (f *fleet) pass() (want, got provision.Refusal) {
	f.wait(time.Duration(rapid.IntRange(1, 6).Draw(f.rt, "minutes")) * time.Minute)
	return "", ""
}

// endUse is what a reset and an end of the assignment have in common.
func (f *fleet) endUse() {
	for _, a := range f.all {
		if a.sequence != 0 && !a.over(f.clock()) {
			f.close(a)
		}
	}
	for sequence := range f.instances {
		f.instances[sequence] = provision.InstanceDeactivated
	}
}

func (f *fleet) reset() (want, got provision.Refusal) {
	_, err := f.ResetAuthenticator(f.t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: licenceSerial})
	f.endUse()
	return "", refusalOf(f.t, err)
}

// startAnew takes the licence away and gives it back, after which no earlier
// registration goes on.
func (f *fleet) startAnew() (want, got provision.Refusal) {
	f.wait(time.Second)
	must(f.UnassignAuthenticator(f.t.Context(), operator(), licenceSerial))(f.t)
	must(f.AssignAuthenticator(f.t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: licenceSerial, UserID: "user3"}))(f.t)
	f.endUse()
	for _, a := range f.all {
		a.lost = true
	}
	return "", ""
}

func (f *fleet) sweep() (want, got provision.Refusal) {
	_, err := f.SweepRegistrations(f.t.Context(), operator(), 0)
	for _, a := range f.all {
		a.swept = a.swept || !f.clock().Before(a.ends)
	}
	return "", refusalOf(f.t, err)
}

func (f *fleet) restart() (want, got provision.Refusal) {
	if rapid.Bool().Draw(f.rt, "finished") {
		f.finish()
	}
	f.runs++
	f.play.restart(fmt.Sprintf("play %04d", f.runs))
	f.sealEnded()
	return "", ""
}

func (f *fleet) setLimit() (want, got provision.Refusal) {
	limit := rapid.IntRange(0, 4).Draw(f.rt, "new limit")
	_, err := f.SetAuthenticator(f.t.Context(), operator(), provision.SetAuthenticator{SerialNumber: licenceSerial, Limit: limit})
	if limit < 1 || limit < f.places() {
		return provision.InvalidParameter, refusalOf(f.t, err)
	}
	f.limit = limit
	return "", refusalOf(f.t, err)
}

// kept is what the model and the records say alike.
type kept struct {
	Limit, Next, Places int
	Instances           map[int]provision.InstanceState // less what is pending and over
	Registrations       map[string]provision.RegistrationState
	Wrong               map[string]int
}

func (f *fleet) compare(after string) {
	want := kept{Limit: f.limit, Next: f.next, Places: f.places(), Instances: maps.Clone(f.instances),
		Registrations: map[string]provision.RegistrationState{}, Wrong: map[string]int{}}
	for _, a := range f.all {
		if a.sequence != 0 && !a.over(f.clock()) {
			want.Instances[a.sequence] = provision.InstancePending
		}
		if !a.swept {
			want.Registrations[a.id], want.Wrong[a.id] = a.state, a.wrong
		}
	}
	if diff := cmp.Diff(want, f.records()); diff != "" {
		f.rt.Fatalf("after %s (-model +records):\n%s", after, diff)
	}
	if l := f.licence(); l.Places(f.clock()) > l.Limit {
		f.rt.Fatalf("%d places of %d", l.Places(f.clock()), l.Limit)
	}
}

func (f *fleet) records() kept {
	l := f.licence()
	got := kept{Limit: l.Limit, Next: l.NextSequenceNumber, Places: l.Places(f.clock()), Instances: map[int]provision.InstanceState{},
		Registrations: map[string]provision.RegistrationState{}, Wrong: map[string]int{}}
	for _, i := range l.Instances {
		if i.State != provision.InstancePending || i.HoldsPlace(f.clock()) {
			got.Instances[int(i.SequenceNumber)] = i.State
		}
	}
	f.view(func(v *store.View) error {
		for r, err := range store.Scan(v, provision.Registrations, "", "") {
			if err != nil {
				return err
			}
			got.Registrations[r.ID], got.Wrong[r.ID] = r.State, r.Attempts
		}
		return nil
	})
	return got
}
