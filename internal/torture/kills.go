package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// kills kills the server under its clients, again and again.
func kills() campaign {
	return campaign{
		name:    "kills",
		about:   "kill -9 under load and while it starts: what was answered holds, and nothing counts twice",
		endless: true,
		run:     runKills,
		mutants: []mutant{
			answersEarly(),
			{"seals-nothing-left", []edit{{"internal/datafolder/audit.go", "\tif f.Shared == nil {\n\t\tf.sealEndedRuns(ctx)\n\t}\n\tf.retainAudit(ctx)", "\tf.retainAudit(ctx)"}}},
		},
	}
}

// answersEarly answers a group of commits before it is written.
func answersEarly() mutant {
	const commit = "\tif err := e.commit(tx); err != nil {"
	return mutant{"answers-early", []edit{{"store/bolt/commit.go", commit, "\tfor _, r := range group {\n\t\tr.done <- r.result\n\t}\n" + commit}}}
}

// lives is how often a server is killed on one data folder, before the next
// one begins: what is verified grows with each.
const lives = 10

func runKills(r *rig) error {
	killed, held := 0, 0
	for !r.enough(killed, lives) {
		k := killing{rig: r, clients: everybody(), ledger: newLedger()}
		err := k.prepare()
		for n := 0; err == nil && n < lives && !r.enough(killed, lives); n++ {
			err = k.live()
			killed++
		}
		if err == nil {
			err = k.last()
		}
		if err != nil {
			return err
		}
		held += k.ledger.size()
		if err := os.RemoveAll(k.dir); err != nil {
			return err
		}
	}
	r.say("%d kills, %d answers and steps held", killed, held)
	return nil
}

// killing is the kills on one data folder.
type killing struct {
	rig     *rig
	dir     string
	clients []client
	ledger  *ledger
}

func (k *killing) prepare() (err error) {
	if k.dir, err = k.rig.sample(cheapHashes()...); err != nil {
		return err
	}
	return prepare(context.Background(), k.dir, k.clients)
}

// live starts a server, verifies what the one before left, and kills it under
// load; now and then another one is killed while it starts.
func (k *killing) live() error {
	if rand.IntN(4) == 0 {
		starting, err := k.rig.start(k.rig.binary, "serve", "--dir", k.dir, "--addr", "127.0.0.1:0")
		if err != nil {
			return err
		}
		time.Sleep(rand.N(150 * time.Millisecond))
		starting.kill()
	}
	server, err := k.verified()
	if err != nil {
		return err
	}
	working, err := k.ledger.work(context.Background(), k.clients, server, k.dir)
	if err != nil {
		return err
	}
	time.Sleep(50*time.Millisecond + rand.N(400*time.Millisecond))
	return working.kill(server)
}

// last verifies what the last kill left, and that of a server that ends in
// peace.
func (k *killing) last() error {
	server, err := k.verified()
	if err != nil {
		return err
	}
	if err := server.terminate(); err != nil {
		return fmt.Errorf("%w: a server that was to end: %w: %s", errBroke, err, server.errors())
	}
	door, err := operators.Open(context.Background(), k.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return err
	}
	return errors.Join(k.verify(door), door.Close())
}

// verified serves the folder and verifies what is in it.
func (k *killing) verified(flags ...string) (*server, error) {
	server, err := k.rig.serve(k.dir, flags...)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not start any more: %w", errBroke, err)
	}
	door, err := operators.Open(context.Background(), k.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return nil, err
	}
	return server, errors.Join(k.verify(door), door.Close(), k.replay(server))
}

// verify compares the store with the ledger, waits until the audit is sealed,
// and checks all.
func (k *killing) verify(door *operators.Door) error {
	ctx := context.Background()
	if err := k.ledger.compare(ctx, door, k.clients); err != nil {
		return err
	}
	if err := sealed(ctx, door); err != nil {
		return err
	}
	return checked(ctx, door, nil)
}

// replay makes every client that can try to have its last step count twice.
func (k *killing) replay(server *server) error {
	s, err := newSession(k.ledger, server, k.dir, nil)
	if err != nil {
		return err
	}
	defer s.end()
	for _, c := range k.clients {
		if c, can := c.(replayer); can {
			if err := c.replay(context.Background(), s, k.ledger.done(c.(client).name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// patience is how long sealing may stand still while something is left to be
// sealed.
const patience = 12 * time.Second

// sealed waits until nothing is left to be sealed, as long as that gets on, and
// insists that the audit holds all the while.
func sealed(ctx context.Context, door *operators.Door) error {
	before, end := audit.Verification{}, time.Now().Add(patience)
	for ; ; time.Sleep(20 * time.Millisecond) {
		found, err := holds(ctx, door)
		switch {
		case err != nil || found.Unsealed == 0:
			return err
		case found.Seals != before.Seals || found.Unsealed != before.Unsealed:
			before, end = found, time.Now().Add(patience)
		case time.Now().After(end):
			return fmt.Errorf("%w: %d events of the audit are not sealed, and none was in %v", errBroke, found.Unsealed, patience)
		}
	}
}

// holds verifies the audit.
func holds(ctx context.Context, door *operators.Door) (audit.Verification, error) {
	found, err := door.VerifyAudit(ctx, admin.VerifyAudit{})
	if err == nil && len(found.Broken) > 0 {
		err = fmt.Errorf("%w: the audit: %d faults, the first at seal %s: %s", errBroke, len(found.Broken), found.Broken[0].SealKey, found.Broken[0].Fault)
	}
	return found, err
}

// checked checks the whole store, and insists that no problem is found but
// those that are expected; nil: none is.
func checked(ctx context.Context, door *operators.Door, expected func(admin.Problem) bool) error {
	found, err := door.Check(ctx)
	if err != nil {
		return err
	}
	for _, problem := range found.Problems {
		if expected == nil || !expected(problem) {
			return fmt.Errorf("%w: check: %d problems, such as: %s", errBroke, len(found.Problems), problem)
		}
	}
	return nil
}
