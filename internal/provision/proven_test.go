package provision_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/dsappd/dsappd/oath"

	"github.com/dsappd/dsappd/internal/provision"
)

// Only a caller who has proved to know a secret is told of.
func TestProven(t *testing.T) {
	p := newPlay(t)
	var told []netip.Addr
	p.Proven = func(address netip.Addr) { told = append(told, address) }
	ctx := t.Context()
	if _, err := p.DSAPPSRPRegister(ctx, caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"}); err == nil {
		t.Error("a wrong password is right")
	}
	must(p.GetAppUpgradeInfo(ctx, caller(), provision.Possession{UserID: "user1", SerialNumber: "VDS1000140"}))(t)
	must(p.ShowUser(ctx, provision.NameUser{UserID: "user1", Domain: "master"}))(t)
	p.user("user7", "VDS1000147", oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	if len(told) != 0 {
		t.Errorf("told of %v, who proved nothing", told)
	}
	p.mustRegister("user1")
	if want := []netip.Addr{caller().Address}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}
