package provision_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/labtest"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/srp"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// play is a service on a store in memory whose clock the test sets. What turns
// on the disk is tested where the engines are, and with the whole program.
type play struct {
	*provision.Service
	t testing.TB

	engine store.Engine
	// tampered says that the audit is not to hold at the play's end.
	tampered bool

	mu  sync.Mutex
	now time.Time
}

const rfc4226Secret = "12345678901234567890"

func newPlay(t testing.TB) *play {
	t.Helper()
	p := stage(t)
	t.Cleanup(p.close)
	return p
}

// stage is a play that whoever begins it has to close.
func stage(t testing.TB) *play {
	t.Helper()
	p := &play{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.begin("play", new(memory.Engine))
	p.furnish()
	return p
}

// keepIn has the service and its audit keep records elsewhere from now on.
func (p *play) keepIn(records *store.Store) { p.Store, p.Audit.Store = records, records }

// begin begins a run of the service on an engine.
func (p *play) begin(run string, engine store.Engine) {
	p.t.Helper()
	p.engine = engine
	p.Service = labtest.Service(p.t, store.New(engine, []byte("record key")), run, p.clock)
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// close ends every play with a look at whether its records agree.
func (p *play) close() {
	problems, err := provision.CheckRecords(context.Background(), p.Store, p.clock())
	if err != nil {
		p.t.Error(err)
	}
	for _, problem := range problems {
		p.t.Errorf("after the play: %+v", problem)
	}
	p.endAudit()
	if err := p.Store.Close(); err != nil {
		p.t.Error(err)
	}
}

func (p *play) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *play) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func operator() provision.Operator { return provision.Operator{Name: "tester", RequestID: "op"} }

// furnish makes domain master with user1 (HOTP, VDS1000140) and user2 (TOTP,
// VDS1000141), and the component srp-component on loopback.
func (p *play) furnish() {
	must(p.AddDomain(p.t.Context(), operator(), provision.AddDomain{Name: "master"}))(p.t)
	p.policy("lab", `{"MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	p.component("srp-component", "127.0.0.0/8", "lab")
	p.user("user1", "VDS1000140", oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	p.user("user2", "VDS1000141", oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 8})
}

// policy has a policy say exactly this.
func (p *play) policy(name, set string) {
	p.t.Helper()
	_, err := p.AddPolicy(p.t.Context(), operator(), provision.AddPolicy{Name: name, Set: json.RawMessage(set)})
	if refusal, ok := errors.AsType[*provision.Error](err); !ok || refusal.Refusal != provision.Exists {
		must(0, err)(p.t)
		return
	}
	var members map[string]any
	must(0, json.Unmarshal([]byte(set), &members))(p.t)
	others := slices.DeleteFunc(provision.SettingNames(), func(name string) bool { _, is := members[name]; return is })
	must(p.SetPolicy(p.t.Context(), operator(), provision.SetPolicy{Name: name, Set: json.RawMessage(set), Unset: others}))(p.t)
}

func (p *play) component(componentType, location, policy string) {
	p.t.Helper()
	must(p.AddComponent(p.t.Context(), operator(), provision.AddComponent{ComponentType: componentType, Location: location, Policy: policy}))(p.t)
}

func (p *play) user(userID, serialNumber string, parameters oath.Parameters) {
	p.t.Helper()
	must(p.AddUser(p.t.Context(), operator(), provision.AddUser{UserID: userID, StaticPassword: "Password2"}))(p.t)
	p.authenticator(userID, provision.AddAuthenticator{
		SerialNumber: serialNumber, Parameters: parameters, Secret: []byte(rfc4226Secret)})
}

func (p *play) authenticator(userID string, in provision.AddAuthenticator) {
	p.t.Helper()
	must(p.AddAuthenticator(p.t.Context(), operator(), in))(p.t)
	must(p.AssignAuthenticator(p.t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: in.SerialNumber, UserID: userID}))(p.t)
}

func caller() provision.Caller {
	return provision.Caller{ComponentType: "srp-component", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "request"}
}

// register as the documented example does it.
func (p *play) register(userID string) (provision.DSAPPSRPRegisterResult, error) {
	return p.DSAPPSRPRegister(p.t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: userID, Domain: "master", StaticPassword: "Password2"})
}

func (p *play) mustRegister(userID string) provision.DSAPPSRPRegisterResult {
	p.t.Helper()
	return must(p.register(userID))(p.t)
}

// handset is the phone's half of one key exchange.
type handset struct {
	suite      *srp.Suite
	id         string
	a, A, B, K []byte
	M1         []byte
}

// exchange asks for B and makes the proof of it.
func (p *play) exchange(r provision.DSAPPSRPRegisterResult) handset {
	p.t.Helper()
	return must(p.ask(r.RegistrationID, r.ActivationPassword))(p.t)
}

// ask does so for a registration that may refuse.
func (p *play) ask(id, password string) (handset, error) {
	p.t.Helper()
	h := handset{suite: p.SRP, id: id, a: make([]byte, srp.PrivateSize)}
	must(rand.Read(h.a))(p.t)
	h.A = must(h.suite.ClientPublicKey(h.a))(p.t)
	key, err := p.DSAPPSRPGenerateEphemeralKey(p.t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
		RegistrationID: h.id, ClientEphemeralPublicKey: dsapp.EncodeHex(h.A)})
	if err != nil {
		return h, err
	}
	h.B = must(dsapp.ParseEphemeralKey(key.ServerEphemeralPublicKey))(p.t)
	salt := must(dsapp.DecodeHex(key.Salt, dsapp.SaltSize))(p.t)
	h.K = must(h.suite.ClientKey(h.suite.X(salt, h.id, password), h.a, h.A, h.B))(p.t)
	h.M1 = h.suite.M1(h.id, salt, h.A, h.B, h.K)
	return h, nil
}

func (p *play) prove(h handset, evidence []byte) (provision.DSAPPSRPGenerateActivationDataResult, error) {
	return p.DSAPPSRPGenerateActivationData(p.t.Context(), caller(), provision.DSAPPSRPGenerateActivationData{
		RegistrationID: h.id, ClientEvidenceMessage: dsapp.EncodeHex(evidence)})
}

// deliver goes through the whole exchange and returns what the phone reads.
func (p *play) deliver(r provision.DSAPPSRPRegisterResult) (code, counter string) {
	p.t.Helper()
	h := p.exchange(r)
	data := must(p.prove(h, h.M1))(p.t)
	if want := dsapp.EncodeHex(h.suite.M2(h.A, h.M1, h.K)); data.ServerEvidenceMessage != want {
		p.t.Fatalf("M2 = %s, want %s", data.ServerEvidenceMessage, want)
	}
	code = must(dsapp.Decrypt(h.K, dsapp.ItemActivationCode, data.ActivationCode))(p.t)
	counter = must(dsapp.Decrypt(h.K, dsapp.ItemEventReactivationCounter, data.EventReactivationCounter))(p.t)
	return code, counter
}

func (p *play) activate(registrationID, response string) error {
	_, err := p.DSAPPSRPActivate(p.t.Context(), caller(), provision.DSAPPSRPActivate{RegistrationID: registrationID, Response: response})
	return err
}

func (p *play) bind(registrationID, derivationCode string) error {
	_, err := p.DSAPPSRPActivate(p.t.Context(), caller(), provision.DSAPPSRPActivate{RegistrationID: registrationID, DerivationCode: derivationCode})
	return err
}

// derivationCode is what a device of the fingerprint makes of a secret.
func (p *play) derivationCode(secret []byte, serialNumber, fingerprint string, movingFactor uint64, parameters oath.Parameters) (code string, derived []byte) {
	p.t.Helper()
	diversifier := must(dsapp.Diversifier(serialNumber, []byte(fingerprint)))(p.t)
	derived = must(dsapp.DeriveSecret(secret, diversifier, serialNumber))(p.t)
	return must(dsapp.NewDerivationCode(diversifier, derived, movingFactor, parameters))(p.t).String(), derived
}

func hotp() oath.Parameters {
	return oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
}

func (p *play) hotp(secret []byte, movingFactor uint64) string {
	p.t.Helper()
	return must(oath.OTP(secret, movingFactor, hotp()))(p.t)
}

// records of the store, as they are now.

func (p *play) view(read func(*store.View) error) {
	p.t.Helper()
	if err := p.Store.View(p.t.Context(), read); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) registration(id string) (r provision.Registration) {
	p.t.Helper()
	p.view(func(v *store.View) (err error) { r, err = store.Get(v, provision.Registrations, id); return err })
	return r
}

func (p *play) device(serialNumber string) (a provision.Authenticator) {
	p.t.Helper()
	p.view(func(v *store.View) (err error) {
		a, err = store.Get(v, provision.Authenticators, serialNumber)
		return err
	})
	return a
}

func (p *play) account(userID string) (u provision.User) {
	p.t.Helper()
	p.view(func(v *store.View) (err error) {
		u, err = store.Get(v, provision.Users, provision.UserKey{Domain: "master", UserID: userID})
		return err
	})
	return u
}

func (p *play) events(operation string) (events []audit.Event) {
	p.t.Helper()
	p.view(func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			if event.Operation == operation {
				events = append(events, event)
			}
		}
		return nil
	})
	return events
}

// refused checks that err is a refusal with this status code.
func (p *play) refused(err error, statusCode int) *provision.Error {
	p.t.Helper()
	refusal, ok := errors.AsType[*provision.Error](err)
	if !ok {
		p.t.Fatalf("got %v, want a refusal with status %d", err, statusCode)
	}
	if refusal.Status.StatusCode != statusCode {
		p.t.Fatalf("refused with %d (%s), want %d", refusal.Status.StatusCode, refusal.Desc, statusCode)
	}
	return refusal
}

// at once runs n calls and counts the ones that came back without an error.
func atOnce(n int, call func(int) error) (granted int) {
	var wait sync.WaitGroup
	errs := make([]error, n)
	start := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	wait.Wait()
	for _, err := range errs {
		if err == nil {
			granted++
		}
	}
	return granted
}

// refusalOf is what refused, none where nothing did.
func refusalOf(t testing.TB, err error) provision.Refusal {
	t.Helper()
	refused, ok := errors.AsType[*provision.Error](err)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return refused.Refusal
}
