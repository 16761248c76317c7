package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/phone"
)

// soak does to one folder what happens to it in months, in an order that a seed
// draws, under clients of every door.
func soak() campaign {
	return campaign{
		name:       "soak",
		about:      "what happens in months, in random order, under load: what was answered holds, and all verifies",
		endless:    true,
		run:        runSoak,
		instrument: steppedClock(),
		mutants: []mutant{
			answersEarly(),
			{"drops-keys-early", []edit{{"internal/provision/key_reseal.go", "\t\tif err := s.resealPass(ctx, keys); err != nil {", "\t\tif err := error(nil); err != nil {"}}},
			{"trusts-the-clock", []edit{{"internal/audit/chain.go", "\tif at.Before(c.complete) {", "\tif false {"}}},
		},
	}
}

// clockVariable names the file that says by how many seconds the clock is off.
const clockVariable = "DSAPPD_TORTURE_CLOCK"

// steppedClock gives the program a clock that a file steps.
func steppedClock() []edit {
	return []edit{
		{"internal/datafolder/folder.go", "\t\ts.Now = time.Now\n", "\t\ts.Now = steppedNow\n"},
		{"internal/datafolder/stepped_clock.go", "", `package datafolder

import (
	"os"
	"strconv"
	"time"
)

func steppedNow() time.Time {
	text, _ := os.ReadFile(os.Getenv("` + clockVariable + `"))
	seconds, _ := strconv.Atoi(string(text))
	return time.Now().Add(time.Duration(seconds) * time.Second)
}
`},
	}
}

// soaking is one folder and what happens to it.
type soaking struct {
	*killing
	random *rand.Rand
	clock  string         // the file that steps the clock
	kept   *kept          // nil: there is no backup yet
	done   map[string]int // deeds
	files  int            // that were named
}

// kept is a backup that was made while nothing happened, and what clients had done.
type kept struct {
	file, key string
	steps     map[string]steps
	decided   map[string]bool
	phones    []phone.State // of the devices
}

// deed is one thing that happens to a server under load. It returns how the server
// ended.
type deed struct {
	name string
	do   func(*soaking, *server, *load) error
}

func deeds() []deed {
	return []deed{
		{"kill", (*soaking).kill},
		{"terminate", (*soaking).end},
		{"backup", (*soaking).backUp},
		{"restore", (*soaking).restore},
		{"rotate keys", (*soaking).rotate},
		{"renew certificate", (*soaking).renew},
		{"step clock", (*soaking).step},
		{"no room", (*soaking).noRoom},
	}
}

func runSoak(r *rig) error {
	seed := r.seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	r.say("seed %d", seed)
	s := &soaking{random: rand.New(rand.NewPCG(seed, 0)), clock: filepath.Join(r.dir, "clock"), done: make(map[string]int),
		killing: &killing{rig: r, clients: everybody(), ledger: newLedger()}}
	r.env = append(r.env, clockVariable+"="+s.clock)
	if err := errors.Join(s.prepare(), s.longLives()); err != nil {
		return err
	}
	all := deeds()
	for lived := 0; !r.enough(lived, len(all)); {
		for _, at := range s.random.Perm(len(all)) {
			if r.enough(lived, len(all)) {
				break
			}
			if err := s.live(all[at]); err != nil {
				return fmt.Errorf("%s, with seed %d: %w", all[at].name, seed, err)
			}
			lived++
		}
	}
	if err := s.last(); err != nil {
		return err
	}
	r.say("%v, %d answers and steps held", s.done, s.ledger.size())
	return nil
}

// longLives has registrations outlive whatever the clock does.
func (s *soaking) longLives() error {
	door, err := operators.Open(context.Background(), s.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return err
	}
	for _, policy := range []string{"lab", "lab-mdl"} {
		if err == nil {
			_, err = door.SetPolicy(context.Background(), provision.SetPolicy{Name: policy, Set: []byte(`{"RegistrationMinutes": 10080, "MessageMinutes": 10080}`)})
		}
	}
	return errors.Join(err, door.Close())
}

// live verifies what there is, keeps a backup of it now and then, and has
// something happen under load.
func (s *soaking) live(d deed) error {
	server, err := s.verified("--tls")
	if err != nil {
		return err
	}
	if s.kept == nil || s.random.IntN(3) == 0 {
		if err := s.keep(); err != nil {
			return err
		}
	}
	working, err := s.ledger.work(context.Background(), s.clients, server, s.dir)
	if err != nil {
		return err
	}
	time.Sleep(100*time.Millisecond + time.Duration(s.random.IntN(400))*time.Millisecond)
	s.done[d.name]++
	return d.do(s, server, working)
}

func (s *soaking) kill(server *server, working *load) error { return working.kill(server) }

// end asks the server to end: clients see connections break and last refusals.
func (s *soaking) end(server *server, working *load) error {
	working.disturbed.Store(true)
	err := server.terminate()
	working.working.Wait()
	if err != nil {
		err = fmt.Errorf("%w: a server that was to end: %w: %s", errBroke, err, server.errors())
	}
	return errors.Join(append(working.failed, err)...)
}

// order runs a command of the program.
func (s *soaking) order(args ...string) error {
	command := exec.Command(s.rig.binary, args...)
	command.Env = append(os.Environ(), s.rig.env...)
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: dsappd %v: %w: %s", errBroke, args, err, out)
	}
	return nil
}

// name makes the name of a new file.
func (s *soaking) name(what string) string {
	s.files++
	return filepath.Join(s.rig.dir, fmt.Sprintf("%s-%d", what, s.files))
}

// backUp backs up under load, and has the copy verified record by record.
func (s *soaking) backUp(server *server, working *load) error {
	file := s.name("hot")
	defer os.Remove(file)
	err := s.order("backup", "--dir", s.dir, file)
	if err == nil {
		err = s.order("restore", "--verify", "--key-file", filepath.Join(s.dir, "master.key"), file)
	}
	return errors.Join(err, working.kill(server))
}

// keep backs up while nothing happens.
func (s *soaking) keep() error {
	k := &kept{file: s.name("kept"), key: s.name("kept-key")}
	if err := s.order("backup", "--dir", s.dir, k.file); err != nil {
		return err
	}
	key, err := os.ReadFile(filepath.Join(s.dir, "master.key"))
	if err == nil {
		err = os.WriteFile(k.key, key, 0o600)
	}
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	k.steps, k.decided = maps.Clone(s.ledger.steps), maps.Clone(s.ledger.decided)
	for _, c := range s.clients {
		if d, is := c.(*device); is {
			k.phones = append(k.phones, d.state)
		}
	}
	if s.kept != nil {
		err = errors.Join(err, os.Remove(s.kept.file), os.Remove(s.kept.key))
	}
	s.kept = k
	return err
}

// restore kills the server and goes back to the backup: what was decided since is
// lost, and nothing else.
func (s *soaking) restore(server *server, working *load) error {
	if err := working.kill(server); err != nil {
		return err
	}
	if err := s.order("restore", "--dir", s.dir, "--key-file", s.kept.key, s.kept.file); err != nil {
		return err
	}
	replaced, err := filepath.Glob(s.dir + ".before-restore.*")
	for _, folder := range replaced {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	s.ledger.steps, s.ledger.decided = maps.Clone(s.kept.steps), maps.Clone(s.kept.decided)
	at := 0
	for _, c := range s.clients {
		if d, is := c.(*device); is {
			d.state = s.kept.phones[at]
			at++
		}
	}
	return err
}

// rotate makes new keys under load. Now and then the server is killed meanwhile.
func (s *soaking) rotate(server *server, working *load) error {
	if s.random.IntN(2) == 0 {
		err := s.order("key", "rotate", "--dir", s.dir)
		return errors.Join(err, working.kill(server))
	}
	rotating, err := s.rig.start(s.rig.binary, "key", "rotate", "--dir", s.dir)
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(s.random.IntN(100)) * time.Millisecond)
	err = working.kill(server)
	rotating.kill()
	return err
}

// renew has the server take a new certificate, which clients trust by the same CA.
func (s *soaking) renew(server *server, working *load) error {
	err := s.order("tls", "renew", "--dir", s.dir)
	if err == nil {
		err = server.command.Process.Signal(syscall.SIGHUP)
	}
	time.Sleep(100 * time.Millisecond)
	return errors.Join(err, working.kill(server))
}

// step sets the clock right, waits for a seal, sets it back by up to twenty minutes,
// and kills the server, as a rule before the next seal.
func (s *soaking) step(server *server, working *load) error {
	for _, at := range []struct{ back, wait int }{{0, 1300}, {600 + s.random.IntN(600), 50 + s.random.IntN(700)}} {
		if err := os.WriteFile(s.clock, []byte(strconv.Itoa(-at.back)), 0o600); err != nil {
			return err
		}
		time.Sleep(time.Duration(at.wait) * time.Millisecond)
	}
	return working.kill(server)
}

// noRoom has the server find no room to write, and then find some again: clients
// are refused, and what they go on with holds.
func (s *soaking) noRoom(server *server, working *load) error {
	working.disturbed.Store(true)
	least, all := unix.Rlimit{Cur: 64 << 10, Max: unix.RLIM_INFINITY}, unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(server.command.Process.Pid, unix.RLIMIT_FSIZE, &least, nil); err != nil {
		return fmt.Errorf("limit the files of the server: %w", err)
	}
	working.working.Wait() // each client ends with its first refusal
	if err := unix.Prlimit(server.command.Process.Pid, unix.RLIMIT_FSIZE, &all, nil); err != nil {
		return fmt.Errorf("limit the files of the server: %w", err)
	}
	if len(working.failed) > 0 {
		return errors.Join(working.failed...)
	}
	door, err := operators.Open(context.Background(), s.dir, operators.Config{Operator: "torture"})
	if err != nil {
		return err
	}
	if err := errors.Join(s.verify(door), door.Close()); err != nil {
		return err
	}
	again, err := s.ledger.work(context.Background(), s.clients, server, s.dir)
	if err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond)
	return again.kill(server)
}

// trusting is how clients trust a server by its CA; nil: it speaks no TLS.
func trusting(server *server) (*tls.Config, error) {
	if server.ca == "" {
		return nil, nil
	}
	text, err := os.ReadFile(server.ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", server.ca)
	}
	return &tls.Config{RootCAs: pool}, nil
}
