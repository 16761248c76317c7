package drafting

import (
	"cmp"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"
)

// decree is what an administrator has done to a user or an authenticator in another
// transcript. In this one it becomes the order of an operator.
type decree struct {
	words        []string // user unlock, or authenticator set-pin
	userID       string
	domain       string
	serial       string
	password     string
	pin          string
	until        string // when the user expires
	ofMembership bool   // of an authenticator with a user
}

// decreeOf returns what a granted command does to somebody; false: nothing that
// concerns later logins.
func decreeOf(s sketch) (decree, bool) {
	said := s.asked.said
	d := decree{userID: said["USERFLD_USERID"], domain: cmp.Or(said["USERFLD_DOMAIN"], "master"),
		serial: cmp.Or(said["DIGIPASSFLD_SERNO"], said["DIGIPASSAPPLFLD_SERNO"])}
	switch s.operation() {
	case "USERCMD_ENABLE":
		d.words = []string{"user", "enable"}
	case "USERCMD_DISABLE":
		d.words = []string{"user", "disable"}
	case "USERCMD_UNLOCK":
		d.words = []string{"user", "unlock"}
	case "USERCMD_SET_PASSWORD":
		d.words, d.password = []string{"user", "set-password"}, said["USERFLD_NEW_PASSWORD"]
	case "USERCMD_RESET_PASSWORD": // to one that nobody knows
		d.words, d.password = []string{"user", "set-password"}, cmp.Or(said["USERFLD_NEW_PASSWORD"], "not-recorded")
	case "USERCMD_SET_EXPIRATION":
		d.words, d.until = []string{"user", "set-expiration"}, cmp.Or(said["USERFLD_EXPIRATION_TIME"], "never")
	case "DIGIPASSCMD_ASSIGN":
		d.words, d.userID, d.ofMembership = []string{"authenticator", "assign"}, said["DIGIPASSFLD_ASSIGNED_USERID"], true
	case "DIGIPASSCMD_UNASSIGN":
		d.words, d.ofMembership = []string{"authenticator", "unassign"}, true
	case "DIGIPASSAPPLCMD_SET_PIN":
		d.words, d.pin = []string{"authenticator", "set-pin"}, said["DIGIPASSAPPLFLD_NEW_PIN"]
	case "DIGIPASSAPPLCMD_RESET_PIN":
		d.words = []string{"authenticator", "set-pin"}
	}
	return d, s.granted() && len(d.words) > 0
}

// concerns reports whether a flow goes on about whom a decree is about.
func (d decree) concerns(f *flow) bool {
	if f.chapter != nil {
		return false
	}
	if d.serial != "" {
		for _, p := range f.people {
			if slices.Contains(p.serials, d.serial) {
				return true
			}
		}
	}
	return d.userID != "" && slices.Contains(f.keys, "login "+nameOf(d.userID))
}

// spread tells the other flows of what an administrator did.
func (s *sorter) spread(e sketch, from int) {
	d, ok := decreeOf(e)
	if !ok {
		return
	}
	for n, f := range s.flows {
		if n != from && d.concerns(f) {
			f.pending = append(f.pending, d)
		}
	}
}

// order writes a decree in the words of the command line.
func (w *standIns) order(d decree) string {
	words := slices.Clone(d.words)
	if d.words[0] == "user" {
		words = append(words, transcript.Literal(d.userID))
		if d.password != "" {
			words = append(words, transcript.Literal(w.password(d.password)))
		}
		if d.until != "" {
			words = append(words, transcript.Literal(d.until))
		}
		words = append(words, transcript.Literal(d.domain))
	} else {
		words = append(words, w.licence(d.serial))
		if d.ofMembership && d.userID != "" {
			words = append(words, transcript.Literal(d.userID))
		}
		if d.pin != "" {
			words = append(words, w.pin(d.pin))
		}
	}
	var text strings.Builder
	line := csv.NewWriter(&text)
	line.Comma = ' '
	if err := line.Write(words); err != nil { // a strings.Builder takes all
		return ""
	}
	line.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

// elsewhere puts into the sample what administrators did something to, in another
// transcript, before an exchange.
func (i *inferrer) elsewhere(s traced) {
	for _, d := range s.recorded.decrees {
		if d.words[0] == "user" || d.words[1] == "assign" {
			known, holder := i.people[nameOf(d.userID)], ""
			u := transcript.User{UserID: d.userID, Domain: d.domain, StaticPassword: "not-recorded", Disabled: d.words[1] == "enable"}
			if known != nil && len(known.passwords) > 0 {
				u.StaticPassword, holder = known.passwords[0], nameOf(d.userID)
			}
			if i.addUser(u) && holder != "" {
				i.modes[holder] = len(i.sample.Users) - 1
			}
		}
		switch d.words[1] {
		case "assign":
			i.holdsEvents(transcript.Authenticator{SerialNumber: i.licence(d.serial)}, transcript.User{Domain: d.domain})
		case "unassign", "set-pin":
			i.assigned(s, i.licence(d.serial))
		}
	}
}
