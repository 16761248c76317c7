package replay

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// imply writes the sample data and the policy that an exchange tells of.
func (d *draft) imply(e *exchanged) {
	if e.request == nil || e.reply == nil || e.reply.isFault() {
		return
	}
	d.impliesComponent(e)
	d.impliesPolicy(e)
	if id := e.reply.value("digipassGatewayID"); id != "" {
		d.t.GatewayID = id
	}
	switch operation := e.operation(); {
	case e.begins(), operation == "PROVISIONCMD_ASSIGN":
		d.impliesUser(e)
	case operation == "getAppUpgradeInfo" || operation == "updateDevicePNID":
		d.impliesPossession(e)
	default:
		d.impliesParameters(e)
	}
}

// denied is the status of who may not call, among others.
const denied = "1005"

func (d *draft) impliesComponent(e *exchanged) {
	name := strings.TrimSpace(e.request.value("componentType")) // as the schema collapses it
	known := slices.ContainsFunc(d.t.Components, func(c Component) bool { return c.ComponentType == name })
	if name != "" && !known && e.status() != denied {
		d.t.Components = append(d.t.Components, Component{ComponentType: name})
	}
}

// impliesPolicy sets what the default policies do not allow.
func (d *draft) impliesPolicy(e *exchanged) {
	if e.status() == "1007" {
		d.policy["GenericStatusCodes"] = false
	}
	if e.status() == wrongProof && isActivation(e) && !d.proved && d.instance == "" && d.registration != "" {
		d.policy["KeyExchangeRequired"] = false
	}
	if !e.granted() {
		return
	}
	switch operation := e.operation(); {
	case isActivation(e) && !d.proved && d.instance == "":
		d.policy["KeyExchangeRequired"] = false
	case e.outsideSRP():
		d.policy["ActivationCodeOutsideSRP"] = true
	case operation == "PROVISIONCMD_MDL_REGISTER" || e.begins() && isMessage1(e.reply.value("activationPassword")):
		d.policy["OfflineMDL"] = true
	}
	if e.request.value("response") != "" && d.instance != "" {
		d.policy["OTPInsteadOfSignature"] = true
	}
}

// isActivation says that a request would activate a single-device
// authenticator.
func isActivation(e *exchanged) bool {
	return e.operation() == "dsappSRPActivate" || e.operation() == "PROVISIONCMD_DSAPPACTIVATE"
}

// resolved is the user of an exchange: as the reply says or, if it says
// nothing, as the request does.
func resolved(e *exchanged) (userID, domain string) {
	if id := e.reply.value("userID"); id != "" {
		return id, cmp.Or(e.reply.value("domain"), "master")
	}
	return e.request.value("userID"), cmp.Or(e.request.value("domain"), "master")
}

// impliesUser is about who registers, with a password.
func (d *draft) impliesUser(e *exchanged) {
	id, domain := resolved(e)
	u := User{UserID: id, Domain: domain, OrgUnit: e.reply.value("orgUnit"), StaticPassword: e.request.value("staticPassword")}
	switch status := e.status(); {
	case id == "" || u.StaticPassword == "":
		return
	case status == wrongProof:
		if u.StaticPassword = d.passwords[e.holder()]; u.StaticPassword == "" || u.StaticPassword == e.request.value("staticPassword") {
			return // nobody of this name is refused alike
		}
	case status == "1007":
		u.Disabled = true
	case status == "-2" && e.request.value("serialNumber") == "":
		d.assign(Authenticator{SerialNumber: "AAA0000001"}, u)
		d.assign(Authenticator{SerialNumber: "AAA0000002"}, u)
	case status == "-11":
		d.leaveOut(e.recorded.Request.Source, "the licence was full: sample data hold no instances, so that it is not")
	}
	d.addUser(u)
	if serial := d.licence(e.reply.value("serialNumber")); e.granted() && serial != "" {
		d.holds(e, serial, u)
	}
}

func (d *draft) addUser(u User) {
	if slices.ContainsFunc(d.t.Users, func(known User) bool { return strings.EqualFold(known.UserID, u.UserID) && known.Domain == u.Domain }) {
		return
	}
	if u.Domain != "master" && !slices.Contains(d.t.Domains, Domain{Name: u.Domain}) {
		d.t.Domains = append(d.t.Domains, Domain{Name: u.Domain})
	}
	u.StaticPassword = d.password(u.StaticPassword)
	d.t.Users = append(d.t.Users, u)
}

// holds gives the user an authenticator, which has a secret of the
// transcript's own.
func (d *draft) holds(e *exchanged, serial string, u User) {
	if recorded := e.reply.value("serialNumber"); recorded != "" && licence(recorded) != serial {
		d.leaveOut(e.recorded.Reply.Source, "the serial number %s has a form that dsappd does not take; %s stands for it", recorded, serial)
	}
	a := Authenticator{SerialNumber: serial}
	if e.operation() == "PROVISIONCMD_MDL_REGISTER" || isMessage1(e.reply.value("activationPassword")) {
		a.Limit = licenceLimit
	}
	if e.operation() == "PROVISIONCMD_ASSIGN" {
		u.UserID = "" // it is assigned by the request
	}
	d.assign(a, u)
}

// licenceLimit is how many instances the licences of samples have.
const licenceLimit = 99

func (d *draft) assign(a Authenticator, u User) {
	if d.authenticator(a.SerialNumber) != nil {
		return
	}
	if u.Domain != "master" {
		a.Domain = u.Domain
	}
	a.UserID = u.UserID
	a.Secret = drawn(a)
	d.t.Authenticators = append(d.t.Authenticators, a)
}

// drawn is a secret of the length that an authenticator has.
func drawn(a Authenticator) string {
	digest := sha256.Sum256([]byte("transcript " + a.SerialNumber))
	if a.Limit > 0 {
		return fmt.Sprintf("%x", digest)
	}
	return fmt.Sprintf("%x", digest[:20])
}

func (d *draft) authenticator(serial string) *Authenticator {
	for i := range d.t.Authenticators {
		if d.t.Authenticators[i].SerialNumber == serial {
			return &d.t.Authenticators[i]
		}
	}
	return nil
}

// impliesPossession is about who is asked for without a password.
func (d *draft) impliesPossession(e *exchanged) {
	id, domain := resolved(e)
	name := e.request.value("serialNumber")
	if !e.granted() || id == "" {
		return
	}
	if strings.Contains(name, "-") {
		d.leaveOut(e.recorded.Request.Source, "%s is an active instance: sample data hold none", name)
	}
	u := User{UserID: id, Domain: domain, StaticPassword: "not-recorded"}
	d.addUser(u)
	d.holds(e, d.licence(name), u)
	if gateway := gatewayID(e.reply.value("upgradeMessage")); gateway != "" {
		d.t.GatewayID = gateway
	}
}

// gatewayID is the gateway in an upgrade message.
func gatewayID(message string) string {
	upgrade, err := dsapp.ParseUpgrade(message)
	if err != nil {
		return ""
	}
	return upgrade.DigipassGatewayID
}

// impliesParameters is about what a step shows of an authenticator.
func (d *draft) impliesParameters(e *exchanged) {
	a := d.authenticator(d.serial)
	if a == nil {
		return
	}
	if slices.ContainsFunc(e.reply.items, func(n *node) bool { return n.name.Local == "activationMessage" }) ||
		e.reply.value("PROVFLD_ACTIVATION_MESSAGE_DATA") != "" {
		a.Limit = licenceLimit
		a.Secret = drawn(*a)
	}
	digits := len(e.request.value("response"))
	if code := e.request.value("derivationCode"); code != "" {
		digits = len(code) - 16
	}
	if e.granted() && a.Limit == 0 && digits > 6 && digits <= 8 {
		a.Digits = digits
	}
}
