package timeline

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// The bounds of what a keeper remembers that is given none.
const (
	DefaultRequests = 5000
	DefaultBytes    = 64 << 20
)

const (
	maxBodyBytes = 64 << 10 // of one body; what is longer is not kept
	maxUnderWay  = 1 << 14  // decisions of requests that have not ended
)

// FaultHeader names the header of every reply that a fault of a lab touched: its ID, and what
// it did.
const FaultHeader = "Dsappd-Fault"

// Config bounds a keeper. A member that is zero is the default's.
type Config struct {
	Requests int // that are remembered
	Bytes    int // that they take, roughly

	// Redact has, for each door whose bodies are kept, what returns a body
	// without its secrets, and false for what is not of its kind.
	Redact map[string]func(body []byte) (string, bool)

	// Now is the clock.
	Now func() time.Time
}

// Keeper remembers the last exchanges. It may be used by many at once. Make it
// by New.
type Keeper struct {
	config Config

	mu      sync.Mutex
	kept    []*Exchange // by their numbers, without a gap
	bytes   int
	last    int                // number
	decided map[string]decided // of requests under way
	came    chan struct{}      // closed when the next one comes; nil: nobody waits
}

// decided is a decision and when it was made.
type decided struct {
	event  audit.Event
	stages audit.Stages
}

// New makes a keeper.
func New(c Config) *Keeper {
	c.Requests, c.Bytes = cmp.Or(c.Requests, DefaultRequests), cmp.Or(c.Bytes, DefaultBytes)
	return &Keeper{config: c, decided: make(map[string]decided)}
}

// Observe takes note of a decision that was committed, until its request ends. It
// passes over decisions that no request asked for.
func (k *Keeper) Observe(event audit.Event, stages audit.Stages) {
	if event.RequestID == "" {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.decided) >= maxUnderWay { // of doors that are not kept
		clear(k.decided)
	}
	k.decided[event.RequestID] = decided{event, stages}
}

// end remembers an exchange.
func (k *Keeper) end(e *Exchange) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d, is := k.decided[e.RequestID]; is {
		e.decidedBy(d)
		delete(k.decided, e.RequestID)
	} else {
		e.Refused = e.HTTP >= http.StatusBadRequest
	}
	k.last++
	e.Number = k.last
	k.kept = append(k.kept, e)
	k.bytes += e.size()
	for len(k.kept) > k.config.Requests || k.bytes > k.config.Bytes && len(k.kept) > 0 {
		k.bytes -= k.kept[0].size()
		k.kept[0] = nil
		k.kept = k.kept[1:]
	}
	if k.came != nil {
		close(k.came)
		k.came = nil
	}
}

func (e *Exchange) decidedBy(d decided) {
	event := d.event
	e.Operation, e.Component, e.User, e.Domain = event.Operation, event.ComponentType, event.UserID, event.Domain
	e.RegistrationID, e.SerialNumber, e.Status, e.Reason = event.RegistrationID, event.SerialNumber, event.Status.StatusCodeEnum, event.Reason
	e.Operator, e.Stages, e.Refused = event.Operator, d.stages, event.Refused()
}

// size is what an exchange takes, roughly: its bodies twice, as they came and as
// they are shown.
func (e *Exchange) size() int {
	size := 1024 + len(e.Reason) + len(e.Path)
	if e.messages != nil {
		size += 2 * (len(e.messages.Request) + len(e.messages.Reply))
	}
	return size
}

// Filter says which requests are meant. What is empty fits every request.
type Filter struct {
	After                                                  int // a number
	Door, Operation, Component, User, Status, Registration string
}

func (f Filter) fits(e Exchange) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return e.Number > f.After && given(f.Door, e.Door) && given(f.Operation, e.Operation) && given(f.Component, e.Component) &&
		given(f.User, e.User) && given(f.Status, e.Status) && given(f.Registration, e.RegistrationID)
}

// Find returns the requests that fit, with their bodies, the oldest first, and
// waits until there is one or ctx ends.
func (k *Keeper) Find(ctx context.Context, f Filter) []Exchange {
	after := f.After
	for {
		found := []Exchange{}
		look, last := k.Since(after)
		for _, e := range look {
			if f.fits(e) {
				found = append(found, e.withBodies())
			}
		}
		after = last
		if len(found) > 0 || !k.Wait(ctx, last) {
			return found
		}
	}
}

// Since returns the exchanges after a number, the oldest first and without their
// bodies, and the number of the last one.
func (k *Keeper) Since(after int) (found []Exchange, last int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := max(0, len(k.kept)-max(0, k.last-after)); i < len(k.kept); i++ {
		found = append(found, *k.kept[i])
	}
	return found, k.last
}

// Wait returns once there is an exchange after a number, or when ctx ends; then
// it is false.
func (k *Keeper) Wait(ctx context.Context, after int) bool {
	for {
		k.mu.Lock()
		if k.last > after {
			k.mu.Unlock()
			return true
		}
		if k.came == nil {
			k.came = make(chan struct{})
		}
		came := k.came
		k.mu.Unlock()
		select {
		case <-came:
		case <-ctx.Done():
			return false
		}
	}
}

// Get returns the exchange of a name, as Exchange.Name has it, with its bodies.
func (k *Keeper) Get(name string) (Exchange, bool) {
	e, is := k.find(name)
	if !is {
		return Exchange{}, false
	}
	return e.withBodies(), true
}

func (k *Keeper) find(name string) (Exchange, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range slices.Backward(k.kept) {
		if e.Name() == name {
			return *e, true
		}
	}
	return Exchange{}, false
}

// Contains reports whether a text, in lower case, is in an exchange or in what may
// be shown of its bodies.
func (e Exchange) Contains(text string) bool {
	for _, part := range []string{e.RequestID, e.Door, e.Remote, e.Path, e.Operation, e.Component, e.User, e.Domain, e.RegistrationID,
		e.SerialNumber, e.Status, e.Reason, e.Operator} {
		if strings.Contains(strings.ToLower(part), text) {
			return true
		}
	}
	e = e.withBodies()
	return strings.Contains(strings.ToLower(e.Request), text) || strings.Contains(strings.ToLower(e.Reply), text)
}

// Clear forgets the requests.
func (k *Keeper) Clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept, k.bytes = nil, 0
}

func numbered(n int) string { return "n" + strconv.Itoa(n) }
