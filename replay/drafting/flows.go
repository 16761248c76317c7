package drafting

import (
	"cmp"
	"iter"
	"slices"
)

// gist is what of a message decides which transcript it belongs to.
type gist struct {
	operation                            string // empty: it is no envelope
	userID, registrationID, serialNumber string
	status                               string // its code
	password                             string
}

// gist returns that of a message; that of none is empty.
func (m *message) gist() gist {
	if m == nil {
		return gist{}
	}
	return gist{
		operation: m.operation(), userID: m.value("userID"), registrationID: m.value("registrationID"),
		serialNumber: m.value("serialNumber"), status: m.value("statusCode"), password: m.value("staticPassword"),
	}
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
		return s, nil
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
	return &exchanged{sketch: sketch{request.gist(), reply.gist()}, recorded: r, sent: sent, request: request, reply: reply}
}

// readRecorded reads the messages of an exchange, stripped where they are to be
// redacted.
func readRecorded(r Recorded, redact bool) (*exchanged, error) {
	sent, err := r.Request.text()
	if err != nil {
		return nil, err
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

var beginning = []string{"dsappSRPRegister", "PROVISIONCMD_DSAPPREGISTER", "PROVISIONCMD_MDL_REGISTER", "PROVISIONCMD_REGISTER"}

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
	case s.asked.operation == "", id == "" && !s.outsideSRP():
		return ""
	case s.outsideSRP():
		return "user " + s.holder()
	default:
		return "registration " + id
	}
}

// flow is the conversation that becomes one transcript: about one
// registration, or as somebody has put it together.
type flow struct {
	key       string
	chapter   *chapter // nil: about one registration
	exchanges []*Recorded

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
	recorded.Request.gist, recorded.Reply.gist = nil, nil // their work is done
	f.exchanges = append(f.exchanges, recorded)
	return found
}

func (s *sorter) find(e sketch, of *chapter) (int, bool) {
	if of != nil {
		found, known := s.chapters[of]
		return found, known
	}
	key := e.key()
	found, known := s.keys[key]
	switch {
	case key == "", e.begins():
		return 0, false
	case !known && e.granted():
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
	f := &flow{chapter: of, opened: e.begins() && e.granted(), holder: e.holder(), serial: e.answered.serialNumber}
	s.flows[n] = f
	if f.chapter != nil {
		s.chapters[f.chapter] = n
	} else if f.key = e.key(); f.key != "" {
		s.keys[f.key] = n
	}
	return n
}

// forget drops a flow that goes on no more.
func (s *sorter) forget(n int) {
	if f := s.flows[n]; f != nil && s.keys[f.key] == n {
		delete(s.keys, f.key)
	}
	delete(s.flows, n)
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
