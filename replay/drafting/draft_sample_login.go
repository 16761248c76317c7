package drafting

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"
)

// logins is what was seen of the logins of a user.
type logins struct {
	wrong  int // in a row
	locked bool
}

// beside takes what an exchange of the interfaces beside provisioning tells of.
func (i *inferrer) beside(s traced) {
	if slices.Contains(tellingStatuses, s.answered.statusName) {
		i.policy["GenericStatusCodes"] = false
	}
	if s.asked.door == administration {
		i.administers(s)
		return
	}
	switch s.operation() {
	case "authUser":
		i.login(s)
	case "updatePassword":
		i.passwordUpdate(s)
	case "getChallenge":
		if s.granted() {
			i.policy["ChallengeResponse"] = true
		}
	case "getSecureChallenge", "genRequest":
		if s.answered.statusName == "STAT_NOT_FOUND" {
			i.policy["GenericStatusCodes"] = false
		}
		if s.granted() || s.answered.statusName == "STAT_NOT_FOUND" {
			i.policy["SecureChannel"] = true
		}
		if s.granted() {
			i.authenticated(s, s.reply.value("serialNumber"))
		}
	case "authSignature":
		i.signature(s)
	}
}

// tellingStatuses are those that a generic policy hides.
var tellingStatuses = []string{
	"STAT_OTP_INCORRECT", "STAT_LOCAL_PASSWORD_MISMATCH", "STAT_GRACE_PERIOD_EXPIRED", "STAT_LOCALAUTH", "STAT_LOCKED",
}

// login takes what a login tells of.
func (i *inferrer) login(s traced) {
	known := i.person(s)
	c := known.credential(s.sketch)
	i.lock(s)
	if s.asked.challengeKey == "" && s.request.attributeValue("CREDFLD_CHALLENGE") != "" && s.status() != denied {
		i.policy["ChallengeResponse"] = true
	}
	if set := s.request.attributeValue("CREDFLD_NEW_PIN"); s.granted() && set != "" && len(set) < 4 {
		i.policy["MinimumPINLength"] = len(set)
	}
	if s.answered.statusName == "STAT_EXP_CHALLENGE" {
		i.policy["ChallengeResponse"] = true
	}
	if s.holder() == "" || !i.exists(s, c) {
		return
	}
	i.authenticated(s, cmp.Or(s.answered.serialNumber, known.serial()))
}

// exists reports whether a login tells that its user does.
func (i *inferrer) exists(s traced, c credential) bool {
	known := i.person(s)
	switch s.answered.statusName {
	case "STAT_SUCCESS", "STAT_OTP_INCORRECT", "STAT_GRACE_PERIOD_EXPIRED", "STAT_LOCALAUTH", "STAT_LOCKED", "STAT_DPERROR", "STAT_EXP_CHALLENGE":
		return true
	}
	return len(known.passwords)+len(known.serials) > 0 && s.status() != denied
}

// lock takes what the number of wrong logins in a row tells of the policy.
func (i *inferrer) lock(s traced) {
	l := i.logins[s.holder()]
	if l == nil {
		l = &logins{}
		i.logins[s.holder()] = l
	}
	for _, d := range s.recorded.decrees {
		if d.words[1] == "unlock" {
			*l = logins{}
		}
	}
	switch s.answered.statusName {
	case "STAT_SUCCESS":
		if l.wrong >= lockThreshold && !l.locked && s.advance < lockOpens {
			i.policy["LockThreshold"] = 0
		}
		*l = logins{}
	case "STAT_LOCKED":
		if !l.locked && l.wrong > 0 && l.wrong != lockThreshold {
			i.policy["LockThreshold"] = l.wrong
		}
		l.locked = l.locked || l.wrong > 0
	case "STAT_OTP_INCORRECT", "STAT_LOCAL_PASSWORD_MISMATCH", "STAT_GRACE_PERIOD_EXPIRED", "STAT_INVCREDENTIALS":
		if l.wrong++; l.wrong > lockThreshold && s.answered.statusName != "STAT_INVCREDENTIALS" && i.policy["LockThreshold"] == nil {
			i.policy["LockThreshold"] = 0
		}
	}
}

// lockThreshold and lockOpens are those of the predefined policies.
const (
	lockThreshold = 3
	lockOpens     = 15 * time.Minute
)

// authenticated puts the user of an exchange into the sample and gives the user an
// authenticator; empty: the exchange tells of none.
func (i *inferrer) authenticated(s traced, serial string) {
	userID, domain := resolved(s.exchanged)
	known := i.person(s)
	u := transcript.User{UserID: userID, Domain: domain, OrgUnit: s.reply.value("orgUnit"), StaticPassword: "not-recorded"}
	if len(known.passwords) > 0 {
		u.StaticPassword = known.passwords[0]
	}
	if l := i.logins[s.holder()]; s.answered.statusName == "STAT_LOCKED" && (l == nil || l.wrong == 0) {
		u.Disabled = true
	}
	if userID == "" || i.created["user "+nameOf(userID)] {
		return
	}
	if i.addUser(u) {
		i.modes[s.holder()] = len(i.sample.Users) - 1
	}
	if serial != "" {
		i.possesses(s, serial, u)
	}
}

// possesses gives a user an authenticator, or says why that is not so.
func (i *inferrer) possesses(s traced, serial string, u transcript.User) {
	if isInstance(serial) {
		i.leaveOut(s.recorded.Reply.Source, "%s is an active instance: sample data hold none", serial)
		return
	}
	known, named := i.person(s), i.licence(serial)
	if i.authenticator(named) != nil || i.created["authenticator "+named] {
		return
	}
	a := transcript.Authenticator{SerialNumber: named, Type: "hotp"}
	if len(known.pins) > 0 {
		a.PIN = i.pin(known.pins[0])
	}
	if known.digits > shortestOTP {
		a.Digits = known.digits
	}
	if s.reply.attributeValue("SIGNFLD_VERIFIED_DATETIME") != "" {
		a.Type = ""
	}
	i.events[named] = a.Type == "hotp"
	if a.PIN != "" && len(a.PIN) < 4 {
		i.policy["MinimumPINLength"] = len(a.PIN)
	}
	i.assign(a, u)
}

// settleLogins returns the local authentication of components, by component type,
// once all is known. Where all users were let in by the same, it is that of the one
// policy. Where users of one component were not, it is said with the users.
func (i *inferrer) settleLogins() map[string]string {
	byComponent, all := map[string]map[string]bool{}, map[string]bool{}
	for _, p := range i.people {
		for component, by := range p.by {
			if byComponent[component] == nil {
				byComponent[component] = map[string]bool{}
			}
			mode := by.localAuthentication()
			byComponent[component][mode], all[mode] = true, true
		}
	}
	one := func(modes map[string]bool) string { return slices.Sorted(maps.Keys(modes))[0] }
	if len(all) == 1 {
		i.policy["LocalAuthentication"] = one(all)
		return nil
	}
	settled := map[string]string{}
	for component, modes := range byComponent {
		if len(modes) > 1 {
			i.settleUsers()
			return nil
		}
		settled[component] = one(modes)
	}
	return settled
}

// settleUsers sets the local authentication of users.
func (i *inferrer) settleUsers() {
	for holder, n := range i.modes {
		by := i.people.of(holder).by
		for _, component := range slices.Sorted(maps.Keys(by)) {
			i.sample.Users[n].LocalAuthentication = by[component].localAuthentication()
		}
	}
}

// policyOf gives a component a policy of its own with a local authentication.
func (i *inferrer) policyOf(component, mode string) {
	for n, c := range i.sample.Components {
		name := "recorded for " + component
		if c.ComponentType != component || c.Policy == name {
			continue
		}
		i.sample.Policies = append(i.sample.Policies, transcript.Policy{Name: name, Parent: c.Policy, Set: map[string]any{"LocalAuthentication": mode}})
		i.sample.Components[n].Policy = name
	}
}

// passwordUpdate takes what a change of the static password tells of.
func (i *inferrer) passwordUpdate(s traced) {
	i.lock(s)
	if len(i.person(s).passwords) > 0 && s.status() != denied {
		i.authenticated(s, "")
	}
}

// signature takes what a signature tells of.
func (i *inferrer) signature(s traced) {
	i.lock(s)
	known := i.person(s)
	serial := cmp.Or(s.answered.serialNumber, s.request.attributeValue("serialNumber"), known.serial())
	if serial != "" && s.status() != denied {
		i.authenticated(s, serial)
	}
	if value := s.request.attributeValue("SIGNFLD_SIGNATURE"); s.granted() && value != "" && s.asked.challengeKey == "" {
		key := "signature " + strings.Join(i.dataFields(s.request), "\x00") + value
		if i.created[key] {
			i.policy["SignatureOnce"] = false
		}
		i.created[key] = true
	}
}
