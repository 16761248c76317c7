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
	window  = 2 * time.Second
	lead    = 3
	settled = 2 * time.Second // for which an attack goes on before anybody looks
)

// run looks at good clients without the attack and then with it, until windows
// of one kind lead, or the time is over.
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
	r.say("alone: %v", before)
	if err := before.against(before); err != nil {
		return fmt.Errorf("good clients alone: %w", err)
	}
	if err := r.attack(server, s.attacks); err != nil {
		return err
	}
	r.wait(settled)
	score := 0
	var wanting error
	for score < lead && score > -lead && !r.over() {
		now := clients.look(r, window)
		if r.over() {
			break
		}
		r.say("under attack: %v", now)
		if fault := now.against(before); fault != nil {
			wanting = fault
			score--
		} else {
			score++
		}
		if err := s.checkMemory(r, server); err != nil {
			return err
		}
	}
	if wanting == nil && score < lead {
		return errors.New("the time was over before anything could be said: give it more minutes")
	}
	if score <= 0 {
		return fmt.Errorf("%w: %w", errBroke, wanting)
	}
	return nil
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
