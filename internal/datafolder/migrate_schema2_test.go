package datafolder_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/phone"
)

// whenKept is some minutes after the folder schema2 was made: its registrations
// still live.
func whenKept() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) }

// The kept folder has the sample and a domain lab with registrations in every
// state: of ann (Activated, Registered), bob (KeyExchanged), carl (Activated by
// a derivation code, DataIssued), dora (Closed; she is locked), eve (a licence:
// an instance, and a second DeviceAdded), frank (a licence: DataIssued) and
// user2 (Registered, without a key exchange). Its folder before holds what the
// program that made it printed, its folder phones the phones under the PIN
// 123456.
func TestMigrateSchema2(t *testing.T) {
	dir := keptFolder(t, "schema2")
	done, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{Operator: "tester", Now: whenKept})
	if err != nil {
		t.Fatal(err)
	}
	if done.From != 2 {
		t.Errorf("migrated from schema %d", done.From)
	}
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester", Now: whenKept})
	if err != nil {
		t.Fatal(err)
	}
	keptLists(t, door, dir)
	keptAudit(t, door, dir)
	if err := door.Close(); err != nil {
		t.Fatal(err)
	}
	keptPhones(t, dir)
}

// keptLists has every record shown as before.
func keptLists(t *testing.T, door *operators.Door, dir string) {
	t.Helper()
	lists := map[string]func() (any, error){
		"users": func() (any, error) {
			p, err := door.ListUsers(t.Context(), provision.ListUsers{})
			return p.Items, err
		},
		"authenticators": func() (any, error) {
			p, err := door.ListAuthenticators(t.Context(), provision.ListAuthenticators{})
			return p.Items, err
		},
		"registrations": func() (any, error) {
			p, err := door.ListRegistrations(t.Context(), provision.ListRegistrations{})
			return p.Items, err
		},
		"policies": func() (any, error) {
			p, err := door.ListPolicies(t.Context(), provision.ListPolicies{})
			return p.Items, err
		},
		"components": func() (any, error) {
			p, err := door.ListComponents(t.Context(), provision.ListComponents{})
			isNew := func(c admin.Component) bool { return c.ComponentType == "Platform API" }
			if !slices.ContainsFunc(p.Items, isNew) {
				t.Error("the migration added no component of the Platform API")
			}
			return slices.DeleteFunc(p.Items, isNew), err
		},
		"domains": func() (any, error) {
			p, err := door.ListDomains(t.Context(), provision.ListDomains{})
			return p.Items, err
		},
		"licence": func() (any, error) {
			return door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: "VDM2000001"})
		},
	}
	for name, list := range lists {
		listed, err := list()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		shown, err := json.Marshal(listed)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal([]byte(mustRead(t, filepath.Join(dir, "before", name+".json"))), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(shown, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shownBefore(got, want)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}

// shownBefore leaves of got the members that want has too: a newer program may
// show more.
func shownBefore(got, want any) any {
	switch want := want.(type) {
	case []any:
		if got, is := got.([]any); is && len(got) == len(want) {
			for i := range got {
				got[i] = shownBefore(got[i], want[i])
			}
		}
	case map[string]any:
		if got, is := got.(map[string]any); is {
			kept := make(map[string]any)
			for name, value := range want {
				if has, shown := got[name]; shown {
					kept[name] = shownBefore(has, value)
				}
			}
			return kept
		}
	}
	return got
}

// keptAudit has every line of before in the audit, byte for byte, and the seals
// still vouch for them.
func keptAudit(t *testing.T, door *operators.Door, dir string) {
	t.Helper()
	var lines []string
	for after := (audit.Place{}); ; {
		page, err := door.ExportAudit(t.Context(), admin.ExportAudit{After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range page.Items {
			lines = append(lines, string(line))
		}
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	for before := range strings.Lines(mustRead(t, filepath.Join(dir, "before", "audit.jsonl"))) {
		if !slices.Contains(lines, strings.TrimSuffix(before, "\n")) {
			t.Errorf("line of the audit changed or gone: %s", before)
		}
	}
	verified, err := door.VerifyAudit(t.Context(), admin.VerifyAudit{})
	if err != nil || len(verified.Broken) > 0 || verified.Unsealed > 0 || verified.Events < 98 {
		t.Errorf("verify: %+v, %v", verified, err)
	}
}

// keptPhones has the phones go on where they were.
func keptPhones(t *testing.T, dir string) {
	t.Helper()
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", GatewayAddr: "none", ConsoleAddr: "none", Now: whenKept})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := phone.NewClient(server.URLs().SOAP, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]func(*phone.Device, phone.State) (phone.State, error){
		"carl2": func(d *phone.Device, s phone.State) (phone.State, error) {
			otp, s, err := d.OTP(s)
			if err != nil {
				return s, err
			}
			return d.Activate(t.Context(), s, phone.Credential{Response: otp})
		},
		"eve2": func(d *phone.Device, s phone.State) (phone.State, error) {
			return d.ActivateInstance(t.Context(), s, "", "")
		},
		"frank": func(d *phone.Device, s phone.State) (phone.State, error) {
			_, s, err := d.DeviceCode(s, dsapp.Android)
			if err != nil {
				return s, err
			}
			if s, err = d.AddDevice(t.Context(), s); err != nil {
				return s, err
			}
			return d.ActivateInstance(t.Context(), s, "", "")
		},
	}
	for name, step := range steps {
		transport := &phone.SOAP{Client: client, ComponentType: "kept"}
		device := &phone.Device{Transport: transport, Rand: rand.Reader, Now: whenKept}
		state, err := phone.ReadFile(filepath.Join(dir, "phones", name), "123456")
		if err != nil {
			t.Fatal(err)
		}
		if len(state.MDL.Instances) > 0 || state.MDL.Opening != nil {
			transport.ComponentType = "kept-mdl"
		}
		if _, err := step(device, state); err != nil {
			t.Errorf("the phone %s: %v", name, err)
		}
	}
	transport := &phone.SOAP{Client: client, ComponentType: "kept-direct"}
	keptUser2(t, transport, filepath.Join(dir, "before", "registrations.json"))
}

// keptUser2 activates the registration of user2 by the first password of
// RFC 4226.
func keptUser2(t *testing.T, transport phone.Transport, file string) {
	t.Helper()
	var registrations []struct{ RegistrationID, UserID string }
	if err := json.Unmarshal([]byte(mustRead(t, file)), &registrations); err != nil {
		t.Fatal(err)
	}
	for _, r := range registrations {
		if r.UserID != "user2" {
			continue
		}
		got, err := transport.Activate(context.Background(), r.RegistrationID, phone.Credential{Response: "755224"})
		if err != nil || got.SerialNumber != "VDS1000141" {
			t.Errorf("user2: %+v, %v", got, err)
		}
	}
}
