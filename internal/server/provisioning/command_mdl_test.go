package provisioning_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// licensed adds user2 with a licence for two devices, and the component mdl.
func (l *lab) licensed() {
	ctx, by := l.t.Context(), provision.Operator{Name: "tester"}
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "offline", Parent: "lab", Set: json.RawMessage(`{"OfflineMDL":true}`)}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "mdl", Location: "127.0.0.0/8", Policy: "offline"}))(l.t)
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: "user2", StaticPassword: "Password2"}))(l.t)
	must(l.service.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDM1000001", Parameters: dsapp.InstanceParameters(), Limit: 2}))(l.t)
	must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDM1000001", UserID: "user2"}))(l.t)
}

// device answers Activation Message 1, opens message 2 and signs it, and is
// activated.
func (l *lab) device(id, message string) string {
	l.t.Helper()
	step := []typed{str("COMPONENT_TYPE", "mdl"), str("REGISTRATIONID", id)}
	m := must(dsapp.ParseActivationMessage1(message))(l.t)
	c := must(dsapp.NewDeviceCode(m, dsapp.IOS, [6]byte{1, 2, 3}))(l.t)
	added := l.run("0", execute("MDL_ADD_DEVICE", append(step, str("DEVICE_CODE", c.String()))...))
	again := l.run("0", execute("MDL_ADD_DEVICE", append(step, str("DEVICE_CODE", c.String()))...))
	if attributeValue(added, "ACTIVATION_MESSAGE2") != attributeValue(again, "ACTIVATION_MESSAGE2") {
		l.t.Error("the same code got another message")
	}
	m2 := must(dsapp.ParseActivationMessage2(attributeValue(added, "ACTIVATION_MESSAGE2")))(l.t)
	signature := must(m2.Signature(must(m2.Open(m, c))(l.t)))(l.t)
	activated := l.run("0", execute("MDL_ACTIVATE", append(step, str("SIGNATURE", signature))...))
	for _, secret := range []string{message, c.String(), signature, attributeValue(added, "ACTIVATION_MESSAGE2")} {
		if strings.Contains(l.trace.String()+l.log.String(), secret) {
			l.t.Errorf("%s is shown", secret)
		}
	}
	return attributeValue(activated, "SERIAL_NO")
}

func TestMDLCommands(t *testing.T) {
	l := newLab(t, true)
	l.licensed()
	user := []typed{str("COMPONENT_TYPE", "mdl"), str("USERID", "user2"), str("STATIC_PASSWORD", "Password2")}
	registered := l.run("0", execute("MDL_REGISTER", user...))
	if name := l.device(attributeValue(registered, "REGISTRATIONID"), attributeValue(registered, "ACTIVATION_MESSAGE")); name != "VDM1000001-1" {
		t.Errorf("activated %s", name)
	}
	l.ask("0", envelope(t, "updatedevicepnid", "user1", "user2", "VDS1000140", "VDM1000001-1"))
	l.ask("-13", envelope(t, "getappupgradeinfo", "user1", "user2", "VDS1000140", "VDM1000001-2"))

	reply := l.ask("0", envelope(t, "dsappsrpregister", "user1", "user2", "srp-component", "mdl"))
	p, delivered := l.exchange(reply)
	if delivered.FindElement("//result/standard") != nil {
		t.Error("a licence delivers an activation code")
	}
	if name := l.device(p.id, p.openItem(t, delivered, "//result/mdl/activationMessage/", dsapp.ItemActivationMessage)); name != "VDM1000001-2" {
		t.Errorf("activated %s", name)
	}
	full := l.run("-11", execute("MDL_REGISTER", user...))
	if words := text(full, "//errorDesc"); !strings.HasPrefix(words, "License activation limit reached") {
		t.Errorf("%s", words)
	}
	if problems, err := provision.CheckSealed(t.Context(), l.service.Store, l.service.Sealer); err != nil || len(problems) != 0 {
		t.Errorf("%v %v", problems, err)
	}
	if problems, err := provision.CheckRecords(t.Context(), l.service.Store, l.service.Now()); err != nil || len(problems) != 0 {
		t.Errorf("%v %v", problems, err)
	}
}

func TestMDLCommandRefusals(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	l.run("-13", execute("MDL_REGISTER", str("COMPONENT_TYPE", "mdl"), str("USERID", "user1"), str("STATIC_PASSWORD", "Password2")))
	l.run("1005", execute("MDL_REGISTER", str("COMPONENT_TYPE", "srp-component"), str("USERID", "user2"), str("STATIC_PASSWORD", "Password2")))
	single := text(l.ask("0", envelope(t, "dsappsrpregister")), "//registrationID")
	l.run("-1", execute("MDL_ACTIVATE", str("COMPONENT_TYPE", "mdl"), str("REGISTRATIONID", single), str("SIGNATURE", "12345678")))
	l.run("-2", execute("MDL_ADD_DEVICE", str("COMPONENT_TYPE", "mdl"), str("REGISTRATIONID", single), str("DEVICE_CODE", "1")))
}

// openItem opens an item that stands at a path.
func (p phone) openItem(t testing.TB, delivered *etree.Document, at string, item dsapp.Item) string {
	t.Helper()
	return must(dsapp.Decrypt(p.K, item, dsapp.EncryptedData{
		EncryptedData:    text(delivered, at+"encryptedData"),
		EncryptedCounter: text(delivered, at+"encryptedCounter"),
		MAC:              text(delivered, at+"mac"),
	}))(t)
}
