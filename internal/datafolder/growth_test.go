package datafolder

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// mostGrowth is what somebody without a password may add to the store in a day,
// in bytes.
const mostGrowth = 50e6

// used is how many bytes of its store a folder uses.
func used(t *testing.T, f *Folder) int64 {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(filepath.Join(f.Dir, storeName), 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var pages int
	err = db.View(func(tx *bbolt.Tx) error {
		stats := tx.Bucket([]byte("records")).Stats()
		pages = stats.LeafPageN + stats.BranchPageN + stats.LeafOverflowN + stats.BranchOverflowN
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return int64(pages * db.Info().PageSize)
}

// stranger asks, in every way that needs no password, from one of a hundred
// addresses.
func stranger(t *testing.T, service *provision.Service, n int) {
	t.Helper()
	caller := provision.Caller{ComponentType: "srp-component", Address: netip.AddrFrom4([4]byte{127, 0, 2, byte(n % 100)}), RequestID: fmt.Sprintf("%016x", n*0x9e3779b9)}
	long := strings.Repeat(`"`, 250)
	var err error
	switch n % 6 {
	case 0:
		caller.Address, caller.ComponentType = netip.AddrFrom4([4]byte{198, 51, 100, byte(n)}), ""
		err = service.Admit(t.Context(), caller)
	case 1:
		caller.ComponentType = long
		_, err = service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{UserID: long, Domain: long, StaticPassword: "x"})
	case 2:
		_, err = service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "x"})
	case 3:
		caller.ComponentType, caller.OwnDoor = DefaultSettings().Console.ComponentType, true
		_, err = service.SelfSignIn(t.Context(), caller, provision.SignIn{UserID: long, StaticPassword: "x"})
	case 4:
		caller.ComponentType, caller.OwnDoor = DefaultSettings().Gateway.ComponentType, true
		_, err = service.DSAPPSRPGenerateEphemeralKey(t.Context(), caller, provision.DSAPPSRPGenerateEphemeralKey{RegistrationID: long})
	case 5:
		caller.ComponentType, caller.OwnDoor = DefaultSettings().Gateway.ComponentType, true
		err = service.UpdateDevicePNID(t.Context(), caller, provision.UpdateDevicePNID{
			Possession: provision.Possession{UserID: "user1", SerialNumber: "VDS0000001"}, DevicePNID: fmt.Sprintf("%08x", n)})
		if err == nil {
			return
		}
	}
	if err == nil {
		t.Fatalf("request %d was granted", n)
	}
}

// TestGrowthByStrangers spends what strangers, and callers at addresses that are
// known, may add at once. A day brings as much again, and an event a minute for
// which there is always room. Every request is in an event or in a sum.
func TestGrowthByStrangers(t *testing.T) {
	t.Parallel()
	opened, c := sampleFolder(t)
	before := used(t, opened)
	f, err := Open(t.Context(), opened.Dir, Source{Now: c.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	const share = 16 // of what may be added, for the test's time
	f.Service.FreeBytes /= share
	f.Service.Known = func(address netip.Addr) bool { return address.As4()[3]%2 == 0 }
	asked := 0
	for range 6 {
		for range 200 {
			stranger(t, f.Service, asked)
			if asked++; asked%5 == 0 {
				if err := f.Service.Audit.Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.noteTallied(t.Context())
		c.wait(time.Minute)
	}
	f.FinishTallied(t.Context())
	counted, events := 0, allEvents(t, f.Service)
	for _, event := range events {
		counted += max(1, event.Times)
	}
	if counted != asked {
		t.Errorf("the audit has %d of %d requests", counted, asked)
	}
	grown := used(t, f) - before
	day := 2*share*grown + 24*60*grown/int64(len(events))
	t.Logf("%d requests made %d events, of %d bytes each: %.1f MB a day at most", asked, len(events), grown/int64(len(events)), float64(day)/1e6)
	if float64(day) > mostGrowth {
		t.Errorf("strangers add %.1f MB a day; want %.0f at most", float64(day)/1e6, mostGrowth/1e6)
	}
}

func allEvents(t *testing.T, service *provision.Service) (all []audit.Event) {
	t.Helper()
	err := service.Store.View(t.Context(), func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{Run: service.Audit.Run}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			all = append(all, event)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
