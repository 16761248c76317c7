package drafting

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// people is what the exchanges of a flow tell of users, by holder. It is known
// before the flow is written, as what comes last may say what came first: whether
// a password that was refused was a right one.
type people map[string]*person

// person is what a flow tells of a user.
type person struct {
	passwords []string // static ones that were right, in their order
	pins      []string // server PINs that were right before a one-time password
	keys      []string // API keys that were right
	serials   []string // authenticators that were used
	digits    int      // of one-time passwords that stood alone; 0: not known
	invented  string   // an authenticator, where the user has one that is not named

	by map[string]*letIn // by component type
}

// letIn is what a user was let in by where one policy holds.
type letIn struct {
	password bool // a static password was enough
	otp      bool // a one-time password was
	mode     string
}

// serial returns the authenticator of a user; empty: nothing tells of one.
func (p *person) serial() string {
	if len(p.serials) > 0 {
		return p.serials[0]
	}
	return p.invented
}

// The values of local authentication.
const (
	modeNone   = "None"
	modeOnly   = "Digipass Only"
	modeGrace  = "DIGIPASS/Password during Grace Period"
	modeEither = "DIGIPASS or Password"
)

// localAuthentication returns the setting under which all of it came so.
func (l *letIn) localAuthentication() string {
	switch {
	case l.mode == modeOnly && l.password:
		return modeGrace
	case l.mode != "":
		return l.mode
	}
	return modeEither
}

// at returns what a user was let in by under the policy of a component.
func (p *person) at(component string) *letIn {
	if p.by == nil {
		p.by = map[string]*letIn{}
	}
	if p.by[component] == nil {
		p.by[component] = &letIn{}
	}
	return p.by[component]
}

func (all people) of(holder string) *person {
	if all[holder] == nil {
		all[holder] = &person{}
	}
	return all[holder]
}

// invent gives a user an authenticator whose serial number no reply says.
func (all people) invent(p *person) {
	if p.invented != "" {
		return
	}
	n := 1
	for _, other := range all {
		if other.invented != "" {
			n++
		}
	}
	p.invented = fmt.Sprintf("AAA%07d", n)
}

// authenticatorStatuses are those that tell of an authenticator, where a one-time
// password was sent.
var authenticatorStatuses = []string{"STAT_SUCCESS", "STAT_OTP_INCORRECT", "STAT_LOCKED", "STAT_DPERROR", "STAT_LOCALAUTH"}

// learn takes what an exchange tells.
func (all people) learn(s sketch) {
	switch s.asked.door {
	case authentication, administration:
	case signing:
		p := all.of(s.holder())
		if s.granted() {
			p.serials = addedOnce(p.serials, s.answered.serialNumber)
		}
		if s.granted() || s.answered.statusName == "STAT_LOCKED" {
			all.invent(p)
		}
		return
	default:
		if s.granted() && s.asked.password != "" {
			all.of(s.holder()).right(s.asked.password)
		}
		return
	}
	if userID, _, key, ok := apiKey(s.asked.session); ok {
		if s.answered.statusName != "STAT_INVCREDENTIALS" && s.answered.statusName != "STAT_ADMIN_SESSION_STOPPED" {
			p := all.of(nameOf(userID))
			p.keys = addedOnce(p.keys, key)
		}
	}
	switch s.operation() {
	case "authUser", "logon":
		p := all.of(s.holder())
		p.login(s)
		if slices.Contains(authenticatorStatuses, s.answered.statusName) && p.credential(s).otp != "" {
			all.invent(p)
		}
	case "updatePassword":
		p := all.of(s.holder())
		if s.granted() {
			p.right(cmp.Or(s.asked.said["staticPassword"], s.asked.said["CREDFLD_PASSWORD"]))
			p.right(s.asked.said["CREDFLD_NEW_STATIC_PASSWORD"])
		}
	case "getSecureChallenge":
		if s.granted() {
			p := all.of(s.holder())
			p.serials = addedOnce(p.serials, s.answered.serialNumber)
		}
	}
}

func (p *person) right(password string) { p.passwords = addedOnce(p.passwords, password) }

func addedOnce(all []string, one string) []string {
	if one == "" || slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// login takes what a login tells.
func (p *person) login(s sketch) {
	c, at := p.credential(s), p.at(s.component())
	switch {
	case s.granted() && c.otp != "":
		at.otp = true
		p.serials = addedOnce(p.serials, s.answered.serialNumber)
		p.right(c.static)
		if !slices.Contains(p.pins, c.pin) {
			p.pins = append(p.pins, c.pin)
		}
		if p.digits == 0 && c.alone() {
			p.digits = len(c.otp)
		}
	case s.granted():
		p.right(c.static)
		at.password = true
		if at.otp && at.mode == "" {
			at.mode = modeEither
		}
	case s.answered.statusName == "STAT_GRACE_PERIOD_EXPIRED":
		p.right(c.static)
		at.mode = modeOnly
	case s.answered.statusName == "STAT_LOCALAUTH":
		at.mode = modeNone
	case s.answered.statusName == "STAT_DPERROR" && c.otp == "":
		p.right(c.static)
	case (s.answered.statusName == "STAT_LOCKED" || s.operation() == "logon" && s.status() == denied) && c.otp == "":
		p.right(c.static)
	}
}

// component returns the component type under which somebody logs in.
func (s sketch) component() string {
	if s.asked.door == administration {
		return administrationProgram
	}
	return s.asked.said["componentType"]
}

// credential is what somebody logs in by, in its parts.
type credential struct{ static, pin, otp string }

// alone reports whether a one-time password stands in its own text.
func (c credential) alone() bool { return c.otp != "" && c.static == "" && c.pin == "" }

// credential takes apart what an exchange is to be let in by.
func (p *person) credential(s sketch) credential {
	said := s.asked.said
	if said["CREDFLD_PASSWORD"] == "" {
		return credential{said["staticPassword"], said["CREDFLD_CURRENT_PIN"], said["response"]}
	}
	return p.split(said["CREDFLD_PASSWORD"], s)
}

// split takes a combined text apart, from the right as a server does. What is a PIN
// and what is a static password it tells by those that were right somewhere.
func (p *person) split(text string, s sketch) credential {
	tail := text[len(strings.TrimRight(text, "0123456789")):]
	byOTP := s.answered.serialNumber != "" || s.answered.resultCode != "" || s.answered.statusName == "STAT_OTP_INCORRECT" ||
		s.operation() == "logon" && tail == text // whose reply names no authenticator
	switch {
	case s.granted() && !byOTP, slices.Contains(p.passwords, text):
		return credential{static: text}
	case len(tail) < shortestOTP, !byOTP && len(tail) < len(text) && !p.startsWithPassword(text):
		return credential{static: text}
	}
	digits := cmp.Or(p.digits, shortestOTP)
	if p.digits == 0 && len(text) == len(tail) && len(tail) <= longestOTP {
		digits = len(tail)
	}
	if len(tail) < digits {
		return credential{static: text}
	}
	before, password := text[:len(text)-digits], ""
	for _, known := range p.passwords {
		if strings.HasPrefix(before, known) && len(known) > len(password) && digitsOnly.MatchString(before[len(known):]) {
			password = known
		}
	}
	for _, known := range p.pins {
		if password == "" && known != "" && strings.HasSuffix(before, known) {
			return credential{strings.TrimSuffix(before, known), known, text[len(text)-digits:]}
		}
	}
	if password != "" {
		return credential{password, before[len(password):], text[len(text)-digits:]}
	}
	if len(before) <= longestPIN && digitsOnly.MatchString(before) {
		return credential{"", before, text[len(text)-digits:]}
	}
	return credential{before, "", text[len(text)-digits:]}
}

func (p *person) startsWithPassword(text string) bool {
	return slices.ContainsFunc(p.passwords, func(known string) bool { return strings.HasPrefix(text, known) })
}

const (
	shortestOTP = 6
	longestOTP  = 8
	longestPIN  = 8
)

var digitsOnly = regexp.MustCompile(`^[0-9]*$`)
