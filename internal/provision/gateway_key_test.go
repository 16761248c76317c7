package provision_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

func (p *play) addKey(in provision.AddGatewayKey) (provision.AddGatewayKeyResult, error) {
	return p.AddGatewayKey(p.t.Context(), operator(), in)
}

// found is the name of the key's record, empty where none is.
func (p *play) found(key string) string {
	p.t.Helper()
	record, is, err := p.FindGatewayKey(p.t.Context(), key)
	if err != nil {
		p.t.Fatal(err)
	}
	if is != (record.Name != "") {
		p.t.Errorf("a record %q, and found is %v", record.Name, is)
	}
	return record.Name
}

// Keys follow each other without a moment in which none is accepted, and
// nothing that is kept shows one.
func TestGatewayKeysRotate(t *testing.T) {
	p := newPlay(t)
	first := must(p.addKey(provision.AddGatewayKey{Name: "first", Side: provision.FrontEnd}))(t)
	second := must(p.addKey(provision.AddGatewayKey{Name: "second", Side: provision.FrontEnd}))(t)
	if len(first.Key) != 64 || first.Key == second.Key {
		t.Errorf("keys %q and %q", first.Key, second.Key)
	}
	for key, want := range map[string]string{first.Key: "first", second.Key: "second", "": "",
		strings.ToUpper(first.Key): "", first.Key[:63]: "", first.Key + "0": "", string(first.Digest): ""} {
		if got := p.found(key); got != want {
			t.Errorf("%q is the key %q, want %q", key, got, want)
		}
	}
	page := must(p.ListGatewayKeys(t.Context(), provision.ListGatewayKeys{}))(t)
	kept := must(json.Marshal([]any{page, must(p.ListAuditEvents(t.Context(), provision.ListAuditEvents{}))(t)}))(t)
	if len(page.Records) != 2 || bytes.Contains(kept, []byte(first.Key)) {
		t.Errorf("%s", kept)
	}
	must(p.DeleteGatewayKey(t.Context(), operator(), "first"))(t)
	if p.found(first.Key) != "" || p.found(second.Key) != "second" {
		t.Error("after the deletion of the first key")
	}
}

func TestGatewayKeyRefusals(t *testing.T) {
	p := newPlay(t)
	must(p.addKey(provision.AddGatewayKey{Name: "lab", Side: provision.FrontEnd, Key: "public"}))(t)
	for _, c := range []struct {
		name string
		in   provision.AddGatewayKey
		want provision.Refusal
	}{
		{"no name", provision.AddGatewayKey{Side: provision.BackEnd}, provision.InvalidParameter},
		{"no side", provision.AddGatewayKey{Name: "x"}, provision.InvalidParameter},
		{"both sides", provision.AddGatewayKey{Name: "x", Side: "both"}, provision.InvalidParameter},
		{"the name again", provision.AddGatewayKey{Name: "lab", Side: provision.BackEnd}, provision.Exists},
		{"the key again", provision.AddGatewayKey{Name: "x", Side: provision.BackEnd, Key: "public"}, provision.Exists},
	} {
		_, err := p.addKey(c.in)
		if refusal, ok := errors.AsType[*provision.Error](err); !ok || refusal.Refusal != c.want || strings.Contains(refusal.Desc, "public") {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	_, err := p.DeleteGatewayKey(t.Context(), operator(), "x")
	wantRefusal(t, err, provision.NotFound)
}

// What nothing can open is found by a check.
func TestGatewayKeysAreChecked(t *testing.T) {
	p := newPlay(t)
	broken := provision.GatewayKey{Name: "broken", Side: "both", Digest: []byte("short")}
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Put(tx, provision.GatewayKeys, broken) }))(t)
	problems := must(provision.CheckRecords(t.Context(), p.Store, p.clock()))(t)
	if len(problems) != 2 || problems[0].Record != `gateway key "broken"` {
		t.Errorf("%v", problems)
	}
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Delete(tx, provision.GatewayKeys, "broken") }))(t)
}

// A component of the server's own doors is found by no peer's address.
func TestOwnDoor(t *testing.T) {
	p := newPlay(t)
	p.component("own", "0.0.0.0", "lab")
	id := p.mustRegister("user1").RegistrationID
	own := caller()
	own.ComponentType, own.RequestID = "own", "own"
	ask := func(c provision.Caller) error {
		_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), c, provision.DSAPPSRPGenerateEphemeralKey{RegistrationID: id, ClientEphemeralPublicKey: "2"})
		return err
	}
	wantRefusal(t, ask(own), provision.NoComponent)
	own.OwnDoor = true
	if err := ask(own); err != nil {
		t.Error(err)
	}
	own.ComponentType = caller().ComponentType
	wantRefusal(t, ask(own), provision.NoComponent)
	for componentType, want := range map[string]bool{"own": true, own.ComponentType: false, "none": false} {
		if got := must(p.HasOwnDoor(t.Context(), componentType))(t); got != want {
			t.Errorf("%s: own door %v, want %v", componentType, got, want)
		}
	}
	for _, event := range must(p.ListAuditEvents(t.Context(), provision.ListAuditEvents{RequestID: "own"}))(t).Records {
		if event.Address != own.Address.String() {
			t.Errorf("the audit has the address %s", event.Address)
		}
	}
}
