package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Drafter writes transcripts of exchanges that have happened: each for one
// registration, with the captures, the phone's calls and the sample data that
// its requests imply.
//
// A draft is made in steps, each a function of what the one before found:
// messages are read, traced through their registrations, their sample is
// inferred, and the requests and the replies are written.
type Drafter struct {
	// Redact takes out every secret: a password gives way to a stand-in that
	// the sample data have too, keys and one-time passwords to what a phone
	// computes, and the rest to characters of the same kind.
	Redact bool

	sorter    sorter
	passwords map[string]string // that were right, by user
	presumer  presumer          // of replies that nobody recorded
}

// Add takes an exchange and returns the number, from 0, of the draft that it
// belongs to. An error says that it cannot be written down.
func (d *Drafter) Add(r Recorded) (int, error) {
	e, err := readRecorded(r, d.Redact)
	if err != nil {
		return 0, err
	}
	if d.Redact && e.request == nil {
		return 0, errNotRedacted
	}
	if e.reply == nil && e.request != nil {
		e.recorded.wanted = &wanted{}
		if r.Status != 0 {
			e.recorded.wanted.statuses = []int{r.Status}
		}
		e.recorded.Reply.Body = d.presumer.presume(e.request, e.recorded.wanted)
		if e, err = readRecorded(e.recorded, d.Redact); err != nil {
			return 0, err
		}
	}
	if e.granted() && e.request.value("staticPassword") != "" {
		if d.passwords == nil {
			d.passwords = map[string]string{}
		}
		d.passwords[e.holder()] = e.request.value("staticPassword")
	}
	return d.sorter.sort(e), nil
}

const errNotRedacted recordingError = "the request is no envelope, so that nobody knows where in it secrets stand"

// Len is how many drafts there are.
func (d *Drafter) Len() int { return d.sorter.next }

// Forget drops the exchanges of a draft; what belongs to it later begins
// another.
func (d *Drafter) Forget(i int) { d.sorter.forget(i) }

// Draft writes draft i from its exchanges so far.
func (d *Drafter) Draft(i int) (*Transcript, []Notice) {
	flow := d.sorter.flows[i]
	said := &notices{}
	var all []*exchanged
	for _, r := range flow.exchanges {
		e, err := readRecorded(r, d.Redact)
		if err != nil { // Add has read it
			said.leaveOut(r.Request.Source, "%v", err)
			continue
		}
		all = append(all, e)
	}
	w := &standIns{redact: d.Redact, passwords: map[string]string{}, serials: map[string]string{}}
	steps := trace(all, flow.chapter != nil, w)
	t := &Transcript{Header: Header{Sample: infer(steps, d.passwords, w, said), Captures: captureTable(steps)}}
	requests, replies := &requestWriter{standIns: w, notices: said, made: map[string]string{}, used: map[string]int{}}, &replyWriter{standIns: w, notices: said}
	for _, s := range steps {
		exchange := Exchange{Number: s.number, Title: s.recorded.Title, Advance: s.advance}
		exchange.Request = requests.write(s)
		exchange.Advance += requests.wait()
		exchange.Reply = replies.write(s)
		t.Exchanges = append(t.Exchanges, exchange)
	}
	t.Header.Reply.AnyTypes = replies.anyTypes
	if flow.chapter != nil {
		said.all = slices.Concat(flow.chapter.all, said.all)
	}
	t.Title, t.Why = title(flow.chapter, steps), origin(steps, said.all)
	return t, said.all
}

// source is where the first exchange of a draft was found.
func (d *Drafter) source(i int) Source { return d.sorter.flows[i].exchanges[0].Request.Source }

// chapter is a transcript that somebody has put together, such as a test case.
type chapter struct {
	title string
	notices
}

// title is what a transcript is about: what somebody calls it, or its
// operations.
func title(c *chapter, steps []traced) string {
	if c != nil && c.title != "" {
		return c.title
	}
	var done []string
	for _, s := range steps {
		what := s.operation()
		if status := s.reply.value("statusCodeEnum"); !s.granted() && !s.presumed() && status != "" {
			what += " (" + status + ")"
		}
		if len(done) == 0 || done[len(done)-1] != what {
			done = append(done, what)
		}
	}
	return strings.Join(done, ", ")
}

// origin is where the exchanges come from, and what was left out of them.
func origin(steps []traced, said []Notice) string {
	var from []string
	for _, s := range steps {
		if name := s.recorded.Request.Source.File; name != "" && !slices.Contains(from, name) {
			from = append(from, name)
		}
	}
	var why []string
	if len(steps) > 0 && !steps[0].recorded.At.IsZero() {
		why = append(why, "Recorded at "+steps[0].recorded.At.UTC().Format(time.RFC3339)+".")
	}
	if len(from) > 0 {
		why = append(why, "From "+strings.Join(from, ", ")+".")
	}
	for _, n := range said {
		what := "Not taken over"
		if n.Kind == Doubtful {
			what = "Doubtful"
		}
		why = append(why, fmt.Sprintf("%s, line %d: %s", what, n.Line, n.Reason))
	}
	return strings.Join(why, "\n")
}
