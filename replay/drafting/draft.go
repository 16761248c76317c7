package drafting

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"
)

// Drafter writes transcripts of exchanges that have happened: each for one
// registration, with the captures, the phone's calls and the sample data that
// its requests imply.
//
// A draft is made in steps, each of which takes what the one before found: an
// exchange is read and traced through its registration, what it tells of the
// sample is inferred, and its request and its reply are written.
type Drafter struct {
	// Redact takes out every secret: a password gives way to a stand-in that
	// the sample data have too, keys and one-time passwords to what a phone
	// computes, and the rest to characters of the same kind.
	Redact bool

	sorter    sorter
	passwords map[string]string // that were right, by user
	presumer  presumer          // of replies that nobody recorded
	taken     int               // exchanges
}

// Add takes an exchange and returns the number, from 0, of the draft that it
// belongs to. An error says that it cannot be written down.
func (d *Drafter) Add(r Recorded) (int, error) {
	if r.Reply.Body == nil && r.values == nil {
		e, err := readRecorded(r, d.Redact)
		if err != nil {
			return 0, err
		}
		if _, rest := r.call(); e.request == nil || rest {
			return d.take(e.sketch, &r)
		}
		r.wanted = &wanted{}
		if r.Status != 0 {
			r.wanted.statuses = []int{r.Status}
		}
		r.values = d.presumer.presume(e.request, r.wanted)
		reply, err := r.values.read(e.request)
		if err != nil {
			return 0, err
		}
		return d.take(sketch{e.asked, reply.gist()}, &r)
	}
	s, err := sketched(r)
	if err != nil {
		return 0, err
	}
	return d.take(s, &r)
}

// take takes an exchange by its sketch.
func (d *Drafter) take(s sketch, r *Recorded) (int, error) {
	if d.Redact && s.asked.operation == "" {
		return 0, errNotRedacted
	}
	if s.granted() && s.asked.password != "" {
		if d.passwords == nil {
			d.passwords = map[string]string{}
		}
		d.passwords[s.holder()] = s.asked.password
	}
	d.taken++
	return d.sorter.sort(s, r), nil
}

const errNotRedacted recordingError = "the request is neither an envelope nor a call of REST that is known, and secrets may stand anywhere in it"

// Len returns how many drafts there are.
func (d *Drafter) Len() int { return d.sorter.next }

// Forget drops the exchanges of a draft; what belongs to it later begins
// another.
func (d *Drafter) Forget(i int) { d.sorter.forget(i) }

// Draft writes draft i from its exchanges so far.
func (d *Drafter) Draft(i int) (*transcript.Transcript, []Notice) {
	flow := d.sorter.flows[i]
	var all []transcript.Exchange
	t, said := d.compose(flow, slices.Values(flow.exchanges), func(e transcript.Exchange) { all = append(all, e) })
	t.Exchanges = all
	return t, said
}

// compose writes the draft of some exchanges, which it hands to take one by
// one: a transcript may have ten thousand. It returns the rest of the
// transcript. It changes nothing of the drafter, so that several drafts can be
// written at once.
func (d *Drafter) compose(f *flow, exchanges iter.Seq[*Recorded], take func(transcript.Exchange)) (*transcript.Transcript, []Notice) {
	w := newWriter(d, f)
	for r := range exchanges {
		e, err := readRecorded(*r, d.Redact)
		if err != nil { // Add has read it
			w.leaveOut(r.Request.Source, "%v", err)
			continue
		}
		take(w.write(e))
	}
	return w.transcript()
}

// writer writes one draft. Each exchange goes through its parts one after the
// other, and is not kept, as what is read of it is many times its size.
type writer struct {
	*notices
	chapter  *chapter
	trace    *tracer
	infer    *inferrer
	requests *requestWriter
	replies  *replyWriter

	captures map[string]any
	about    outline
	secrets  secretValues // none unless they are redacted
}

func newWriter(d *Drafter, f *flow) *writer {
	said := &notices{}
	w := newStandIns(d.Redact, f.people)
	return &writer{
		notices: said, chapter: f.chapter, captures: map[string]any{}, secrets: secretValues{},
		trace: newTracer(w, f.chapter != nil || f.rest), infer: newInferrer(w, said, d.passwords),
		requests: newRequestWriter(w, said), replies: &replyWriter{standIns: w, notices: said},
	}
}

func (w *writer) write(e *exchanged) transcript.Exchange {
	s := w.trace.follow(e)
	w.infer.step(s)
	if w.requests.redact {
		w.secrets.add(s.request)
		w.secrets.add(s.reply)
	}
	exchange := transcript.Exchange{Number: s.number, Title: w.secrets.hide(s.recorded.Title), Request: w.requests.write(s), Reply: w.replies.write(s)}
	exchange.Advance = s.advance + w.requests.wait()
	for _, d := range s.recorded.decrees {
		exchange.Orders = append(exchange.Orders, w.requests.order(d))
	}
	addCaptures(w.captures, s)
	w.about.add(s)
	return exchange
}

// transcript returns what was written but for its exchanges, and what was said about
// it.
func (w *writer) transcript() (*transcript.Transcript, []Notice) {
	t := &transcript.Transcript{Title: w.about.title(), Header: transcript.Header{
		Sample: w.infer.settled(), Reply: transcript.ReplyOptions{AnyTypes: w.replies.anyTypes},
	}}
	if len(w.captures) > 0 {
		t.Captures = w.captures
	}
	said := w.notices.all
	if w.chapter != nil {
		t.Title, said = cmp.Or(w.chapter.title, t.Title), slices.Concat(w.chapter.all, said)
	}
	t.Title = w.secrets.hide(t.Title)
	for i := range said {
		said[i].Reason = w.secrets.hide(said[i].Reason)
	}
	t.Why = w.about.origin(said)
	return t, said
}

// source returns where the first exchange of a flow was found.
func (f *flow) source() Source { return f.exchanges[0].Request.Source }

// chapter is a transcript that somebody has put together, such as a test case.
type chapter struct {
	title string
	notices
}

// outline is what a transcript is about.
type outline struct {
	done  []string // its operations
	files []string // that it was found in
	at    time.Time
}

func (o *outline) add(s traced) {
	what := s.operation()
	if status := s.reply.statusName(); !s.granted() && !s.presumed() && status != "" {
		what += " (" + status + ")"
	}
	if len(o.done) == 0 || o.done[len(o.done)-1] != what {
		o.done = append(o.done, what)
	}
	if name := s.recorded.Request.Source.File; name != "" && !slices.Contains(o.files, name) {
		o.files = append(o.files, name)
	}
	if s.number == 1 {
		o.at = s.recorded.At
	}
}

func (o *outline) title() string { return strings.Join(o.done, ", ") }

// origin returns where the exchanges come from, and what was left out of them.
func (o *outline) origin(said []Notice) string {
	var why []string
	if !o.at.IsZero() {
		why = append(why, "Recorded at "+o.at.UTC().Format(time.RFC3339)+".")
	}
	if len(o.files) > 0 {
		why = append(why, "From "+strings.Join(o.files, ", ")+".")
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
