package console

import (
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// phase is which part of a registration's page is shown.
type phase string

const (
	open      phase = "open"
	activated phase = "activated"
	closed    phase = "closed"
	expired   phase = "expired"
)

// status is how far a registration has come, in the words of its page: what
// the page is made with, and what its stream brings.
type status struct {
	Phase        phase  `json:"phase"`
	Title        string `json:"title"`
	Step         int    `json:"step"`      // how many are done
	Remaining    int    `json:"remaining"` // seconds of the lifetime
	SerialNumber string `json:"serialNumber"`
	Trouble      string `json:"trouble"` // empty: none
	Because      string `json:"because"` // why it was closed, in a sentence
	Says         string `json:"says"`    // what a screen reader is told
}

func newStatus(p provision.Progress) status {
	s := status{
		Phase: phaseOf(p), Step: stepsDone(p), SerialNumber: p.SerialNumber,
		Remaining: int((p.Remaining + time.Second - 1) / time.Second), Trouble: trouble(p),
	}
	if s.Phase == closed {
		s.Because = closedWords(p.ClosedBecause)
	}
	s.Title, s.Says = words(s, p)
	return s
}

// ExpiresIn says the rest of the lifetime in words.
func (s status) ExpiresIn() string { return inWords(time.Duration(s.Remaining) * time.Second) }

func phaseOf(p provision.Progress) phase {
	switch {
	case p.State == provision.Activated:
		return activated
	case p.State == provision.Closed:
		return closed
	case p.Expired:
		return expired
	}
	return open
}

// stepsDone counts steps in the order of steps.
func stepsDone(p provision.Progress) int {
	switch p.State {
	case provision.KeyExchanged:
		return 1
	case provision.DataIssued:
		return 2
	case provision.DeviceAdded:
		return 3
	case provision.Activated:
		return len(steps(p.MDL, 0))
	}
	return 0
}

func trouble(p provision.Progress) string {
	switch {
	case p.Attempts == 0 || p.Ended():
		return ""
	case p.Attempts == 1:
		return "The phone sent something wrong. Try again on the phone, or start over."
	}
	return fmt.Sprintf("The phone sent something wrong %d times. Start over with a new code.", p.Attempts)
}

func words(s status, p provision.Progress) (title, says string) {
	switch s.Phase {
	case activated:
		return "Your phone is activated", "Your phone is activated."
	case closed:
		return "This setup has ended", "This setup has ended. " + s.Because
	case expired:
		return "The code has expired", "The code has expired. You can get a new one."
	}
	switch p.State {
	case provision.KeyExchanged:
		says = "Your phone has scanned the code."
	case provision.DataIssued:
		says = "Your phone has received its data. Continue there."
	case provision.DeviceAdded:
		says = "Your phone has been added. Continue there."
	}
	if s.Trouble != "" {
		says = s.Trouble
	}
	return "Set up your phone", says
}

// step is one that a person or the phone takes.
type step struct {
	Words         string
	Done, Current bool
}

// steps lists the steps of a registration, of which some are done.
func steps(mdl bool, done int) []step {
	all := []step{{Words: "Scan the code with the app on your phone"}, {Words: "Phone connects securely"}}
	if mdl {
		all = append(all, step{Words: "Phone is added to your phones"})
	}
	all = append(all, step{Words: "Choose a PIN on the phone to finish"})
	for i := range all {
		all[i].Done, all[i].Current = i < done, i == done
	}
	return all
}

// hasEnded reports whether a cancel came too late.
func hasEnded(err error) bool {
	refusal, refused := errors.AsType[*provision.Error](err)
	return refused && refusal.Refusal == provision.OutOfOrder
}
