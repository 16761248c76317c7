package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// Drafter writes transcripts of exchanges that have happened: each for one
// registration, with the captures, the phone's calls and the sample data that
// its requests imply.
type Drafter struct {
	// Redact takes out every secret: a password gives way to a stand-in that
	// the sample data have too, keys and one-time passwords to what a phone
	// computes, and the rest to characters of the same kind.
	Redact bool

	sorter    sorter
	passwords map[string]string // that were right, by user
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
	w := &draft{
		t: &Transcript{}, redact: d.Redact, passwords: d.passwords,
		captures: map[string]any{}, made: map[string]string{}, standIns: map[string]string{}, serials: map[string]string{}, policy: map[string]any{},
	}
	exchanges := d.sorter.flows[i].exchanges
	for _, e := range exchanges {
		again := *e // its messages are written into
		again.request, again.reply = e.request.fresh(), e.reply.fresh()
		w.add(&again)
	}
	w.complete(exchanges)
	return w.t, w.all
}

// fresh is a message in which nothing is replaced.
func (m *message) fresh() *message {
	if m == nil {
		return nil
	}
	again := *m
	again.put, again.changes = map[int]string{}, nil
	return &again
}

// draft is a transcript as it is written.
type draft struct {
	t         *Transcript
	redact    bool
	passwords map[string]string

	notices
	captures     map[string]any
	registration string            // the ID as it was recorded
	serial       string            // of the authenticator
	instance     string            // as it was recorded
	made         map[string]string // the call for a value that was recorded
	standIns     map[string]string // for passwords
	serials      map[string]string // what stands in for serial numbers
	proved       bool              // a key exchange was completed
	refused      bool              // a step was
	policy       map[string]any
	before       time.Time // of the exchange before
}

func (d *draft) add(e *exchanged) {
	n := len(d.t.Exchanges) + 1
	if d.serial == "" && e.granted() {
		d.serial = d.licence(cmp.Or(e.reply.value("serialNumber"), e.request.value("serialNumber")))
	}
	d.imply(e)
	exchange := Exchange{Number: n, Advance: d.advance(e)}
	exchange.Request = d.request(e)
	exchange.Reply = d.reply(n, e)
	d.refused = d.refused || !e.granted()
	d.t.Exchanges = append(d.t.Exchanges, exchange)
}

// licence is the serial number of an authenticator or of whose instance is
// named.
func licence(name string) string {
	serial, _, _ := strings.Cut(name, "-")
	return serial
}

// licence is the serial number of an authenticator, or one that stands in for
// it where it has a form that dsappd does not take.
func (d *draft) licence(name string) string {
	serial := licence(name)
	if name == "" || dsapp.CheckSerialNumber(serial) == nil {
		return serial
	}
	if d.serials[name] == "" {
		d.serials[name] = fmt.Sprintf("AAA%07d", 9000001+len(d.serials))
	}
	return d.serials[name]
}

// late is a time between two exchanges that may have decided about the second.
const late = time.Minute

// advance is by how much the clock moves on: as it did, where a refusal may
// be due to it.
func (d *draft) advance(e *exchanged) time.Duration {
	passed := e.recorded.At.Sub(d.before)
	if d.before.IsZero() || e.recorded.At.IsZero() {
		passed = 0
	}
	if d.before = e.recorded.At; d.expired(e) {
		return afterExpiry
	}
	if passed < late || e.granted() {
		return 0
	}
	return passed.Round(time.Second)
}

// afterExpiry is when a registration of the predefined policies has expired.
const afterExpiry = 11 * time.Minute

// expired says that a step was refused because its registration had expired,
// as far as is known where nobody wrote down the times.
func (d *draft) expired(e *exchanged) bool {
	ours := d.registration != "" && e.request.value("registrationID") == d.registration
	return e.recorded.At.IsZero() && ours && !d.refused && e.status() == "-13"
}

// capture takes a value from the reply of an exchange.
func (d *draft) capture(name string, exchange int, path string) {
	place := fmt.Sprintf("%d %s", exchange, path)
	switch before := d.captures[name].(type) {
	case nil:
		d.captures[name] = place
	case string:
		d.captures[name] = []any{before, place}
	case []any:
		d.captures[name] = append(before, place)
	}
}

// has says that something was captured under a name.
func (d *draft) has(names ...string) bool {
	for _, name := range names {
		if d.captures[name] == nil {
			return false
		}
	}
	return true
}

// complete writes the header and what the transcript is about.
func (d *draft) complete(exchanges []*exchanged) {
	if len(d.captures) > 0 {
		d.t.Captures = d.captures
	}
	d.settle()
	var done []string
	for _, e := range exchanges {
		what := e.operation()
		if status := e.reply.value("statusCodeEnum"); !e.granted() && status != "" {
			what += " (" + status + ")"
		}
		if len(done) == 0 || done[len(done)-1] != what {
			done = append(done, what)
		}
	}
	d.t.Title = strings.Join(done, ", ")
	d.t.Why = origin(exchanges)
	for _, n := range d.all {
		what := "Not taken over: "
		if n.Kind == Doubtful {
			what = "Doubtful: "
		}
		d.t.Why += "\n" + what + n.Reason
	}
}

// origin is where the exchanges come from.
func origin(exchanges []*exchanged) string {
	var from []string
	for _, e := range exchanges {
		if name := e.recorded.Request.Source.File; name != "" && !slices.Contains(from, name) {
			from = append(from, name)
		}
	}
	var why []string
	if at := exchanges[0].recorded.At; !at.IsZero() {
		why = append(why, "Recorded at "+at.UTC().Format(time.RFC3339)+".")
	}
	if len(from) > 0 {
		why = append(why, "From "+strings.Join(from, ", ")+".")
	}
	return strings.Join(why, "\n")
}

// settle gives the sample its policy, in a settled order.
func (d *draft) settle() {
	if len(d.policy) > 0 {
		d.t.Policies = []Policy{{Name: "recorded", Parent: "Provisioning", Set: maps.Clone(d.policy)}}
	}
	for i := range d.t.Components {
		d.t.Components[i].Policy = "Provisioning"
		if len(d.policy) > 0 {
			d.t.Components[i].Policy = "recorded"
		}
	}
}
