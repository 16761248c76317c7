package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
)

// backlog makes more decisions in one run than can have been sealed when it is
// interrupted.
func backlog() campaign {
	return campaign{
		name:    "backlog",
		about:   "import up to a million users, interrupted, with and without a server: the audit holds",
		endless: true,
		run:     runBacklog,
		mutants: []mutant{
			{"ends-with-a-backlog", []edit{
				{"internal/operators/door.go", "opened.KeepSealing(beside)", "<-beside.Done()"},
				{"provision/audit_seal.go", "ends := final && !more && !s.chain.sealed", "ends := final && !s.chain.sealed"},
			}},
			// Sealing is too slow to keep up, and says nevertheless that it has.
			{"completes-beyond-a-backlog", []edit{
				{"provision/audit_seal.go", "maxSealed = 1000", "maxSealed = 1"},
				{"provision/audit_seal.go", "const lateness = 2 * time.Minute", "const lateness = time.Second"},
				{"provision/audit_chain.go", "if event.Time.Before(completeTo) {", "if false {"},
			}},
		},
	}
}

// million is how many users are imported at most in one run, and leg how long
// one takes at most, but for the last: that takes three quarters of the time.
const (
	million = 1_000_000
	leg     = 2500 * time.Millisecond
)

// importers has the program import 64 users at once: twice the number that Go
// takes for that of processors.
const importers = "GOMAXPROCS=32"

func runBacklog(r *rig) error {
	dir, err := r.sample(cheapHashes()...)
	if err != nil {
		return err
	}
	r.env = []string{importers}
	i := &importing{rig: r, dir: dir}
	began := time.Now()
	end, _ := r.ctx.Deadline()
	for i.legs < 2 || time.Since(began) < time.Until(end)/3 {
		if err := i.leg(rand.N(leg), rand.IntN(3) == 0, endings[rand.IntN(len(endings))]); err != nil {
			return err
		}
	}
	return i.leg(max(leg, time.Until(end)), false, killed)
}

// importing is the import of users into one folder, leg by leg.
type importing struct {
	rig  *rig
	dir  string
	legs int
}

// ending is how a leg ends.
type ending string

const (
	killed      ending = "killed"
	interrupted ending = "interrupted"
	both        ending = "interrupted and killed"
)

var endings = []ending{killed, interrupted, both}

// leg imports for a while, with a server or without, and verifies what its end
// leaves.
func (i *importing) leg(d time.Duration, served bool, e ending) error {
	i.legs++
	i.rig.say("leg %d: for %.1f s, with a server: %t, then %s", i.legs, d.Seconds(), served, e)
	var s *server
	var err error
	if served {
		if s, err = i.rig.serve(i.dir); err != nil {
			return fmt.Errorf("%w: it does not start any more: %w", errBroke, err)
		}
	}
	users, err := i.rig.feed(&userLines{leg: i.legs}, i.rig.binary, "user", "import", "--dir", i.dir, "-")
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- users.command.Wait() }()
	victim := users
	if served && rand.IntN(2) == 0 {
		victim = s.process
	}
	select {
	case err = <-ended:
		if err != nil {
			return fmt.Errorf("%w: the import failed: %w: %s", errBroke, err, users.errors())
		}
	case <-time.After(d):
		victim.end(e)
		<-ended // where the server was the victim, too
	}
	if served {
		s.kill()
	}
	return errors.Join(i.asLeft(), i.served())
}

// end ends a process, and does not wait for that.
func (p *process) end(e ending) {
	if e != killed {
		_ = p.command.Process.Signal(syscall.SIGINT)
	}
	if e == both {
		time.Sleep(rand.N(50 * time.Millisecond))
	}
	if e != interrupted {
		_ = p.command.Process.Kill()
	}
}

// asLeft verifies the audit before anybody else has sealed anything.
func (i *importing) asLeft() error {
	door, err := operators.Open(context.Background(), i.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return fmt.Errorf("%w: it does not open any more: %w", errBroke, err)
	}
	found, err := holds(context.Background(), door)
	if err == nil {
		i.rig.say("leg %d: %d events are sealed, %d are not", i.legs, found.Events, found.Unsealed)
	}
	return errors.Join(err, door.Close())
}

// served verifies all once a server has sealed the rest.
func (i *importing) served() error {
	s, err := i.rig.serve(i.dir)
	if err != nil {
		return fmt.Errorf("%w: it does not start any more: %w", errBroke, err)
	}
	door, err := operators.Open(context.Background(), i.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return err
	}
	if err = sealed(context.Background(), door); err == nil {
		err = checked(context.Background(), door, nil)
	}
	if err := errors.Join(err, door.Close()); err != nil {
		return err
	}
	if err := s.terminate(); err != nil {
		return fmt.Errorf("%w: a server that was to end: %w: %s", errBroke, err, s.errors())
	}
	return nil
}

// userLines are a million lines for an import.
type userLines struct {
	leg, made int
	rest      []byte
}

func (u *userLines) Read(b []byte) (int, error) {
	if len(u.rest) == 0 {
		if u.made == million {
			return 0, io.EOF
		}
		u.made++
		u.rest = fmt.Appendf(nil, `{"userID":"leg%d-%d","passwordHash":"$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B."}`+"\n", u.leg, u.made)
	}
	n := copy(b, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
