package drafting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/dsapp"
)

// traced is an exchange in its place in a transcript, with what was known of its
// registration before it.
type traced struct {
	*exchanged
	number   int
	advance  time.Duration // by which the clock moves on beforehand
	of       registration
	captures []taken // from its reply
}

// taken is a value of a reply that is captured.
type taken struct{ name, path string }

// registration is what is known of one.
type registration struct {
	phone    string // whose captures are its own; empty: they have no table
	id       string // as it was recorded
	holder   string // whom it is about, as a key
	user     string // who opened it
	serial   string // of its authenticator, as the transcript has it
	instance string // as it was recorded
	request  string // the ID of the last challenge or session, as it was recorded
	known    []string
	proved   bool // a key exchange was completed
	refused  bool // a step was
}

// knows reports whether something was captured under each of the names.
func (r registration) knows(names ...string) bool {
	for _, name := range names {
		if !slices.Contains(r.known, name) {
			return false
		}
	}
	return true
}

// agreed reports whether a phone can compute the key that the server has.
func (r registration) agreed() bool {
	return r.knows("registrationID", "activationPassword", "serverEphemeralPublicKey", "salt")
}

// capture returns a name with the phone that it is known to.
func (r registration) capture(name string) string { return transcript.CaptureName(r.phone, name) }

// call returns a call with the phone that computes it.
func (r registration) call(words string) string {
	if r.phone == "" {
		return words
	}
	return words + " " + r.phone
}

// standIns are what stands in for what cannot be in a transcript: serial
// numbers of a form that dsappd does not take, and passwords where they are
// redacted.
type standIns struct {
	redact    bool
	people    people
	passwords map[string]string
	pins      map[string]string
	serials   map[string]string

	captured map[string]string // the names of what was handed out, by value
	requests map[string]asking // what was asked of a device, by its key
	events   map[string]bool   // serial numbers of authenticators that count events
}

// asking is a challenge or a request by the names of its captures.
type asking struct{ challenge, message string }

func newStandIns(redact bool, known people) *standIns {
	return &standIns{
		redact: redact, people: known, passwords: map[string]string{}, pins: map[string]string{}, serials: map[string]string{},
		captured: map[string]string{}, requests: map[string]asking{}, events: map[string]bool{},
	}
}

// counts reports whether an authenticator counts events.
func (w *standIns) counts(serial string) bool { return w.events[serial] }

// pin returns a server PIN or, where it is redacted, what stands in for it: digits,
// as many, and the same ones for the same PIN.
func (w *standIns) pin(value string) string {
	if !w.redact || value == "" {
		return transcript.Literal(value)
	}
	if !digitsOnly.MatchString(value) {
		return masked(value)
	}
	if w.pins[value] == "" {
		n := fmt.Sprintf("%0*d", len(value), len(w.pins)+1)
		w.pins[value] = n[len(n)-len(value):]
	}
	return w.pins[value]
}

// password returns a password or, where it is redacted, what stands in for it: the
// same one for the same password.
func (w *standIns) password(value string) string {
	if !w.redact || value == "" {
		return value
	}
	if w.passwords[value] == "" {
		w.passwords[value] = fmt.Sprintf("redacted-%d", len(w.passwords)+1)
	}
	return w.passwords[value]
}

// licence returns the serial number of an authenticator or of whose instance is
// named.
func licence(name string) string {
	serial, _, _ := strings.Cut(name, "-")
	return serial
}

// licence returns the serial number of an authenticator, or one that stands in for
// it where it has a form that dsappd does not take.
func (w *standIns) licence(name string) string {
	serial := licence(name)
	if name == "" || dsapp.CheckSerialNumber(serial) == nil {
		return serial
	}
	if w.serials[name] == "" {
		w.serials[name] = fmt.Sprintf("AAA%07d", 9000001+len(w.serials))
	}
	return w.serials[name]
}

// tracer follows exchanges through their registrations: through one, or through
// as many as they open.
type tracer struct {
	*standIns
	several bool
	last    *registration
	byID    map[string]*registration
	phones  int
	steps   int
	before  time.Time // of the exchange before

	handed  map[string]int  // how many captures have a name
	owed    time.Duration   // that has passed and is not written down
	refused map[string]bool // whether the last login of a user was
	early   map[string]bool // whether it was let in by a static password, by user and component
}

func newTracer(w *standIns, several bool) *tracer {
	return &tracer{standIns: w, several: several, byID: map[string]*registration{}, handed: map[string]int{}, refused: map[string]bool{}, early: map[string]bool{}}
}

// follow returns the next exchange in its place.
func (t *tracer) follow(e *exchanged) traced {
	t.steps++
	if e.asked.door != "" {
		return t.beside(e)
	}
	r := t.registration(e)
	if r.serial == "" && e.granted() {
		r.serial = t.licence(cmp.Or(e.reply.value("serialNumber"), e.request.value("serialNumber")))
	}
	if r.serial == "" && e.asked.rest && e.usesAuthenticator() {
		r.serial = t.licence("the authenticator of " + e.holder())
	}
	s := traced{exchanged: e, number: t.steps, of: *r}
	s.of.known = slices.Clone(r.known)
	s.advance = t.advance(r, e)
	s.captures = captures(r, e)
	if len(s.captures) > 0 && t.several && !r.knowsAnything() {
		if t.phones++; t.phones > 1 {
			r.phone = fmt.Sprintf("phone%d", t.phones)
			s.of.phone = r.phone
		}
	}
	for _, c := range s.captures {
		r.known = append(r.known, c.name)
	}
	r.learn(e)
	if r.id != "" {
		t.byID[r.id] = r
	}
	return s
}

// beside returns an exchange of the interfaces beside provisioning, which is about
// no registration.
func (t *tracer) beside(e *exchanged) traced {
	s := traced{exchanged: e, number: t.steps, advance: t.passed(e)}
	hold := func(field, name string) string {
		value := e.reply.attributeValue(field)
		if value == "" || !e.granted() {
			return ""
		}
		if t.handed[name]++; t.handed[name] > 1 {
			name = fmt.Sprintf("%s%d", name, t.handed[name])
		}
		s.captures = append(s.captures, taken{name, "attributes[attributeID='" + field + "']/value"})
		t.captured[value] = name
		return name
	}
	switch e.operation() {
	case "logon":
		hold("CREDFLD_SESSION_ID", "sessionID")
	case "getChallenge":
		hold("CREDFLD_CHALLENGE_KEY", "challengeKey")
		t.requests[e.answered.challengeKey] = asking{challenge: hold("CREDFLD_CHALLENGE", "challenge")}
	case "getSecureChallenge":
		hold("CREDFLD_CHALLENGE_KEY", "challengeKey")
		t.requests[e.answered.challengeKey] = asking{message: hold("CREDFLD_REQUEST_MESSAGE", "requestMessage")}
	case "genRequest":
		hold("SIGNFLD_REQUEST_KEY", "requestKey")
		t.requests[e.answered.challengeKey] = asking{message: hold("SIGNFLD_REQUEST_MESSAGE", "requestMessage")}
	}
	return s
}

// passed returns by how much the clock moves on before a login or a request of an
// administrator: what has passed since the last time that this was written down,
// where it may be why the exchange came out as it did.
func (t *tracer) passed(e *exchanged) time.Duration {
	if !t.before.IsZero() && !e.recorded.At.IsZero() {
		t.owed += e.recorded.At.Sub(t.before)
	}
	if !e.recorded.At.IsZero() {
		t.before = e.recorded.At
	}
	policy := e.holder() + " " + e.component()
	early := t.early[policy]
	t.early[policy] = e.operation() == "authUser" && e.granted() && e.answered.serialNumber == ""
	if early && e.answered.statusName == "STAT_GRACE_PERIOD_EXPIRED" {
		t.owed = 0
		return afterGrace
	}
	refused := t.refused[e.holder()]
	if t.refused[e.holder()] = !e.granted(); t.owed < late || e.granted() && !refused {
		return e.recorded.pause
	}
	owed := t.owed.Round(time.Second)
	t.owed = 0
	return owed
}

func (r *registration) knowsAnything() bool { return len(r.known) > 0 }

// learn notes what an exchange shows.
func (r *registration) learn(e *exchanged) {
	r.refused = r.refused || !e.granted()
	r.holder = cmp.Or(r.holder, e.holder())
	if !e.granted() {
		return
	}
	if e.begins() {
		r.id = cmp.Or(e.reply.value("registrationID"), r.id)
		r.user, _ = resolved(e)
	}
	r.request = cmp.Or(e.reply.value("requestID"), r.request)
	r.proved = r.proved || e.reply.value("serverEvidenceMessage") != ""
	if serial := e.reply.value("serialNumber"); isInstance(serial) {
		r.instance = serial
	}
}

// isInstance reports whether a name is that of an instance: the serial number
// of its licence and a sequence number, which the server goes on counting.
func isInstance(name string) bool {
	serial, _, found := strings.Cut(name, "-")
	return found && dsapp.CheckSerialNumber(serial) == nil
}

// registration returns the one that an exchange is about.
func (t *tracer) registration(e *exchanged) *registration {
	switch known := t.byID[e.request.value("registrationID")]; {
	case !t.several && t.last != nil:
	case t.last == nil, e.begins() && e.granted() && !(e.asked.rest && t.last.id == ""):
		t.last = &registration{}
	case e.begins() && !e.granted():
		return &registration{} // which nobody goes on with
	case e.begins(): // it goes on with what a call of REST has shown
	case known != nil:
		t.last = known
	case e.request.value("registrationID") != "" && !e.granted():
		return &registration{} // one that nobody has opened
	case e.asked.rest && e.holder() == "": // it names an authenticator alone, or nobody
	case e.outsideSRP() && t.last.holder != e.holder(), e.key() == "" && t.last.holder != e.holder():
		return &registration{}
	}
	return t.last
}

// late is a time between two exchanges that may have decided about the second.
const late = time.Minute

// afterGrace is when a grace period of the predefined policies has ended by its date.
const afterGrace = 7*24*time.Hour + time.Minute

// afterExpiry is when a registration of the predefined policies has expired.
const afterExpiry = 11 * time.Minute

// advance returns by how much the clock moves on: as it did, where a refusal may be
// due to it.
func (t *tracer) advance(r *registration, e *exchanged) time.Duration {
	passed := e.recorded.At.Sub(t.before)
	if t.before.IsZero() || e.recorded.At.IsZero() {
		passed = 0
	}
	if t.before = e.recorded.At; r.expired(e) {
		return afterExpiry
	}
	if passed < late || e.granted() {
		return e.recorded.pause
	}
	return passed.Round(time.Second)
}

// expired reports whether a step was refused because its registration had expired,
// as far as is known where nobody wrote down the times. What was only asserted
// of a reply is no evidence of that.
func (r *registration) expired(e *exchanged) bool {
	ours := r.id != "" && e.request.value("registrationID") == r.id
	return e.recorded.At.IsZero() && !e.presumed() && ours && !r.refused && e.status() == "-13"
}

// captures returns the values of a reply that later requests or the phone need.
func captures(r *registration, e *exchanged) []taken {
	if e.reply == nil || !e.granted() {
		return nil
	}
	var all []taken
	for _, name := range slices.Sorted(maps.Keys(e.reply.fields)) {
		fields := e.reply.fields[name]
		if len(fields) != 1 || fields[0].text == "" {
			continue
		}
		switch name {
		case "registrationID":
			if e.begins() {
				all = append(all, taken{name, fields[0].path})
			}
		case "requestID", "requestMessage":
			if e.asked.rest {
				all = append(all, taken{name, fields[0].path})
			}
		case "activationPassword", "serverEphemeralPublicKey", "salt", "activationCode", "activationMessage", "activationMessage2":
			all = append(all, taken{name, fields[0].path})
		case "serialNumber":
			if isInstance(fields[0].text) && r.instance != fields[0].text {
				all = append(all, taken{"instance", fields[0].path})
			}
		}
	}
	for _, item := range e.reply.items {
		if (item.name == "activationCode" || item.name == "activationMessage") && r.agreed() {
			all = append(all, taken{item.name, item.path})
		}
	}
	return all
}

// addCaptures puts the captures of a step into the table of a transcript's
// header.
func addCaptures(table map[string]any, s traced) {
	if s.of.phone != "" && len(s.captures) > 0 {
		if table[s.of.phone] == nil {
			table[s.of.phone] = map[string]any{}
		}
		table = table[s.of.phone].(map[string]any)
	}
	for _, c := range s.captures {
		place := fmt.Sprintf("%d %s", s.number, c.path)
		switch before := table[c.name].(type) {
		case nil:
			table[c.name] = place
		case string:
			table[c.name] = []any{before, place}
		case []any:
			table[c.name] = append(before, place)
		}
	}
}
