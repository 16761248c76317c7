package provisioning_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// guest is a device that has its Activation Message 1 from the server.
type guest struct {
	*lab
	step    []typed // what names its registration
	message dsapp.ActivationMessage1
}

// guest registers user2's next device offline.
func (l *lab) guest() guest {
	l.t.Helper()
	registered := l.run("0", execute("MDL_REGISTER", str("COMPONENT_TYPE", "mdl"), str("USERID", "user2"), str("STATIC_PASSWORD", "Password2")))
	return guest{l, []typed{str("COMPONENT_TYPE", "mdl"), str("REGISTRATIONID", attributeValue(registered, "REGISTRATIONID"))},
		must(dsapp.ParseActivationMessage1(attributeValue(registered, "ACTIVATION_MESSAGE")))(l.t)}
}

func (g guest) code() dsapp.DeviceCode {
	g.t.Helper()
	var nonce [6]byte
	must(rand.Read(nonce[:]))(g.t)
	return must(dsapp.NewDeviceCode(g.message, dsapp.Android, nonce))(g.t)
}

func (g guest) addEnvelope(code string) string {
	return execute("MDL_ADD_DEVICE", append(g.step[:2:2], str("DEVICE_CODE", code))...)
}

func (g guest) add(statusCode, code string) *etree.Document {
	g.t.Helper()
	return g.run(statusCode, g.addEnvelope(code))
}

func (g guest) sign(statusCode, signature string) *etree.Document {
	g.t.Helper()
	return g.run(statusCode, execute("MDL_ACTIVATE", append(g.step[:2:2], str("SIGNATURE", signature))...))
}

// signature is what the device shows for the reply to its code.
func (g guest) signature(code dsapp.DeviceCode, reply *etree.Document) string {
	g.t.Helper()
	m2 := must(dsapp.ParseActivationMessage2(attributeValue(reply, "ACTIVATION_MESSAGE2")))(g.t)
	return must(m2.Signature(must(m2.Open(g.message, code))(g.t)))(g.t)
}

// sound looks whether the records agree.
func (l *lab) sound() {
	l.t.Helper()
	problems, err := provision.CheckRecords(l.t.Context(), l.service.Store, l.service.Now())
	if err != nil || len(problems) != 0 {
		l.t.Errorf("%v %v", problems, err)
	}
}

func (l *lab) licence() provision.Licence {
	l.t.Helper()
	return *must(l.service.ShowAuthenticator(l.t.Context(), "VDM1000001"))(l.t).Licence
}

// A code with any digit changed is no code, one for another licence a wrong
// one, and the right one is still taken.
func TestWrongDeviceCodes(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	g := l.guest()
	code := g.code()
	for at := range code.String() {
		changed := []byte(code.String())
		changed[at] = '0' + (changed[at]-'0'+1)%10
		g.add("-2", string(changed))
	}
	by := provision.Operator{Name: "tester"}
	must(l.service.AddUser(t.Context(), by, provision.AddUser{UserID: "user3", StaticPassword: "Password2"}))(t)
	must(l.service.AddAuthenticator(t.Context(), by, provision.AddAuthenticator{SerialNumber: "VDM1000002", Parameters: dsapp.InstanceParameters(), Limit: 1}))(t)
	must(l.service.AssignAuthenticator(t.Context(), by, provision.AssignAuthenticator{SerialNumber: "VDM1000002", UserID: "user3"}))(t)
	registered := l.run("0", execute("MDL_REGISTER", str("COMPONENT_TYPE", "mdl"), str("USERID", "user3"), str("STATIC_PASSWORD", "Password2")))
	other := guest{lab: l, message: must(dsapp.ParseActivationMessage1(attributeValue(registered, "ACTIVATION_MESSAGE")))(t)}
	g.add("1000", other.code().String())
	if places := l.licence().Places(l.service.Now()); places != 0 {
		t.Errorf("%d places are taken", places)
	}
	g.add("0", code.String())
	l.sound()
}

// The same code gets the identical message, another one another instance, and
// none does once Activation Message 1 has expired.
func TestDeviceCodesInTurn(t *testing.T) {
	l := newLab(t, true)
	l.licensed()
	g := l.guest()
	code, other := g.code(), g.code()
	first := g.add("0", code.String())
	if again := g.add("0", code.String()); attributeValue(again, "ACTIVATION_MESSAGE2") != attributeValue(first, "ACTIVATION_MESSAGE2") {
		t.Error("the same code got another message")
	}
	second := g.add("0", other.String())
	if name := attributeValue(second, "SERIAL_NO"); name != "VDM1000001-2" {
		t.Errorf("another code got %s", name)
	}
	l.clock.Pass(10 * time.Minute)
	g.add("-13", code.String()) // the registration is over too
	must(l.service.SetPolicy(t.Context(), provision.Operator{Name: "tester"}, provision.SetPolicy{Name: "offline", Set: []byte(`{"MessageMinutes":1}`)}))(t)
	g = l.guest()
	l.clock.Pass(time.Minute)
	expired := g.add("1004", g.code().String())
	if words := text(expired, "//errorDesc"); words != "Activation Message 1 has expired: begin anew." {
		t.Errorf("%s", words)
	}
	l.sound()
}

// A signature is of one instance, and its registration's.
func TestWrongSignatures(t *testing.T) {
	l := newLab(t, true)
	l.licensed()
	first, second := l.guest(), l.guest()
	codes := []dsapp.DeviceCode{first.code(), second.code()}
	signatures := []string{first.signature(codes[0], first.add("0", codes[0].String())), second.signature(codes[1], second.add("0", codes[1].String()))}
	first.sign("1000", signatures[1])
	first.run("1005", execute("MDL_ACTIVATE", append(first.step[:2:2], str("DP_RESPONSE", "123456"))...)) // the policy takes none
	first.run("-2", execute("MDL_ACTIVATE", first.step...))
	first.sign("0", signatures[0])
	first.sign("-13", signatures[0])
	second.sign("0", signatures[1])
	l.sound()
}

// Of 64 devices at the last place one gets it, and the others are told.
func TestRaceForTheLastPlace(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	taken := l.guest()
	taken.add("0", taken.code().String())
	var envelopes []string
	for range 64 {
		g := l.guest()
		envelopes = append(envelopes, g.addEnvelope(g.code().String()))
	}
	statuses := make([]string, len(envelopes))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, envelope := range envelopes {
		all.Go(func() {
			<-start
			_, reply := l.post(envelope)
			statuses[i] = text(reply, "//results/resultCodes/statusCode")
		})
	}
	close(start)
	all.Wait()
	count := map[string]int{}
	for _, status := range statuses {
		count[status]++
	}
	if count["0"] != 1 || count["-11"] != 63 {
		t.Errorf("answered %v", count)
	}
	if licence := l.licence(); licence.Places(l.service.Now()) != 2 || licence.NextSequenceNumber != 3 {
		t.Errorf("%+v", licence)
	}
	l.sound()
}
