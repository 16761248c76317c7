package provision_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// costing has the service run on with this cost of a hash.
func (p *play) costing(memoryKiB, passes uint32) {
	p.t.Helper()
	cost := passwords.Cost{MemoryKiB: memoryKiB, Time: passes, Parallelism: 1}
	p.Passwords = must(passwords.New(cost, 1, 0, rand.Reader))(p.t)
}

func TestRightPasswordRenewsACheaperHash(t *testing.T) {
	for name, c := range map[string]struct {
		memoryKiB, passes uint32
		want              string
	}{
		"more memory":             {32, 2, "m=32,t=2,p=1"},
		"more passes":             {16, 3, "m=16,t=3,p=1"},
		"the same":                {16, 2, "m=16,t=2,p=1"},
		"less memory":             {8, 2, "m=16,t=2,p=1"},
		"fewer passes":            {16, 1, "m=16,t=2,p=1"},
		"more memory, fewer pass": {64, 1, "m=16,t=2,p=1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t)
			p.costing(16, 2)
			p.user("user3", "VDS1000142", hotp())
			before := p.account("user3").PasswordHash
			p.costing(c.memoryKiB, c.passes)
			p.mustRegister("user3")
			after := p.account("user3").PasswordHash
			if !strings.HasPrefix(after, "$argon2id$v=19$"+c.want+"$") {
				t.Errorf("the hash is now at %.30s, want %s", after, c.want)
			}
			if kept := c.want == "m=16,t=2,p=1"; kept != (after == before) {
				t.Errorf("kept %t, want %t", after == before, kept)
			}
			p.mustRegister("user3")
			if again := p.account("user3").PasswordHash; again != after {
				t.Error("made anew a second time")
			}
		})
	}
}

func TestOnlyAnAdmittedUserIsRenewed(t *testing.T) {
	p := newPlay(t)
	before := p.account("user1").PasswordHash
	p.costing(16, 1)
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: "user1", Domain: "master", StaticPassword: "Password3"})
	p.refused(err, 1000)
	must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	_, err = p.register("user1")
	p.refused(err, 1000)
	if p.account("user1").PasswordHash != before {
		t.Error("a refused user's hash was made anew")
	}
}

// A refusal for another reason does not undo what the right password earned.
func TestRenewedThoughRefused(t *testing.T) {
	p := newPlay(t)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "bare", StaticPassword: "Password2"}))(t)
	p.costing(16, 1)
	_, err := p.register("bare")
	p.refused(err, -13)
	if hash := p.account("bare").PasswordHash; !strings.Contains(hash, "$m=16,t=1,p=1$") {
		t.Errorf("the hash is still at %.30s", hash)
	}
}

func TestRenewedOnceHoweverOftenTheRecordMoved(t *testing.T) {
	p := newPlay(t)
	salts := 0
	p.Passwords = must(passwords.New(passwords.Cost{MemoryKiB: 16, Time: 1, Parallelism: 1}, 1, 0, onRead(func() { salts++ })))(t)
	salts = 0
	records := p.Store
	p.interpose(3, func() {
		must(0, records.Update(t.Context(), func(tx *store.Tx) error {
			u, err := store.Get(tx, provision.Users, provision.UserKey{Domain: "master", UserID: "user1"})
			if err != nil {
				return err
			}
			u.OrgUnit += "x"
			return provision.PutUser(tx, u)
		}))(t)
	})
	p.mustRegister("user1")
	p.keepIn(records)
	if salts != 1 {
		t.Errorf("%d hashes were made, want 1", salts)
	}
	u := p.account("user1")
	if u.OrgUnit != "xxx" || !strings.Contains(u.PasswordHash, "$m=16,t=1,p=1$") {
		t.Errorf("unit %q and a hash at %.30s", u.OrgUnit, u.PasswordHash)
	}
}

// onRead does something whenever a salt is drawn.
type onRead func()

func (do onRead) Read(b []byte) (int, error) {
	do()
	return rand.Read(b)
}

// The only place is taken between the check, which has left it, and the new
// hash, whose salt is drawn before it queues.
func TestFullQueueLeavesTheHashForTheNextTime(t *testing.T) {
	p := newPlay(t)
	before := p.account("user1").PasswordHash
	salt := func() {}
	cost := passwords.Cost{MemoryKiB: 16, Time: 1, Parallelism: 1}
	p.Passwords = must(passwords.New(cost, 1, 0, onRead(func() { salt() })))(t)
	var leave func()
	salt = func() { leave = must(p.Passwords.Enter(t.Context(), passwords.Share{Door: "test"}))(t) }
	p.mustRegister("user1")
	if p.account("user1").PasswordHash != before {
		t.Error("the hash was made anew though the queue was full")
	}
	leave()
	salt = func() {}
	p.mustRegister("user1")
	if p.account("user1").PasswordHash == before {
		t.Error("the hash was not made anew the next time")
	}
}
