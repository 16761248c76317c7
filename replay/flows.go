package replay

import (
	"slices"
)

// exchanged is a recorded exchange whose messages were read.
type exchanged struct {
	recorded Recorded
	request  *message // nil: no envelope, so that it is sent as text
	sent     string   // where request is nil
	reply    *message // nil: not known
}

// readRecorded reads the messages of an exchange, stripped where they are to be
// redacted.
func readRecorded(r Recorded, redact bool) (*exchanged, error) {
	text, err := r.Request.text()
	if err != nil {
		return nil, err
	}
	if redact {
		text = stripped(text)
	}
	e := &exchanged{recorded: r, sent: text}
	if e.request, err = readMessage(text); err != nil {
		e.request = nil
	}
	if r.values != nil {
		e.reply, err = r.values.read(e.request)
		return e, err
	}
	if r.Reply.Body == nil {
		return e, nil
	}
	if text, err = r.Reply.text(); err != nil {
		return nil, err
	}
	if redact {
		text = stripped(text)
	}
	e.reply, err = readMessage(text)
	return e, err
}

// operation is what was asked for.
func (e *exchanged) operation() string {
	if e.request == nil {
		return "malformed"
	}
	return e.request.operation()
}

// status is the reply's status code; empty: not known.
func (e *exchanged) status() string { return e.reply.value("statusCode") }

func (e *exchanged) granted() bool { return e.status() == "0" }

// presumed reports that nobody recorded the reply: it is made up of what was
// asserted of it.
func (e *exchanged) presumed() bool { return e.recorded.wanted != nil }

// begins says that a request opens a registration.
func (e *exchanged) begins() bool {
	return slices.Contains(beginning, e.operation())
}

var beginning = []string{"dsappSRPRegister", "PROVISIONCMD_DSAPPREGISTER", "PROVISIONCMD_MDL_REGISTER", "PROVISIONCMD_REGISTER"}

// outsideSRP says that a request is about a registration without an ID.
func (e *exchanged) outsideSRP() bool {
	return e.operation() == "PROVISIONCMD_REGISTER" || e.operation() == "PROVISIONCMD_ACTIVATE"
}

// holder is the user that an exchange names, as far as it does.
func (e *exchanged) holder() string {
	for _, m := range []*message{e.reply, e.request} {
		if id := m.value("userID"); id != "" {
			return nameOf(id)
		}
	}
	return ""
}

// key is what a conversation is found by: the registration ID or, outside SRP,
// the user; empty where an exchange stands alone.
func (e *exchanged) key() string {
	switch {
	case e.request == nil:
		return ""
	case e.outsideSRP():
		return "user " + e.holder()
	}
	for _, m := range []*message{e.request, e.reply} {
		if id := m.value("registrationID"); id != "" {
			return "registration " + id
		}
	}
	return ""
}

// flow is the conversation that becomes one transcript: about one
// registration, or as somebody has put it together.
type flow struct {
	key       string
	chapter   *chapter // nil: about one registration
	exchanges []Recorded

	// Of the first exchange:
	opened         bool // it opened a registration
	holder, serial string
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
func (s *sorter) sort(e *exchanged) int {
	found, known := s.find(e)
	if !known {
		found = s.begin(e)
	}
	f := s.flows[found]
	f.exchanges = append(f.exchanges, e.recorded)
	return found
}

func (s *sorter) find(e *exchanged) (int, bool) {
	if chapter := e.recorded.chapter; chapter != nil {
		found, known := s.chapters[chapter]
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

func (s *sorter) begin(e *exchanged) int {
	if s.flows == nil {
		s.flows, s.keys, s.chapters = map[int]*flow{}, map[string]int{}, map[*chapter]int{}
	}
	n := s.next
	s.next++
	f := &flow{chapter: e.recorded.chapter, opened: e.begins() && e.granted(), holder: e.holder(), serial: e.reply.value("serialNumber")}
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

// nearest is the flow that a granted step belongs to although nobody was given
// its registration ID, as in the replies of a stub: the last one of the same
// user and authenticator.
func (s *sorter) nearest(e *exchanged) (int, bool) {
	for n := s.next - 1; n >= 0 && n >= s.next-openFlows; n-- {
		if f := s.flows[n]; f != nil && f.chapter == nil && f.fits(e, s.next == 1) {
			return n, true
		}
	}
	return 0, false
}

// fits says that a step may belong to a flow by what its reply names; alone,
// that there is no other flow.
func (f *flow) fits(e *exchanged, alone bool) bool {
	if !f.opened {
		return false
	}
	if e.holder() == "" {
		return alone
	}
	serial := e.reply.value("serialNumber")
	return e.holder() == f.holder && (serial == "" || serial == f.serial)
}
