package drafting

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/names"
)

// The components in whose names the doors ask, and where.
const (
	platformComponent = "Platform API"
	gatewayComponent  = "DIGIPASS Gateway"
	ownDoor           = "0.0.0.0"
)

// rest takes what a call of REST tells of.
func (i *inferrer) rest(s traced) {
	call := s.request.rest
	i.openedBy(call, s)
	i.doorRules(s)
	i.limit(s)
	switch {
	case s.recorded.Status == http.StatusUnauthorized, s.recorded.Status == http.StatusForbidden, s.recorded.Status == http.StatusBadRequest:
	case call.is("POST users/register", "POST registrations", "POST provisioning/MdlRegister"):
		i.enrolled(s)
	case call.is("PUT users/{user}"):
		if s.granted() {
			i.made(s)
		}
	case call.is("POST provisioning/MdlActivate") && s.granted():
		i.activatedLicence(s)
	case call.door == transcript.Gateway && !call.isLogin() && !call.is("POST notification/push/updateNotificationID"):
		i.parameters(s)
	default:
		i.mentioned(s)
	}
}

// asked takes what a call of REST needs whose reply is not known.
func (i *inferrer) asked(s traced) {
	i.openedBy(s.request.rest, s)
	if s.request.rest.door == transcript.Platform {
		i.ownDoor(platformComponent)
	}
}

// openedBy adds the key that a call has.
func (i *inferrer) openedBy(call *restCall, s traced) {
	if s.recorded.Status == http.StatusUnauthorized {
		return
	}
	key := keyFor(*call, s)
	if i.keys[key.name] {
		return
	}
	i.keys[key.name] = true
	if call.door == transcript.Gateway {
		i.sample.GatewayKeys = append(i.sample.GatewayKeys, transcript.GatewayKey{Name: key.name, Side: key.side, Key: key.key})
		return
	}
	var scopes []string
	if key.lacks != "" {
		scopes = slices.DeleteFunc([]string{"register", "administer", "render", "login"}, func(scope string) bool { return scope == key.lacks })
	}
	i.sample.PlatformKeys = append(i.sample.PlatformKeys, transcript.PlatformKey{Name: key.name, Key: key.key, Scopes: scopes})
}

// doorRules sets what the default policies do not allow of what was granted.
func (i *inferrer) doorRules(s traced) {
	call := s.request.rest
	switch {
	case call.door == transcript.Platform:
		i.ownDoor(platformComponent)
	case call.isLogin(), s.begins():
		i.ownDoor(gatewayComponent)
	}
	if !s.granted() {
		return
	}
	switch {
	case s.begins() && (isMessage1(s.reply.value("activationPassword")) || s.reply.value("activationMessage2") != ""),
		call.is("POST provisioning/MdlRegister"), call.is("POST authenticators/{serialNumber}/generate-activation-message"):
		i.policy["OfflineMDL"] = true
	case call.is("POST authenticators/{serialNumber}/generate-activation-data"):
		i.policy["ActivationCodeOutsideSRP"] = true
	case s.reply.value("requestMessage") != "":
		i.policy["SecureChannel"] = true
	case call.is("POST users/{user}/generate-challenge"):
		i.policy["ChallengeResponse"] = true
	case call.is("POST authenticators/{serialNumber}/applications/{application}/generate-votp"):
		i.policy["VirtualOTP"] = true
	case call.isLogin() && s.request.value("staticPassword") != "" && s.request.value("response") == "":
		i.policy["LocalAuthentication"] = "DIGIPASS or Password"
	case s.isRESTActivation() && s.of.instance != "":
		i.policy["OTPInsteadOfSignature"] = true
	case s.isRESTActivation() && !s.of.proved:
		i.policy["KeyExchangeRequired"] = false
	}
	if s.begins() && i.activated[s.of.serial] {
		i.policy["MinimumIntervalMinutes"], i.policy["MaximumActivations"] = 0, 0
	}
	if call.is("POST registrations/{registrationID}/activate") {
		i.activated[s.of.serial] = true
	}
}

// ownDoor adds the component in whose name a door asks, for its policy.
func (i *inferrer) ownDoor(componentType string) {
	if !i.components[componentType] {
		i.components[componentType] = true
		i.sample.Components = append(i.sample.Components, transcript.Component{ComponentType: componentType, Location: ownDoor})
	}
}

// enrolled is about who gets an authenticator. The Platform API makes a user who
// is not there.
func (i *inferrer) enrolled(s traced) {
	id, domain := resolved(s.exchanged)
	u := transcript.User{UserID: id, Domain: domain, StaticPassword: s.request.value("staticPassword")}
	if id == "" {
		return
	}
	switch {
	case s.status() == wrongProof:
		if u.StaticPassword = i.right[s.holder()]; u.StaticPassword == "" || u.StaticPassword == s.request.value("staticPassword") {
			u.StaticPassword = "not-recorded"
		}
		i.addUser(u)
	case s.status() == "1007":
		u.Disabled = s.reply.value("message") == "User is disabled"
		if !u.Disabled {
			i.leaveOut(s.recorded.Request.Source, "the user %q was locked: sample data hold no locks", id)
		}
		i.addUser(u)
	case !s.request.rest.is("POST users/register"):
		u.NoPassword = u.StaticPassword == ""
		i.addUser(u)
	case s.granted():
		i.made(s)
	}
	if serial := i.licence(cmp.Or(s.reply.value("serialNumber"), s.request.value("serialNumber"))); serial != "" && (s.granted() || s.status() == "-11") {
		i.free(s, serial, domain)
	}
}

// activatedLicence gives the user the licence of an instance that the gateway has
// activated, unless the transcript has told of it before.
func (i *inferrer) activatedLicence(s traced) {
	id, domain := resolved(s.exchanged)
	serial := i.licence(s.reply.value("serialNumber"))
	if id = cmp.Or(s.reply.value("userID"), id); id != "" && serial != "" && i.authenticator(serial) == nil {
		i.assign(transcript.Authenticator{SerialNumber: serial, Limit: licenceLimit}, transcript.User{UserID: id, Domain: cmp.Or(s.reply.value("domain"), domain, "master")})
	}
}

// made notes a user whom a call makes, unless somebody else has needed the user
// before.
func (i *inferrer) made(s traced) {
	id, domain := resolved(s.exchanged)
	i.users[userKey(id, domain)] = true
	i.domain(domain)
}

// userKey names a user among those of the sample.
func userKey(id, domain string) string {
	if prepared, err := names.Domain(domain); err == nil {
		domain = prepared
	}
	return nameOf(id) + "@" + domain
}

// domain adds a domain besides master.
func (i *inferrer) domain(name string) {
	if prepared, err := names.Domain(name); err == nil {
		name = prepared
	}
	if name != "master" && name != "" && !i.domains[name] {
		i.domains[name] = true
		i.sample.Domains = append(i.sample.Domains, transcript.Domain{Name: name})
	}
}

// free adds an authenticator that nobody has, of the kind that is asked for.
func (i *inferrer) free(s traced, serial, domain string) {
	a := transcript.Authenticator{SerialNumber: serial}
	kind := s.request.value("activationType")
	if s.request.rest.is("POST provisioning/MdlRegister") || kind == "" || strings.HasSuffix(kind, "MDL") {
		a.Limit = licenceLimit
	}
	i.assign(a, transcript.User{Domain: cmp.Or(domain, "master")})
}

// shown adds an authenticator by what a reply shows of it, and gives it to the
// user who has it.
func (i *inferrer) shown(s traced, serial, domain string) {
	call, holder := s.request.rest, s.reply.value("userID")
	a := transcript.Authenticator{SerialNumber: serial}
	switch kind := s.reply.value("authenticatorType"); {
	case kind == "HOTP":
		a.Type = "hotp"
	case kind == "MDL", strings.HasPrefix(kind, "TYP"), call.is("POST authenticators/{serialNumber}/generate-activation-message"):
		a.Limit = licenceLimit
	}
	if call.is("POST authenticators/{serialNumber}/assign", "POST users/{user}/assign") {
		holder = "" // until then
	}
	if holder != "" {
		i.addUser(transcript.User{UserID: holder, Domain: domain, NoPassword: true})
	}
	i.domain(domain)
	i.assign(a, transcript.User{UserID: holder, Domain: cmp.Or(domain, "master")})
}

// limit lowers that of a licence which was full.
func (i *inferrer) limit(s traced) {
	if serial := i.licence(s.request.value("serialNumber")); serial != "" {
		i.last = serial
	} else if s.of.serial != "" {
		i.last = s.of.serial
	}
	a := i.authenticator(i.last)
	if isInstance(s.reply.value("serialNumber")) && s.granted() {
		i.instances[s.reply.value("serialNumber")] = true
	}
	if a == nil || s.status() != "-11" {
		return
	}
	taken := 0
	for instance := range i.instances {
		if licence(instance) == a.SerialNumber {
			taken++
		}
	}
	if taken == 0 {
		i.leaveOut(s.recorded.Request.Source, "the licence %s was full before what was recorded: sample data hold no instances, so that it is not", a.SerialNumber)
		return
	}
	a.Limit = taken
}

// mentioned is about users and authenticators that are there.
func (i *inferrer) mentioned(s traced) {
	id, domain := resolved(s.exchanged)
	if s.granted() {
		i.domain(domain)
	}
	if id != "" && (s.granted() || s.request.rest.isLogin() && s.status() == wrongProof) && s.reply.value("activationStatus") != "unknown" {
		password := s.request.value("staticPassword")
		if s.status() == wrongProof {
			password = i.right[s.holder()]
		}
		i.addUser(transcript.User{UserID: id, Domain: domain, StaticPassword: password, NoPassword: password == ""})
	}
	if serial := i.licence(s.request.value("serialNumber")); serial != "" && s.granted() && !s.request.rest.lists() {
		i.shown(s, serial, cmp.Or(s.reply.value("domain"), domain))
	}
	if s.usesAuthenticator() && s.of.instance == "" && s.of.serial != "" {
		i.assign(transcript.Authenticator{SerialNumber: s.of.serial}, transcript.User{UserID: id, Domain: domain})
	}
}
