package provision_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// TestFieldsAreComplete has a record of every kind keep each of its members:
// one that has no line in the kind's list of fields would be lost.
func TestFieldsAreComplete(t *testing.T) {
	tests := map[string]func(*testing.T){
		"domain":             keepsAll(provision.Domains),
		"user":               keepsAll(provision.Users),
		"authenticator":      keepsAll(provision.Authenticators),
		"registration":       keepsAll(provision.Registrations),
		"component":          keepsAll(provision.Components),
		"policy":             keepsAll(provision.Policies),
		"audit":              keepsAll(audit.Events),
		"auditrequest":       keepsAll(audit.Requests),
		"auditseal":          keepsAll(audit.Seals),
		"auditrun":           keepsAll(audit.Runs),
		"auditanchor":        keepsAll(audit.Anchors),
		"auditfollower":      keepsAll(audit.Followers),
		"keycheck":           keepsAll(provision.KeyChecks),
		"expiry":             keepsAll(provision.Expiries),
		"pastexpiry":         keepsAll(provision.PastExpiries),
		"free":               keepsAll(provision.FreeAuthenticators),
		"stranger":           keepsAll(provision.Strangers),
		"gatewaykey":         keepsAll(provision.GatewayKeys),
		"platformkey":        keepsAll(provision.PlatformKeys),
		"operatorkey":        keepsAll(provision.OperatorKeys),
		"challenge":          keepsAll(provision.Challenges),
		"administrator":      keepsAll(provision.Administrators),
		"adminsession":       keepsAll(provision.AdminSessions),
		"userindex":          keepsAll(provision.UserIndex),
		"authenticatorindex": keepsAll(provision.AuthenticatorIndex),
		"orgunit":            keepsAll(provision.OrgUnits),
		"userattribute":      keepsAll(provision.UserAttributes),
		"reply":              keepsAll(provision.Replies),
		"replyexpiry":        keepsAll(provision.ReplyExpiries),
		"version":            keepsAll(store.Versions),
	}
	if want := len(provision.Kinds()); len(tests) != want {
		t.Errorf("%d kinds are tested, and there are %d", len(tests), want)
	}
	for name, test := range tests {
		t.Run(name, test)
	}
}

func keepsAll[K, R any](kind store.Kind[K, R]) func(*testing.T) {
	return func(t *testing.T) {
		var whole R
		n := 0
		fill(reflect.ValueOf(&whole).Elem(), &n)
		kept := putAndGet(t, kind, whole)
		if diff := cmp.Diff(whole, kept, cmpopts.IgnoreTypes(store.Revised{}), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Errorf("%s (-put +got), which its fields do not list:\n%s", kind.Name, diff)
		}
	}
}

func putAndGet[K, R any](t *testing.T, kind store.Kind[K, R], record R) R {
	t.Helper()
	records := store.New(&memory.Engine{}, []byte("record key"))
	defer records.Close()
	if err := records.Update(t.Context(), func(tx *store.Tx) error { return store.Put(tx, kind, record) }); err != nil {
		t.Fatal(err)
	}
	var kept R
	err := records.View(t.Context(), func(v *store.View) (err error) {
		kept, err = store.Get(v, kind, kind.KeyOf(record))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// fill sets every member of a record, each to another value.
func fill(v reflect.Value, n *int) {
	*n++
	switch value := v.Addr().Interface().(type) {
	case *store.Revised:
		return
	case *time.Time:
		*value = time.Date(2026, 11, 1, 0, 0, *n, 123456789+*n, time.UTC)
		return
	case *netip.Prefix:
		*value = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(*n), 0}), 24)
		return
	case *json.RawMessage:
		*value = fmt.Appendf(nil, `{"n":%d}`, *n)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.String:
		v.SetString(fmt.Sprint("text", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(-int64(*n))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 251))
	default:
		panic("no value for a member of type " + v.Type().String())
	}
}
