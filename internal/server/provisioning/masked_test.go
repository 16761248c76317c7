package provisioning_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// masked is an attribute that its sender marks so.
func masked(a typed) string {
	return strings.Replace(a.String(), "</attributes>", "<attributeOptions><masked>true</masked></attributeOptions></attributes>", 1)
}

func allMasked(attributes ...typed) []string {
	var out []string
	for _, a := range attributes {
		out = append(out, masked(a))
	}
	return out
}

// audit is every event as it is kept.
func (l *lab) audit() string {
	l.t.Helper()
	var lines strings.Builder
	err := l.service.Store.View(l.t.Context(), func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			lines.Write(must(json.Marshal(event))(l.t))
		}
		return nil
	})
	must(0, err)(l.t)
	return lines.String()
}

// A value that is marked as masked is in no trace and no log, whatever becomes
// of the command. The audit has of it only whom the command was about, or else
// who acts could choose not to be seen.
func TestMaskedByTheSender(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	user := []typed{str("COMPONENT_TYPE", "mdl"), str("USERID", "user2"), str("DOMAIN", "master"), str("STATIC_PASSWORD", "Password2")}
	number := typed{"ACTIVATION_TYPE", "unsignedInt", "4276543210"}
	l.run("0", execute("DSAPPREGISTER", allMasked(append(user, number)...)...))
	l.run("1000", execute("DSAPPREGISTER", allMasked(append(without(user, "STATIC_PASSWORD"), str("STATIC_PASSWORD", "Canary-Password"), number)...)...))
	l.run("1005", execute("DSAPPREGISTER", allMasked(append(without(user, "COMPONENT_TYPE"), str("COMPONENT_TYPE", "canary-component"))...)...))
	l.run("-13", execute("DSAPPREGISTER", allMasked(append(user, str("SERIAL_NO", "CAN9999999"))...)...))
	l.run("-2", execute("DSAPPREGISTER", allMasked(append(user, str("SERIAL_NO", "canary-serial"))...)...))
	l.run("-2", execute("DSAPPREGISTER", allMasked(append(user, str("SHOE_SIZE", "canary-size"))...)...))
	l.run("-13", execute("MDL_ACTIVATE", allMasked(str("COMPONENT_TYPE", "mdl"), str("REGISTRATIONID", "CanaryID"), str("SIGNATURE", "98761234"))...))
	for where, shown := range map[string]string{"trace": l.trace.String(), "log": l.log.String()} {
		for _, value := range []string{"user2", "Password2", "4276543210", "Canary-Password", "canary-component", "CAN9999999", "canary-serial", "canary-size", "CanaryID", "98761234"} {
			if strings.Contains(shown, value) {
				t.Errorf("the %s shows %s", where, value)
			}
		}
	}
	for _, value := range []string{"Password2", "4276543210", "Canary-Password", "canary-serial", "canary-size", "98761234"} {
		if strings.Contains(l.audit(), value) {
			t.Errorf("the audit shows %s", value)
		}
	}
}

// Where the policy explains refusals, their words and the log still keep what
// is marked as masked, in whatever form the server has it by then.
func TestMaskedAndExplained(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	l.outside()
	ctx, by := t.Context(), provision.Operator{Name: "tester"}
	for _, policy := range []string{"lab", "offline"} {
		must(l.service.SetPolicy(ctx, by, provision.SetPolicy{Name: policy, Set: json.RawMessage(`{"Explain":true}`)}))(t)
	}
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: "andr\u00e9", StaticPassword: "Password2"}))(t)
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: "al", StaticPassword: "Password2"}))(t)
	registration := attributeValue(l.run("0", execute("DSAPPREGISTER", userAttributes("srp-component")...)), "REGISTRATIONID")
	for name, c := range map[string]struct {
		command, status string
		sent            []typed
		gone            []string
	}{
		"no such component": {"DSAPPREGISTER", "1005", append(without(userAttributes("srp-component"), "COMPONENT_TYPE"), str("COMPONENT_TYPE", "Canary component")), []string{"Canary"}},
		"no such user":      {"DSAPPREGISTER", "1000", append(without(userAttributes("srp-component"), "USERID"), str("USERID", "canary.user")), []string{"canary.user"}},
		"wrong password":    {"DSAPPREGISTER", "1000", append(without(userAttributes("srp-component"), "STATIC_PASSWORD"), str("STATIC_PASSWORD", "canary-password")), []string{"user1", "canary"}},
		"short names":       {"DSAPPREGISTER", "-13", append(without(userAttributes("srp-component"), "USERID"), str("USERID", "al")), []string{"(al;", "(al)", " al "}},
		"no authenticator":  {"DSAPPREGISTER", "-13", append(without(userAttributes("srp-component"), "USERID"), str("USERID", "andr\u00e9")), []string{"andr"}},
		"somebody's":        {"ASSIGN", "-14", append(userAttributes("srp-component"), str("SERIAL_NO", "VDS1000140")), []string{"VDS1000140"}},
		"out of order":      {"DSAPPACTIVATE", "-1", []typed{str("COMPONENT_TYPE", "srp-component"), str("REGISTRATIONID", registration), str("DP_RESPONSE", "755224")}, []string{registration, "755224"}},
		"not allowed":       {"REGISTER", "1005", userAttributes("srp-component"), []string{"user1", "srp-component"}},
	} {
		before := len(l.log.String())
		reply := l.run(c.status, execute(c.command, allMasked(c.sent...)...))
		words := text(reply, "//errorDesc")
		if strings.Contains(words, "\n") || !strings.Contains(words, "More: dsappd explain ") && name != "no such component" {
			t.Errorf("%s: not explained in one line: %q", name, words)
		}
		for where, shown := range map[string]string{"errorDesc": words, "log": l.log.String()[before:]} {
			for _, value := range c.gone {
				if strings.Contains(shown, value) {
					t.Errorf("%s: %s shows %q: %s", name, where, value, shown)
				}
			}
		}
	}
}

// What is secret by the table is shown nowhere, whether it is marked or not.
func TestSecretAttributes(t *testing.T) {
	l := newLab(t, false)
	l.licensed()
	l.outside()
	secrets := []string{"Password2"}
	registered := l.run("0", execute("REGISTER", userAttributes("srp-outside")...))
	secrets = append(secrets, attributeValue(registered, "ACTIVATION_CODE"))
	who := []typed{str("COMPONENT_TYPE", "srp-outside"), str("USERID", "user1"), str("DOMAIN", "master")}
	l.run("1000", execute("ACTIVATE", append(who, str("DP_RESPONSE", "135792"))...))
	l.run("0", execute("ACTIVATE", append(who, str("DP_RESPONSE", "755224"))...))
	l.run("0", execute("REGISTER", userAttributes("srp-outside")...))
	diversifier := must(dsapp.Diversifier("VDS1000140", []byte("a phone")))(t)
	derived := must(dsapp.DeriveSecret([]byte(rfc4226Secret), diversifier, "VDS1000140"))(t)
	code := must(dsapp.NewDerivationCode(diversifier, derived, 1, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}))(t).String()
	l.run("0", execute("ACTIVATE", append(who, str("DERIVATION_CODE", code))...))
	secrets = append(secrets, "135792", "755224", code, code[16:])
	registered = l.run("0", execute("DSAPPREGISTER", userAttributes("srp-component")...))
	secrets = append(secrets, attributeValue(registered, "ACTIVATION_PASSWORD"))
	g := l.guest()
	wrong, right := g.code(), g.code()
	g.add("0", wrong.String())
	added := g.add("0", right.String())
	signature := g.signature(right, added)
	g.sign("1000", "24681357")
	g.sign("0", signature)
	secrets = append(secrets, wrong.String(), right.String(), attributeValue(added, "ACTIVATION_MESSAGE2"), signature, "24681357", g.message.String())
	for where, shown := range map[string]string{"trace": l.trace.String(), "log": l.log.String(), "audit": l.audit()} {
		if len(shown) < 1000 {
			t.Errorf("there is no %s: %q", where, shown)
		}
		for _, secret := range secrets {
			if secret == "" || strings.Contains(shown, secret) {
				t.Errorf("the %s shows %q", where, secret)
			}
		}
	}
}
