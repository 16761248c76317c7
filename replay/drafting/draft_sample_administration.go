package drafting

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/dsapp"
)

// administrationProgram is the component type that administrators call under.
const administrationProgram = "Administration Program"

// administers takes what an administrator's request tells of.
func (i *inferrer) administers(s traced) {
	if !i.components[administrationProgram] {
		i.components[administrationProgram] = true
		i.sample.Components = append(i.sample.Components, transcript.Component{ComponentType: administrationProgram})
	}
	switch s.operation() {
	case "logon":
		i.logon(s)
		return
	case "logoff", "sessionalive":
		return
	}
	i.serviceUser(s)
	if s.answered.statusName == "STAT_ADMIN_SESSION_STOPPED" || s.status() == denied || s.status() == wrongProof {
		return
	}
	if isSearch(s.operation()) {
		i.searched(s)
		return
	}
	switch strings.TrimSuffix(s.request.body.Name.Local, "Execute") {
	case "user":
		i.userCommand(s)
	case "digipass":
		i.digipassCommand(s)
	case "digipassappl":
		i.applicationCommand(s)
	case "domain":
		i.domainCommand(s)
	case "orgunit":
		i.unitCommand(s)
	case "userattribute":
		i.attributeCommand(s)
	}
}

// logon takes what a logon tells of: its user and, where it was granted, what the
// user may do.
func (i *inferrer) logon(s traced) {
	i.lock(s)
	known := i.person(s)
	c := known.credential(s.sketch)
	if s.holder() == "" || s.status() != denied && !i.exists(s, c) {
		return
	}
	i.authenticated(s, known.serial())
	if s.granted() {
		userID, domain := resolved(s.exchanged)
		i.sessions[s.answered.session] = transcript.User{UserID: userID, Domain: domain}
		i.administrator(transcript.Administrator{
			UserID: userID, Domain: domain, Privileges: privilegesIn(s.reply.attributeValue("CREDFLD_LOGICAL_ADMIN_PRIVILEGES"))})
	}
}

// privilegesIn reads a list of privileges as a logon answers with; all, where it has
// other names than dsappd.
func privilegesIn(list string) []string {
	var all []string
	for _, entry := range strings.Split(list, ",") {
		if name, has := strings.CutSuffix(strings.TrimSpace(entry), " true"); has {
			all = append(all, name)
		}
	}
	if !slices.Contains(all, "administrative_logon") || strings.Count(list, " false") == 0 {
		return []string{"all"}
	}
	return all
}

// administrator puts one into the sample.
func (i *inferrer) administrator(a transcript.Administrator) {
	key := "administrator " + nameOf(a.UserID) + "@" + a.Domain
	if i.created[key] {
		return
	}
	i.created[key] = true
	i.sample.Administrators = append(i.sample.Administrators, a)
}

// serviceUser takes what a request with an API key tells of the service user: what
// was granted and what was not.
func (i *inferrer) serviceUser(s traced) {
	userID, domain, _, ok := apiKey(s.asked.session)
	if !ok {
		return
	}
	holder := nameOf(userID)
	known := i.people[holder]
	if known == nil || len(known.keys) == 0 {
		return // nobody of this name is refused alike
	}
	i.addUser(transcript.User{UserID: userID, Domain: domain, NoPassword: true})
	i.administrator(transcript.Administrator{UserID: userID, Domain: domain, Privileges: []string{"all"}, Key: i.password(known.keys[0])})
	switch named := privilegeFor(s.operation()); {
	case s.status() == denied:
		i.refusals[holder] = true
	case named != "":
		i.granted[holder] = addedOnce(i.granted[holder], named)
		if other := i.domainOf(s); other != "" && other != domain {
			i.granted[holder] = addedOnce(i.granted[holder], "access_data_in_all_domains")
		}
	}
}

// domainOf returns the domain that a request is about; empty: it names none.
func (i *inferrer) domainOf(s traced) string {
	for _, name := range []string{"USERFLD_DOMAIN", "UATTFLD_DOMAIN", "DOMAINFLD_DOMAIN", "ORGUNITFLD_DOMAIN"} {
		if text := s.request.attributeValue(name); text != "" && s.granted() && !isSearch(s.operation()) {
			return text
		}
	}
	return ""
}

// settlePrivileges takes from service users what they were refused.
func (i *inferrer) settlePrivileges() {
	for n, a := range i.sample.Administrators {
		if holder := nameOf(a.UserID); a.Key != "" && i.refusals[holder] {
			i.sample.Administrators[n].Privileges = append([]string{"administrative_logon"}, i.granted[holder]...)
		}
	}
}

// record is an object as a reply shows it: values by the names of attributes.
type record map[string]string

// recordsIn returns the objects that a reply shows: of a search its rows, else one.
func recordsIn(m *message) []record {
	var all []record
	m.body.Visit(func(n *xmltree.Node) {
		if n.Name.Local != "attributeList" && n.Name.Local != "resultAttribute" {
			return
		}
		r := record{}
		for _, a := range n.Children {
			if a.Name.Local != "attributes" {
				continue
			}
			var id, value string
			for _, part := range a.Children {
				switch part.Name.Local {
				case "attributeID":
					id = strings.TrimSpace(part.Text)
				case "value":
					value = part.Text
				}
			}
			r[id] = value
		}
		if len(r) > 0 {
			all = append(all, r)
		}
	})
	return all
}

// searched takes what a search found.
func (i *inferrer) searched(s traced) {
	if !s.granted() {
		return
	}
	for _, r := range recordsIn(s.reply) {
		switch s.operation() {
		case "userQuery":
			i.foundUser(s, r)
		case "digipassQuery":
			i.foundAuthenticator(s, r)
		case "domainQuery":
			i.foundDomain(r["DOMAINFLD_DOMAIN"])
		case "orgunitQuery", "userattributeQuery":
			i.unknownObject(s, cmp.Or(r["ORGUNITFLD_ORGANIZATIONAL_UNIT"], r["UATTFLD_NAME"]))
		case "adminSessionQuery":
			i.otherSession(s, r["ADMINSESSIONFLD_LOGIN_NAME"])
		}
	}
}

// otherSession notes a session of somebody whose logon is not in the transcript.
func (i *inferrer) otherSession(s traced, userID string) {
	if userID != "" && !slices.ContainsFunc(i.sample.Administrators, func(a transcript.Administrator) bool { return nameOf(a.UserID) == nameOf(userID) }) {
		i.leaveOut(s.recorded.Reply.Source, "the session of %q was opened elsewhere: sample data hold none", userID)
	}
}

// unknownObject notes an object that samples do not hold and that no request makes.
func (i *inferrer) unknownObject(s traced, name string) {
	if name != "" && !i.created["object "+nameOf(name)] {
		i.leaveOut(s.recorded.Reply.Source, "%q was there before what was recorded: sample data hold no organizational units and attributes of users", name)
	}
}

func (i *inferrer) userCommand(s traced) {
	userID := s.request.attributeValue("USERFLD_USERID")
	switch {
	case s.answered.statusName == "STAT_EXISTS":
		i.foundUser(s, record{"USERFLD_USERID": userID, "USERFLD_DOMAIN": s.request.attributeValue("USERFLD_DOMAIN")})
	case s.granted() && s.operation() == "USERCMD_CREATE":
		i.created["user "+nameOf(userID)] = true
	case s.granted():
		r := record{"USERFLD_USERID": userID, "USERFLD_DOMAIN": s.request.attributeValue("USERFLD_DOMAIN")}
		for _, shown := range recordsIn(s.reply) {
			r = shown
		}
		r = i.before(s, r)
		i.foundUser(s, r)
	}
}

// before returns a user as the user was before a command, as far as it tells.
func (i *inferrer) before(s traced, r record) record {
	for name := range s.request.fields {
		if name != "USERFLD_USERID" && name != "USERFLD_DOMAIN" {
			delete(r, name)
		}
	}
	switch s.operation() {
	case "USERCMD_ENABLE":
		r["USERFLD_DISABLED"] = "true"
	case "USERCMD_DISABLE":
		delete(r, "USERFLD_DISABLED")
	}
	return r
}

// foundUser puts a user into the sample as a reply shows the user.
func (i *inferrer) foundUser(s traced, r record) {
	userID, domain := r["USERFLD_USERID"], cmp.Or(r["USERFLD_DOMAIN"], "master")
	if userID == "" || i.created["user "+nameOf(userID)] {
		return
	}
	u := transcript.User{UserID: userID, Domain: domain, StaticPassword: "not-recorded", Disabled: r["USERFLD_DISABLED"] == "true"}
	if unit := r["USERFLD_ORGANIZATIONAL_UNIT"]; !i.created["object "+nameOf(unit)] {
		u.OrgUnit = unit
	}
	if mode := r["USERFLD_LOCAL_AUTH"]; mode != "Default" {
		u.LocalAuthentication = mode
	}
	if known := i.people[nameOf(userID)]; known != nil && len(known.passwords) > 0 {
		u.StaticPassword = known.passwords[0]
	} else if r["USERFLD_CREATE_TIME"] != "" && r["USERFLD_PASSWORD"] == "" && s.operation() == "USERCMD_VIEW" {
		u.StaticPassword, u.NoPassword = "", true
	}
	if i.addUser(u) {
		i.modes[nameOf(userID)] = len(i.sample.Users) - 1
	}
	if r["USERFLD_LOCKED"] == "true" {
		i.leaveOut(s.recorded.Reply.Source, "%q was locked: users of sample data are not", userID)
	}
	for _, serial := range strings.Split(r["USERFLD_ASSIGNED_DIGIPASS"], ",") {
		if serial = strings.TrimSpace(serial); dsapp.CheckSerialNumber(serial) == nil {
			i.holdsEvents(transcript.Authenticator{SerialNumber: serial}, u)
		}
	}
}

func (i *inferrer) digipassCommand(s traced) {
	serial := cmp.Or(s.request.attributeValue("DIGIPASSFLD_SERNO"), s.reply.attributeValue("DIGIPASSFLD_SERNO"))
	r := record{"DIGIPASSFLD_SERNO": serial, "DIGIPASSFLD_DOMAIN": s.request.attributeValue("DIGIPASSFLD_DOMAIN")}
	if s.granted() {
		for _, shown := range recordsIn(s.reply) {
			r = shown
		}
	}
	if s.operation() == "DIGIPASSCMD_GENERATE_ACTIVATION_DATA" {
		i.policy["ActivationCodeOutsideSRP"] = true
	}
	switch s.answered.statusName {
	case "STAT_SUCCESS", "STAT_DIGIPASS_NOT_AVAILABLE", "STAT_ERROR":
	default:
		return
	}
	assigned := s.request.attributeValue("DIGIPASSFLD_ASSIGNED_USERID")
	if assigned != "" {
		i.foundUser(s, record{"USERFLD_USERID": assigned, "USERFLD_DOMAIN": r["DIGIPASSFLD_DOMAIN"]})
	}
	if s.operation() == "DIGIPASSCMD_ASSIGN" && s.granted() {
		i.created["assigned "+i.licence(r["DIGIPASSFLD_SERNO"])] = true
	}
	switch {
	case s.operation() == "DIGIPASSCMD_ASSIGN" && s.granted(), s.operation() == "DIGIPASSCMD_UNASSIGN" && !s.granted():
		delete(r, "DIGIPASSFLD_ASSIGNED_USERID") // it was nobody's
	case s.operation() == "DIGIPASSCMD_UNASSIGN", s.operation() == "DIGIPASSCMD_ASSIGN":
		if r["DIGIPASSFLD_ASSIGNED_USERID"] == "" && i.authenticator(i.licence(serial)) == nil {
			r["DIGIPASSFLD_ASSIGNED_USERID"] = i.somebody(s).UserID
		}
	}
	i.foundAuthenticator(s, r)
}

// foundAuthenticator puts an authenticator into the sample as a reply shows it.
func (i *inferrer) foundAuthenticator(s traced, r record) {
	serial := i.licence(r["DIGIPASSFLD_SERNO"])
	if a := i.authenticator(serial); a != nil && i.created["assumed "+serial] {
		a.UserID = r["DIGIPASSFLD_ASSIGNED_USERID"]
		if a.UserID != "" {
			i.foundUser(s, record{"USERFLD_USERID": a.UserID, "USERFLD_DOMAIN": a.Domain})
		}
	}
	delete(i.created, "assumed "+serial)
	if serial == "" || i.authenticator(serial) != nil {
		return
	}
	a := transcript.Authenticator{SerialNumber: serial}
	if model := r["DIGIPASSFLD_DPTYPE"]; model != "HOTP" && model != "TOTP" {
		a.Model = model
	}
	u := transcript.User{Domain: cmp.Or(r["DIGIPASSFLD_DOMAIN"], "master")}
	if holder := r["DIGIPASSFLD_ASSIGNED_USERID"]; holder != "" {
		i.foundUser(s, record{"USERFLD_USERID": holder, "USERFLD_DOMAIN": u.Domain})
		if !i.created["user "+nameOf(holder)] {
			u.UserID = holder
		}
	}
	i.holdsEvents(a, u)
}

// holdsEvents puts an authenticator that counts events into the sample.
func (i *inferrer) holdsEvents(a transcript.Authenticator, u transcript.User) {
	if i.authenticator(a.SerialNumber) != nil {
		return
	}
	a.Type = "hotp"
	i.events[a.SerialNumber] = true
	i.assign(a, u)
}

func (i *inferrer) applicationCommand(s traced) {
	serial := i.licence(s.request.attributeValue("DIGIPASSAPPLFLD_SERNO"))
	switch s.operation() { // what the policy does not allow is refused before anything else
	case "DIGIPASSAPPLCMD_GEN_VOTP":
		i.policy["VirtualOTP"] = true
	case "DIGIPASSAPPLCMD_GENERATE_ACTIVATION_DATA":
		i.policy["ActivationCodeOutsideSRP"] = true
	case "DIGIPASSAPPLCMD_RESET_APPL":
		if s.granted() {
			i.assigned(s, serial)
		}
	}
	if set := s.request.attributeValue("DIGIPASSAPPLFLD_NEW_PIN"); s.granted() && set != "" && len(set) < 4 {
		i.policy["MinimumPINLength"] = len(set)
	}
	if serial == "" || s.answered.statusName == "STAT_NOT_FOUND" || i.authenticator(serial) != nil {
		return
	}
	i.created["assumed "+serial] = true // that somebody has it
	u := i.somebody(s)
	a := transcript.Authenticator{SerialNumber: serial}
	if proof := s.request.attributeValue("DIGIPASSAPPLFLD_RESPONSE"); s.answered.resultCode == "0" && proof != "" {
		a.PIN = i.pin((&person{}).split(proof, s.sketch).pin)
	}
	i.holdsEvents(a, u)
}

// assigned notes that somebody has an authenticator, whom nothing names so far.
func (i *inferrer) assigned(s traced, serial string) {
	if i.created["assigned "+serial] {
		return
	}
	i.foundAuthenticator(s, record{"DIGIPASSFLD_SERNO": serial})
	if a := i.authenticator(serial); a != nil && a.UserID == "" {
		a.UserID = i.somebody(s).UserID
	}
}

// somebody returns a user for an authenticator of which only that is known that
// somebody has it: the administrator, who is in the sample already, or nobody else.
func (i *inferrer) somebody(s traced) transcript.User {
	u, known := i.sessions[s.asked.session]
	if userID, domain, _, isKey := apiKey(s.asked.session); isKey {
		u, known = transcript.User{UserID: userID, Domain: domain}, true
	}
	if !known || u.Domain != "master" {
		u = transcript.User{UserID: "somebody", Domain: "master", StaticPassword: "not-recorded"}
		i.addUser(u)
	}
	return u
}

func (i *inferrer) domainCommand(s traced) {
	name := s.request.attributeValue("DOMAINFLD_DOMAIN")
	switch {
	case s.granted() && s.operation() == "DOMAINCMD_CREATE":
		i.created["domain "+nameOf(name)] = true
	case s.granted(), s.answered.statusName == "STAT_EXISTS":
		i.foundDomain(name)
	}
}

func (i *inferrer) foundDomain(name string) {
	if name == "" || name == "master" || i.domains[name] || i.created["domain "+nameOf(name)] {
		return
	}
	i.domains[name] = true
	i.sample.Domains = append(i.sample.Domains, transcript.Domain{Name: name})
}

func (i *inferrer) unitCommand(s traced) {
	name := s.request.attributeValue("ORGUNITFLD_ORGANIZATIONAL_UNIT")
	i.foundDomain(s.reply.attributeValue("ORGUNITFLD_DOMAIN"))
	switch {
	case s.granted() && s.operation() == "ORGUNITCMD_CREATE":
		i.created["object "+nameOf(name)] = true
	case s.granted(), s.answered.statusName == "STAT_EXISTS":
		i.unknownObject(s, name)
	}
}

func (i *inferrer) attributeCommand(s traced) {
	name, userID := s.request.attributeValue("UATTFLD_NAME"), s.request.attributeValue("UATTFLD_USERID")
	if s.granted() || s.answered.statusName == "STAT_EXISTS" {
		i.foundUser(s, record{"USERFLD_USERID": userID, "USERFLD_DOMAIN": s.request.attributeValue("UATTFLD_DOMAIN")})
	}
	switch {
	case s.granted() && s.operation() == "USERATTRIBUTECMD_CREATE":
		i.created["object "+nameOf(name)] = true
	case s.granted(), s.answered.statusName == "STAT_EXISTS":
		i.unknownObject(s, name)
	}
}
