package drafting

import (
	"bytes"
	"cmp"
	"iter"
	"mime"
	"slices"
	"strings"
)

// gist is what of a message decides which transcript it belongs to.
type gist struct {
	operation                            string // empty: it is no envelope
	userID, registrationID, serialNumber string
	status                               string // its code
	statusName                           string
	password                             string

	// Of the interfaces beside provisioning:
	door         door
	session      string // or the API key in its place
	challengeKey string // or the key of a request
	resultCode   string // of a test of a one-time password
	said         map[string]string

	// Of a call of REST, or a reply to one:
	rest      bool
	lists     bool // it tells of several users or authenticators
	requestID string
	repeat    string // the Idempotency-Key
}

// keptFields are the fields of the interfaces beside provisioning that say what a user
// logs in by, and what an administrator does to it.
var keptFields = []string{
	"staticPassword", "response", "CREDFLD_PASSWORD", "CREDFLD_CURRENT_PIN", "CREDFLD_NEW_STATIC_PASSWORD",
	"componentType", "USERFLD_USERID", "USERFLD_DOMAIN", "USERFLD_NEW_PASSWORD", "USERFLD_EXPIRATION_TIME", "DIGIPASSFLD_SERNO", "DIGIPASSFLD_ASSIGNED_USERID",
	"DIGIPASSAPPLFLD_SERNO", "DIGIPASSAPPLFLD_NEW_PIN",
}

// gist returns that of a message; that of none is empty.
func (m *message) gist() gist {
	if m == nil {
		return gist{}
	}
	g := gist{
		operation: m.operation(), userID: m.value("userID"), registrationID: m.value("registrationID"),
		serialNumber: m.value("serialNumber"), status: m.outcome(), statusName: m.value("statusCodeEnum"),
		password: m.value("staticPassword"), rest: m.rest != nil, lists: m.rest.lists(), requestID: m.value("requestID"),
	}
	if m.rest != nil {
		return g
	}
	if g.door = doorOf(m.body.Name.Local); g.door == "" {
		return g
	}
	g.userID = m.attributeValue("userID")
	g.session = cmp.Or(m.attributeValue("sessionID"), m.attributeValue("CREDFLD_SESSION_ID"))
	g.challengeKey = cmp.Or(m.attributeValue("CREDFLD_CHALLENGE_KEY"), m.attributeValue("SIGNFLD_REQUEST_KEY"))
	g.resultCode = m.attributeValue("DIGIPASSAPPLFLD_RESULT_CODE")
	g.said = map[string]string{}
	for _, name := range keptFields {
		if text := m.attributeValue(name); text != "" {
			g.said[name] = text
		}
	}
	return g
}

// sketch is an exchange by the gists of its messages.
type sketch struct{ asked, answered gist }

// sketched returns the sketch of an exchange. Its messages are read where they have
// not been.
func sketched(r Recorded) (sketch, error) {
	known := r.Request.gist != nil && (r.Reply.gist != nil || r.Reply.Body == nil)
	if known && r.values == nil {
		s := sketch{asked: *r.Request.gist}
		if r.Reply.gist != nil {
			s.answered = *r.Reply.gist
		}
		return s.authorized(r), nil
	}
	e, err := readRecorded(r, false)
	if err != nil {
		return sketch{}, err
	}
	return e.sketch, nil
}

// exchanged is a recorded exchange whose messages were read.
type exchanged struct {
	sketch
	recorded Recorded
	request  *message // nil: no envelope, so that it is sent as text
	sent     string   // where request is nil
	reply    *message // nil: not known
}

func newExchanged(r Recorded, sent string, request, reply *message) *exchanged {
	return &exchanged{sketch: sketch{request.gist(), reply.gist()}.authorized(r), recorded: r, sent: sent, request: request, reply: reply}
}

// authorized takes over the API key that stands in a header in the place of a
// session.
func (s sketch) authorized(r Recorded) sketch {
	if header := r.Request.Header.Get("Authorization"); s.asked.door != "" && s.asked.session == "" && apiKeyForm.MatchString(header) {
		s.asked.session = header
	}
	return s
}

// readRecorded reads the messages of an exchange, stripped where they are to be
// redacted.
func readRecorded(r Recorded, redact bool) (*exchanged, error) {
	sent, err := r.Request.text()
	if err != nil {
		return nil, err
	}
	if call, is := r.call(); is {
		return readREST(r, call, sent)
	}
	if redact {
		sent = stripped(sent)
	}
	request, err := readMessage(sent)
	if err != nil {
		request = nil
	}
	var reply *message
	if r.values != nil {
		reply, err = r.values.read(request)
		return newExchanged(r, sent, request, reply), err
	}
	if r.Reply.Body == nil {
		return newExchanged(r, sent, request, nil), nil
	}
	text, err := r.Reply.text()
	if err != nil {
		return nil, err
	}
	if redact {
		text = stripped(text)
	}
	reply, err = readMessage(text)
	return newExchanged(r, sent, request, reply), err
}

// readREST reads the reply to a call of REST. A request that is no JSON is sent as
// a text.
func readREST(r Recorded, call restCall, sent string) (*exchanged, error) {
	request, err := readCall(call, sent)
	if err != nil {
		request = nil
	}
	if r.Reply.Body == nil && r.Status == 0 {
		return newExchanged(r, sent, request, nil), nil
	}
	text := ""
	if isJSON(r.Reply) {
		if text, err = r.Reply.text(); err != nil {
			return nil, err
		}
	}
	reply, err := readAnswer(call, r.Status, text)
	e := newExchanged(r, sent, request, reply)
	e.asked.repeat = r.Request.Header.Get("Idempotency-Key")
	return e, err
}

// isJSON reports whether a message is said to be JSON, or begins as it does.
func isJSON(m RecordedMessage) bool {
	kind, _, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	return strings.HasSuffix(kind, "json") || kind == "" && bytes.HasPrefix(bytes.TrimSpace(m.Body), []byte("{"))
}

// operation returns what was asked for.
func (s sketch) operation() string { return cmp.Or(s.asked.operation, "malformed") }

// status returns the reply's status code; empty: not known.
func (s sketch) status() string { return s.answered.status }

func (s sketch) granted() bool { return s.status() == "0" }

// presumed reports whether nobody recorded the reply: it is made up of what was
// asserted of it.
func (e *exchanged) presumed() bool { return e.recorded.wanted != nil }

// begins reports whether a request opens a registration.
func (s sketch) begins() bool { return slices.Contains(beginning, s.operation()) }

var beginning = []string{"dsappSRPRegister", "PROVISIONCMD_DSAPPREGISTER", "PROVISIONCMD_MDL_REGISTER", "PROVISIONCMD_REGISTER",
	"POST users/register", "POST registrations", "POST provisioning/MdlRegister"}

// outsideSRP reports whether a request is about a registration without an ID.
func (s sketch) outsideSRP() bool {
	return s.operation() == "PROVISIONCMD_REGISTER" || s.operation() == "PROVISIONCMD_ACTIVATE"
}

// holder returns the user that an exchange names, as far as it does.
func (s sketch) holder() string {
	if id := cmp.Or(s.answered.userID, s.asked.userID); id != "" {
		return nameOf(id)
	}
	return ""
}

// key returns what a conversation is found by: the registration ID or, outside SRP,
// the user; empty where an exchange stands alone.
func (s sketch) key() string {
	switch id := cmp.Or(s.asked.registrationID, s.answered.registrationID); {
	case s.asked.door != "":
		return s.loginKey()
	case s.asked.operation == "", id == "" && !s.outsideSRP():
		return ""
	case s.outsideSRP():
		return "user " + s.holder()
	default:
		return "registration " + id
	}
}

// loginKey returns what a conversation of the interfaces beside provisioning is
// found by: who logs in, signs or administers, or else a session or a challenge.
func (s sketch) loginKey() string {
	userID, _, _, isKey := apiKey(s.asked.session)
	switch {
	case isKey:
		return "login " + nameOf(userID)
	case s.asked.session != "":
		return "session " + s.asked.session
	case s.holder() != "":
		return "login " + s.holder()
	case cmp.Or(s.asked.challengeKey, s.answered.challengeKey) != "":
		return "challenge " + cmp.Or(s.asked.challengeKey, s.answered.challengeKey)
	}
	return ""
}

// handsOut returns the keys by which what is handed out is asked for later.
func (s sketch) handsOut() []string {
	var all []string
	if s.asked.door == "" || !s.granted() {
		return nil
	}
	if s.asked.session == "" && s.answered.session != "" {
		all = append(all, "session "+s.answered.session)
	}
	if s.answered.challengeKey != "" {
		all = append(all, "challenge "+s.answered.challengeKey)
	}
	return all
}

// flow is the conversation that becomes one transcript: about one
// registration, or as somebody has put it together.
type flow struct {
	keys      []string
	chapter   *chapter // nil: about one registration
	people    people
	pending   []decree // what happened elsewhere since the last exchange
	exchanges []*Recorded
	rest      bool // some of it is REST

	// Of the first exchange:
	opened         bool // it opened a registration
	holder, serial string
}

// drained returns the exchanges of a flow, each of which is dropped once it was
// taken.
func (f *flow) drained() iter.Seq[*Recorded] {
	return func(yield func(*Recorded) bool) {
		for n := range f.exchanges {
			each := f.exchanges[n]
			f.exchanges[n] = nil
			if !yield(each) {
				return
			}
		}
	}
}

// sorter puts exchanges into flows, as they come. It keeps them as they were
// recorded, as what is read of them is many times their size.
type sorter struct {
	flows    map[int]*flow // by their numbers, from 0
	next     int
	keys     map[string]int // the number of the last flow of a key
	chapters map[*chapter]int
}

// sort finds the flow of an exchange, or begins one, and returns its number.
func (s *sorter) sort(e sketch, recorded *Recorded) int {
	found, known := s.find(e, recorded.chapter)
	if !known {
		found = s.begin(e, recorded.chapter)
	}
	f := s.flows[found]
	f.people.learn(e)
	s.spread(e, found)
	recorded.decrees, f.pending = f.pending, nil
	if f.chapter == nil {
		if e.asked.rest {
			s.know(found, e)
		}
		for _, key := range e.handsOut() {
			s.name(found, key)
		}
	}
	recorded.Request.gist, recorded.Reply.gist = nil, nil // their work is done
	f.exchanges = append(f.exchanges, recorded)
	return found
}

func (s *sorter) find(e sketch, of *chapter) (int, bool) {
	if of != nil {
		found, known := s.chapters[of]
		return found, known
	}
	if e.asked.rest {
		return s.findREST(e)
	}
	key := e.key()
	if found, known := s.keys["challenge "+e.asked.challengeKey]; known && e.asked.challengeKey != "" {
		return found, true
	}
	found, known := s.keys[key]
	switch {
	case key == "", e.begins():
		return 0, false
	case !known && e.granted() && e.asked.door == "":
		return s.nearest(e)
	}
	return found, known
}

func (s *sorter) begin(e sketch, of *chapter) int {
	if s.flows == nil {
		s.flows, s.keys, s.chapters = map[int]*flow{}, map[string]int{}, map[*chapter]int{}
	}
	n := s.next
	s.next++
	f := &flow{chapter: of, people: people{}, opened: e.begins() && e.granted(), holder: e.holder(), serial: e.answered.serialNumber}
	s.flows[n] = f
	if f.chapter != nil {
		s.chapters[f.chapter] = n
	} else if key := e.key(); key != "" {
		s.name(n, key)
	}
	return n
}

// name lets what has a key find a flow.
func (s *sorter) name(n int, key string) {
	s.flows[n].keys = append(s.flows[n].keys, key)
	s.keys[key] = n
}

// forget drops a flow that goes on no more.
func (s *sorter) forget(n int) {
	if f := s.flows[n]; f != nil {
		for _, key := range f.keys {
			if s.keys[key] == n {
				delete(s.keys, key)
			}
		}
	}
	delete(s.flows, n)
}

// restKeys are what the flow of a call of REST is found by: its registration, its
// user and its authenticator, as far as it or its reply names them.
func (s sketch) restKeys() (keys []string) {
	if s.asked.lists {
		return nil
	}
	if id := cmp.Or(s.asked.registrationID, s.answered.registrationID); id != "" {
		keys = append(keys, "registration "+id)
	}
	if holder := s.holder(); holder != "" {
		keys = append(keys, "rest user "+holder)
	}
	if serial := licence(cmp.Or(s.asked.serialNumber, s.answered.serialNumber)); serial != "" {
		keys = append(keys, "rest authenticator "+serial)
	}
	if id := cmp.Or(s.asked.requestID, s.answered.requestID); id != "" {
		keys = append(keys, "rest session "+id)
	}
	if s.asked.repeat != "" {
		keys = append([]string{"rest repeat " + s.asked.repeat}, keys...)
	}
	return keys
}

// findREST returns the flow that a call of REST goes on with.
func (s *sorter) findREST(e sketch) (int, bool) {
	for _, key := range e.restKeys() {
		if found, known := s.keys[key]; known {
			return found, true
		}
	}
	return 0, false
}

// know has a flow be found by what a call of REST names.
func (s *sorter) know(n int, e sketch) {
	f := s.flows[n]
	f.rest = true
	for _, key := range e.restKeys() {
		if found, known := s.keys[key]; !known || found != n && !strings.HasPrefix(key, "registration ") {
			s.name(n, key)
		}
	}
}

// nearest returns the flow that a granted step belongs to although nobody was given
// its registration ID, as in the replies of a stub: the last one of the same
// user and authenticator.
func (s *sorter) nearest(e sketch) (int, bool) {
	for n := s.next - 1; n >= 0 && n >= s.next-openFlows; n-- {
		if f := s.flows[n]; f != nil && f.chapter == nil && f.fits(e, s.next == 1) {
			return n, true
		}
	}
	return 0, false
}

// fits reports whether a step may belong to a flow by what its reply names; alone,
// that there is no other flow.
func (f *flow) fits(e sketch, alone bool) bool {
	if !f.opened {
		return false
	}
	if e.holder() == "" {
		return alone
	}
	serial := e.answered.serialNumber
	return e.holder() == f.holder && (serial == "" || serial == f.serial)
}
