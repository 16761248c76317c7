package main

import (
	"errors"
	"fmt"
	"time"
)

// siege is an attack while good clients are served.
type siege struct {
	settings [][2]string // of settings.toml
	flags    []string    // of serve
	attacks  []string    // what each attacking process does

	// memory is the most, in MiB, that the server may hold; 0: it is not
	// looked at.
	memory int
}

// The windows in which the good clients are looked at, and how many more of
// them must be good than bad, or bad than good, for a decision.
const (
	window  = 1500 * time.Millisecond
	lead    = 3
	settled = 1500 * time.Millisecond // for which an attack goes on before anybody looks
)

// run looks at good clients without the attack and then with it, until windows
// of one kind lead, or the time is over. Where the attack seems to win, it ends,
// and good clients alone are looked at once more: if they get no more than under
// attack, something else on this machine is to blame, and all begins again.
func (s siege) run(r *rig) error {
	dir, err := r.sample(s.settings...)
	if err != nil {
		return err
	}
	server, err := r.serve(dir, s.flags...)
	if err != nil {
		return err
	}
	clients, err := befriend(server)
	if err != nil {
		return err
	}
	defer clients.end()
	clients.look(r, window/2) // until all is warm
	before := clients.look(r, window)
	for {
		r.say("alone: %v", before)
		if err := before.against(before); err != nil {
			return fmt.Errorf("good clients alone: %w", err)
		}
		attacking, err := r.attack(server, s.attacks)
		if err != nil {
			return err
		}
		worst, err := s.watch(r, server, clients, before)
		if worst == nil || err != nil {
			return err
		}
		for _, p := range attacking {
			p.kill()
		}
		r.wait(settled)
		after := clients.look(r, window)
		if fault := worst.against(after); fault != nil {
			return fmt.Errorf("%w: %w", errBroke, errors.Join(worst.against(before), fault))
		}
		if r.over() {
			return errors.New("good clients get no more without the attack: run this where nothing else runs")
		}
		before = after
	}
}

// watch looks at good clients under attack until it is decided, and returns a
// window in which they lacked something if the attack wins.
func (s siege) watch(r *rig, server *server, clients *good, before tally) (worst tally, err error) {
	r.wait(settled)
	score := 0
	for score < lead && score > -lead && !r.over() {
		now := clients.look(r, window)
		if r.over() {
			break
		}
		r.say("under attack: %v", now)
		if now.against(before) != nil {
			worst = now
			score--
		} else {
			score++
		}
		if err := s.checkMemory(r, server); err != nil {
			return nil, err
		}
	}
	switch {
	case score > 0 && (score == lead || worst != nil):
		return nil, nil
	case worst == nil:
		return nil, errors.New("the time was over before anything could be said: give it more minutes")
	}
	return worst, nil
}

// checkMemory finds a server broken that holds too much.
func (s siege) checkMemory(r *rig, server *server) error {
	now, most, err := server.memory()
	if err != nil {
		return fmt.Errorf("%w: the server has ended: %w: %s", errBroke, err, server.errors())
	}
	if s.memory > 0 {
		r.say("memory: %d MiB, at most %d", now, most)
	}
	if s.memory > 0 && most > s.memory {
		return fmt.Errorf("%w: it held %d MiB, and may hold %d", errBroke, most, s.memory)
	}
	return nil
}
