package drafting

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/names"
)

// denied is the status of who may not call, among others, and wrongProof that
// of credentials that were not right.
const (
	denied     = "1005"
	wrongProof = "1000"
)

// inferrer writes the sample that exchanges tell of. It adds and never
// contradicts: what an earlier exchange needs stays as it is, so that one that
// expects the opposite differs.
type inferrer struct {
	*standIns
	*notices
	right map[string]string // passwords that were right somewhere, by user

	sample         transcript.Sample
	policy         map[string]any
	components     map[string]bool
	domains        map[string]bool
	users          map[string]bool
	authenticators map[string]int // places in the sample, by serial number
	activated      map[string]bool

	logins  map[string]*logins // by holder
	modes   map[string]int     // the places of users in the sample whose local authentication is said, by holder
	created map[string]bool    // objects that a request creates, and what was noted once

	sessions map[string]transcript.User // who opened them
	granted  map[string][]string        // privileges that service users have, by holder
	refusals map[string]bool            // service users who were refused something

	instances map[string]bool // that were added
	keys      map[string]bool // of the doors that are REST
	last      string          // the authenticator that a call of REST was about last
}

func newInferrer(w *standIns, said *notices, right map[string]string) *inferrer {
	return &inferrer{
		standIns: w, notices: said, right: right, policy: map[string]any{}, components: map[string]bool{},
		domains: map[string]bool{}, users: map[string]bool{}, authenticators: map[string]int{}, activated: map[string]bool{},
		logins: map[string]*logins{}, modes: map[string]int{}, created: map[string]bool{}, sessions: map[string]transcript.User{},
		granted: map[string][]string{}, refusals: map[string]bool{}, instances: map[string]bool{}, keys: map[string]bool{},
	}
}

// settled returns the sample, with its policy.
func (i *inferrer) settled() transcript.Sample {
	policy, modes := "Provisioning", i.settleLogins()
	if len(i.policy) > 0 {
		policy = "recorded"
		i.sample.Policies = []transcript.Policy{{Name: policy, Parent: "Provisioning", Set: i.policy}}
	}
	for n := range i.sample.Components {
		i.sample.Components[n].Policy = policy
	}
	for _, component := range slices.Sorted(maps.Keys(modes)) {
		i.policyOf(component, modes[component])
	}
	i.settlePrivileges()
	return i.sample
}

// step takes what an exchange tells of.
func (i *inferrer) step(s traced) {
	if s.request != nil && s.request.rest != nil && s.reply == nil {
		i.asked(s) // whatever the reply is to be
	}
	if s.request == nil || s.reply == nil || s.reply.isFault() {
		return
	}
	if s.request.rest != nil {
		i.rest(s)
		return
	}
	i.component(s)
	i.elsewhere(s)
	if s.asked.door != "" {
		i.beside(s)
		return
	}
	i.rules(s)
	if id := s.reply.value("digipassGatewayID"); id != "" && i.sample.GatewayID == "" && (!s.presumed() || id != presumedGateway) {
		i.sample.GatewayID = id
	}
	switch operation := s.operation(); {
	case s.begins(), operation == "PROVISIONCMD_ASSIGN":
		i.user(s)
	case operation == "getAppUpgradeInfo" || operation == "updateDevicePNID":
		i.possession(s)
	default:
		i.parameters(s)
	}
}

func (i *inferrer) component(s traced) {
	name := strings.TrimSpace(s.request.value("componentType")) // as the schema collapses it
	if name != "" && !i.components[name] && s.status() != denied {
		i.components[name] = true
		i.sample.Components = append(i.sample.Components, transcript.Component{ComponentType: name})
	}
}

// rules sets what the default policies do not allow.
func (i *inferrer) rules(s traced) {
	if s.status() == "1007" {
		i.policy["GenericStatusCodes"] = false
	}
	unproved := isActivation(s.exchanged) && !s.of.proved && s.of.instance == ""
	if s.status() == wrongProof && unproved && s.of.id != "" {
		i.policy["KeyExchangeRequired"] = false
	}
	if !s.granted() {
		return
	}
	switch operation := s.operation(); {
	case unproved:
		i.policy["KeyExchangeRequired"] = false
	case s.outsideSRP():
		i.policy["ActivationCodeOutsideSRP"] = true
	case operation == "PROVISIONCMD_MDL_REGISTER" || s.begins() && isMessage1(s.reply.value("activationPassword")):
		i.policy["OfflineMDL"] = true
	}
	if s.request.value("response") != "" && s.of.instance != "" {
		i.policy["OTPInsteadOfSignature"] = true
	}
	if s.begins() && i.activated[s.of.serial] { // sooner, or more often, than the predefined policies allow
		i.policy["MinimumIntervalMinutes"], i.policy["MaximumActivations"] = 0, 0
	}
	i.activated[s.of.serial] = i.activated[s.of.serial] || isActivation(s.exchanged) || s.operation() == "PROVISIONCMD_ACTIVATE"
}

// isActivation reports whether a request would activate a single-device
// authenticator.
func isActivation(e *exchanged) bool {
	return e.operation() == "dsappSRPActivate" || e.operation() == "PROVISIONCMD_DSAPPACTIVATE"
}

// resolved returns the user of an exchange: as the reply says or, if it says
// nothing, as the request does.
func resolved(e *exchanged) (userID, domain string) {
	if id := e.reply.value("userID"); id != "" && sameUser(e.request.value("userID"), id) {
		return id, cmp.Or(e.reply.value("domain"), "master")
	}
	return asked(e.request)
}

// asked returns the user that a request names, whose domain may stand in the user
// ID.
func asked(m *message) (userID, domain string) {
	userID, domain = names.Trim(m.value("userID")), cmp.Or(names.Trim(m.value("domain")), "master")
	for _, q := range names.Splits(userID) {
		if prepared, err := names.Domain(q.Domain); err == nil && (prepared == "master" || prepared == domain) {
			return q.UserID, prepared
		}
	}
	return userID, domain
}

// user infers who registers, with a password.
func (i *inferrer) user(s traced) {
	id, domain := resolved(s.exchanged)
	u := transcript.User{UserID: id, Domain: domain, OrgUnit: s.reply.value("orgUnit"), StaticPassword: s.request.value("staticPassword")}
	switch status := s.status(); {
	case id == "" || u.StaticPassword == "":
		return
	case s.presumed() && s.recorded.wanted.unspecific:
		i.doubt(s.recorded.Request.Source, "nothing says which refusal is meant: the sample has no user %q for it", id)
		return
	case status == wrongProof:
		if u.StaticPassword = i.right[s.holder()]; u.StaticPassword == "" || u.StaticPassword == s.request.value("staticPassword") {
			return // nobody of this name is refused alike
		}
	case status == "1007":
		u.Disabled = true
	case status == "-2" && s.request.value("serialNumber") == "":
		i.doubt(s.recorded.Request.Source, "the user %q has two authenticators in the sample, as that is refused with STAT_INVPARAM", id)
		i.assign(transcript.Authenticator{SerialNumber: "AAA0000001"}, u)
		i.assign(transcript.Authenticator{SerialNumber: "AAA0000002"}, u)
	case status == "-11":
		i.leaveOut(s.recorded.Request.Source, "the licence was full: sample data hold no instances, so that it is not")
	}
	i.addUser(u)
	if serial := i.licence(s.reply.value("serialNumber")); s.granted() && serial != "" {
		i.holds(s, serial, u)
	}
}

// addUser puts a user into the sample, and reports whether it is a new one.
func (i *inferrer) addUser(u transcript.User) bool {
	if prepared, err := names.Domain(u.Domain); err == nil {
		u.Domain = prepared
	}
	name := userKey(u.UserID, u.Domain)
	if i.users[name] {
		return false
	}
	i.users[name] = true
	i.domain(u.Domain)
	if !u.NoPassword {
		u.StaticPassword = i.password(u.StaticPassword)
	}
	i.sample.Users = append(i.sample.Users, u)
	return true
}

// holds gives the user an authenticator, which has a secret of the
// transcript's own.
func (i *inferrer) holds(s traced, serial string, u transcript.User) {
	if recorded := s.reply.value("serialNumber"); recorded != "" && licence(recorded) != serial {
		i.doubt(s.recorded.Reply.Source, "the serial number %s has a form that dsappd does not take; %s stands for it", recorded, serial)
	}
	a := transcript.Authenticator{SerialNumber: serial}
	if s.operation() == "PROVISIONCMD_MDL_REGISTER" || isMessage1(s.reply.value("activationPassword")) {
		a.Limit = licenceLimit
	}
	if s.operation() == "PROVISIONCMD_ASSIGN" {
		u.UserID = "" // it is assigned by the request
	}
	i.assign(a, u)
}

// licenceLimit is how many instances the licences of samples have.
const licenceLimit = 99

func (i *inferrer) assign(a transcript.Authenticator, u transcript.User) {
	if i.authenticator(a.SerialNumber) != nil {
		return
	}
	if u.Domain != "master" {
		a.Domain = u.Domain
	}
	a.UserID = u.UserID
	a.Secret = drawn(a)
	i.authenticators[a.SerialNumber] = len(i.sample.Authenticators)
	i.sample.Authenticators = append(i.sample.Authenticators, a)
}

// drawn returns a secret of the length that an authenticator has.
func drawn(a transcript.Authenticator) string {
	digest := sha256.Sum256([]byte("transcript " + a.SerialNumber))
	if a.Limit > 0 {
		return fmt.Sprintf("%x", digest)
	}
	return fmt.Sprintf("%x", digest[:20])
}

func (i *inferrer) authenticator(serial string) *transcript.Authenticator {
	if n, known := i.authenticators[serial]; known {
		return &i.sample.Authenticators[n]
	}
	return nil
}

// possession infers who is asked for without a password.
func (i *inferrer) possession(s traced) {
	id, domain := resolved(s.exchanged)
	name := s.request.value("serialNumber")
	if !s.granted() || id == "" {
		return
	}
	if strings.Contains(name, "-") {
		i.leaveOut(s.recorded.Request.Source, "%s is an active instance: sample data hold none", name)
	}
	u := transcript.User{UserID: id, Domain: domain, StaticPassword: "not-recorded"}
	i.addUser(u)
	i.holds(s, i.licence(name), u)
	if gateway := gatewayID(s.reply.value("upgradeMessage")); gateway != "" && i.sample.GatewayID == "" && (!s.presumed() || gateway != presumedGateway) {
		i.sample.GatewayID = gateway
	}
}

// gatewayID returns the gateway in an upgrade message.
func gatewayID(message string) string {
	upgrade, err := dsapp.ParseUpgrade(message)
	if err != nil {
		return ""
	}
	return upgrade.DigipassGatewayID
}

// parameters infers what a step shows of an authenticator.
func (i *inferrer) parameters(s traced) {
	a := i.authenticator(s.of.serial)
	if a == nil {
		return
	}
	if holdsMessage1(s.reply) || s.reply.value("PROVFLD_ACTIVATION_MESSAGE_DATA") != "" {
		a.Limit = licenceLimit
		a.Secret = drawn(*a)
	}
	digits := len(s.request.value("response"))
	if code := s.request.value("derivationCode"); code != "" {
		digits = len(code) - 16
	}
	if s.granted() && a.Limit == 0 && digits > 6 && digits <= 8 {
		a.Digits = digits
	}
}

func holdsMessage1(reply *message) bool {
	for _, item := range reply.items {
		if item.name == "activationMessage" {
			return true
		}
	}
	return false
}
