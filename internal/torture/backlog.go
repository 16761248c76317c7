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
				{"internal/audit/sealing.go", "ends := final && !more && !l.chain.sealed", "ends := final && !l.chain.sealed"},
			}},
			// Sealing is too slow to keep up, and says nevertheless that it has.
			{"completes-beyond-a-backlog", []edit{
				{"internal/audit/sealing.go", "maxSealed = 1000", "maxSealed = 1"},
				{"internal/audit/sealing.go", "const lateness = 2 * time.Minute", "const lateness = time.Second"},
				{"internal/audit/chain.go", "if event.Time.Before(completeTo) {", "if false {"},
			}},
		},
	}
}

// million is how many users are imported at most in one run. There are so many
// legs at least. Each goes on until so many users have been read, and for so
// long; the last one takes three quarters of the time.
const (
	million   = 1_000_000
	leastLegs = 3
	leastRead = 3000
	leastTime = 1200 * time.Millisecond
)

func runBacklog(r *rig) error {
	dir, err := r.sample(cheapHashes()...)
	if err != nil {
		return err
	}
	i := &importing{rig: r, dir: dir}
	began := time.Now()
	end, _ := r.ctx.Deadline()
	for i.legs < leastLegs || time.Since(began) < time.Until(end)/3 {
		e := endings[i.legs%len(endings)]
		if err := i.leg(e, leastTime+rand.N(leastTime)); err != nil {
			return err
		}
		if i.legs%leastLegs > 0 {
			continue
		}
		if err := i.prune(); err != nil {
			return err
		}
	}
	return i.leg(ending{how: killed}, time.Until(end))
}

// importing is the import of users into one folder, leg by leg.
type importing struct {
	rig  *rig
	dir  string
	legs int
}

// ending is how a leg ends.
type ending struct {
	how    string
	served bool // the import asks a server
	server bool // which is what ends
}

// The ways to end a process.
const (
	killed      = "killed"
	interrupted = "interrupted"
	both        = "interrupted and killed"
)

func (e ending) String() string {
	switch {
	case e.server:
		return "its server " + e.how
	case e.served:
		return "with a server, " + e.how
	}
	return e.how
}

var endings = []ending{
	{how: killed}, {how: interrupted}, {how: killed, served: true, server: true},
	{how: both}, {how: killed, served: true}, {how: interrupted, served: true, server: true},
}

// leg imports for a while, and verifies what its end leaves.
func (i *importing) leg(e ending, d time.Duration) error {
	i.legs++
	var s *server
	var err error
	if e.served {
		if s, err = i.rig.serve(i.dir); err != nil {
			return fmt.Errorf("%w: it does not start any more: %w", errBroke, err)
		}
	}
	lines := &userLines{leg: i.legs, enough: make(chan struct{})}
	users, err := i.rig.feed(lines, i.rig.binary, "user", "import", "--dir", i.dir, "--continue", "--rows", "1", "--jobs", "64", "-") // an event a user
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- users.command.Wait() }()
	least := time.After(d)
	select {
	case <-lines.enough:
	case err = <-ended:
		return fmt.Errorf("%w: the import failed: %w: %s", errBroke, err, users.errors())
	}
	select {
	case <-least:
		victim := users
		if e.server {
			victim = s.process
		}
		victim.end(e.how)
		<-ended // where its server was the victim, too
	case err = <-ended: // all have been imported
		if err != nil {
			return fmt.Errorf("%w: the import failed: %w: %s", errBroke, err, users.errors())
		}
	}
	if e.served {
		s.kill()
	}
	return errors.Join(i.asLeft(e.String()), i.served())
}

// prune removes what is sealed, and is killed on the way.
func (i *importing) prune() error {
	pruning, err := i.rig.start(i.rig.binary, "audit", "prune", "--dir", i.dir, "--older-than", "1s")
	if err != nil {
		return err
	}
	time.Sleep(rand.N(time.Second))
	pruning.kill()
	return errors.Join(i.asLeft("pruned, and that killed"), i.served())
}

// end ends a process, and does not wait for that.
func (p *process) end(how string) {
	if how != killed {
		_ = p.command.Process.Signal(syscall.SIGINT)
	}
	if how == both {
		time.Sleep(rand.N(50 * time.Millisecond))
	}
	if how != interrupted {
		_ = p.command.Process.Kill()
	}
}

// asLeft verifies the audit before anybody else has sealed anything.
func (i *importing) asLeft(how string) error {
	door, err := operators.Open(context.Background(), i.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return fmt.Errorf("%w: it does not open any more: %w", errBroke, err)
	}
	found, err := holds(context.Background(), door)
	if err == nil {
		i.rig.say("leg %d, %s: %d events are sealed, %d are not", i.legs, how, found.Events, found.Unsealed)
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
	leg    int
	enough chan struct{} // closed when leastRead have been read

	made int
	rest []byte
}

func (u *userLines) Read(b []byte) (int, error) {
	if len(u.rest) == 0 {
		switch u.made {
		case leastRead:
			close(u.enough)
		case million:
			return 0, io.EOF
		}
		u.made++
		u.rest = fmt.Appendf(nil, `{"userID":"leg%d-%d","passwordHash":"$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B."}`+"\n", u.leg, u.made)
	}
	n := copy(b, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
