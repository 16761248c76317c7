package lab

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
)

// What a fault does with a request that it strikes.
const (
	DoStatus      = "status"       // refuses it with a status
	DoFault       = "fault"        // answers it with a SOAP Fault, and commits nothing
	DoUnavailable = "unavailable"  // answers it with HTTP 503, and commits nothing
	DoResetBefore = "reset-before" // closes the connection, and commits nothing
	DoResetAfter  = "reset-after"  // commits, and closes the connection in place of the reply
	DoTruncate    = "truncate"     // commits, and sends half of the reply
	DoDuplicate   = "duplicate"    // commits, and sends the reply twice
	DoSlow        = "slow"         // commits, and sends the reply a little at a time
	DoDelay       = "delay"        // commits, and waits before the reply
)

// Deeds lists what a fault can do.
func Deeds() []string {
	return []string{DoStatus, DoFault, DoUnavailable, DoResetBefore, DoResetAfter, DoTruncate, DoDuplicate, DoSlow, DoDelay}
}

// Fault says what goes wrong on purpose, and for which requests.
type Fault struct {
	ID int `json:"id"` // drawn when it is added, from 1

	// The requests that it strikes: at a door, or those that decide an operation,
	// for a component type or a user. What is empty fits every request.
	Door      string `json:"door,omitempty"`
	Operation string `json:"operation,omitempty"`
	Component string `json:"component,omitempty"`
	User      string `json:"user,omitempty"`

	// Of those, only the nth, or the first so many, or each with a chance between
	// 0 and 1, which Seed makes the same in each run. Zero: all.
	Nth    int     `json:"nth,omitempty"`
	Times  int     `json:"times,omitempty"`
	Chance float64 `json:"chance,omitempty"`
	Seed   uint64  `json:"seed,omitempty"`

	Do     string `json:"do"`               // one of Deeds
	Status string `json:"status,omitempty"` // of status: a row of the status table, such as "user locked"
	Words  string `json:"words,omitempty"`  // of status and fault: in place of the usual ones
	Delay  string `json:"delay,omitempty"`  // of delay and slow: how long in all, such as 2s

	Fitted int `json:"fitted"` // requests so far that it fits
	Struck int `json:"struck"` // and those that it struck
}

// faultExample is a fault that would do.
const faultExample = `{"operation":"dsappSRPActivate","nth":2,"do":"reset-after"}`

// maxFaultDelay bounds how long a fault holds a request.
const maxFaultDelay = 5 * time.Minute

// maxFaults bounds how many faults there are at once.
const maxFaults = 256

// decided reports whether the fault depends on what a request decides.
func (f Fault) decided() bool {
	return f.Operation != "" || f.Component != "" || f.User != "" || f.Do == DoStatus || f.Do == DoFault
}

// before reports whether the fault strikes before anything is committed.
func (f Fault) before() bool {
	return slices.Contains([]string{DoStatus, DoFault, DoUnavailable, DoResetBefore}, f.Do)
}

// check refuses a fault that could not do what it says.
func (f Fault) check(known Known) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s; this would do: %s", ErrRefused, fmt.Sprintf(format, args...), faultExample)
	}
	given := func(names []string, name string) bool { return name == "" || slices.Contains(names, name) }
	delayed := f.Do == DoDelay || f.Do == DoSlow
	var ways int
	for _, way := range []bool{f.Nth != 0, f.Times != 0, f.Chance != 0} {
		if way {
			ways++
		}
	}
	switch {
	case !slices.Contains(Deeds(), f.Do):
		return refuse("do is %q, and a fault can be %s", f.Do, strings.Join(Deeds(), ", "))
	case !given(known.Doors, f.Door):
		return refuse("there is no door %q: there are %s", f.Door, strings.Join(known.Doors, ", "))
	case !given(known.Operations, f.Operation):
		return refuse("there is no operation %q; the nearest is %s", f.Operation, provision.Nearest(f.Operation, known.Operations))
	case f.Door != "" && f.decided():
		return refuse("a door goes with no operation, component, user, status or fault: those come to all doors")
	case f.Nth < 0 || f.Times < 0 || f.Chance < 0 || f.Chance > 1:
		return refuse("nth and times count from 1, and chance is between 0 and 1")
	case ways > 1:
		return refuse("nth, times and chance exclude each other")
	case f.Chance != 0 && f.Seed == 0:
		return refuse("chance needs a seed, which makes each run the same")
	case f.Seed != 0 && f.Chance == 0:
		return refuse("a seed goes with chance")
	case f.Do == DoStatus && !slices.Contains(provision.Refusals(), provision.Refusal(f.Status)) || f.Status == string(provision.Granted):
		return refuse("status is %q; the nearest is %q, and docs/statuses.toml has all", f.Status, nearestRefusal(f.Status))
	case f.Do != DoStatus && f.Status != "", f.Do != DoStatus && f.Do != DoFault && f.Words != "":
		return refuse("status goes with do status, words with status and fault")
	case len(f.Words) > 255:
		return refuse("words has %d bytes, at most 255 are allowed", len(f.Words))
	case delayed != (f.Delay != ""):
		return refuse("delay and slow need a delay such as 2s, and the others take none")
	}
	if d, err := time.ParseDuration(cmp.Or(f.Delay, "1s")); err != nil || d <= 0 || d > maxFaultDelay {
		return refuse("delay is %q: it is a time such as 2s, and at most %v", f.Delay, maxFaultDelay)
	}
	return nil
}

func nearestRefusal(name string) string {
	var all []string
	for _, r := range provision.Refusals() {
		if r != provision.Granted {
			all = append(all, string(r))
		}
	}
	return provision.Nearest(name, all)
}

// Known are the names that faults can give.
type Known struct{ Doors, Operations []string }

// Faults are those of a server. They may be used by many at once.
type Faults struct {
	Known Known

	mu     sync.Mutex
	all    []*rule
	last   int              // ID
	struck map[string]Fault // by the ID of the request, until its reply is made
}

type rule struct {
	Fault
	random *rand.Rand
}

// Add adds a fault, after those that are there, and returns it with its ID.
func (f *Faults) Add(fault Fault) (Fault, error) {
	fault.ID, fault.Fitted, fault.Struck = 0, 0, 0
	if err := fault.check(f.Known); err != nil {
		return Fault{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) == maxFaults {
		return Fault{}, fmt.Errorf("%w: there are %d faults, and no room for more: clear some", ErrRefused, maxFaults)
	}
	f.last++
	fault.ID = f.last
	f.all = append(f.all, &rule{fault, rand.New(rand.NewPCG(fault.Seed, 0))})
	return fault, nil
}

// List returns the faults, in the order in which they are tried.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := []Fault{}
	for _, r := range f.all {
		all = append(all, r.Fault)
	}
	return all
}

// Clear removes a fault, or all where the ID is 0, and returns what it removed.
func (f *Faults) Clear(id int) ([]Fault, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	removed := []Fault{}
	f.all = slices.DeleteFunc(f.all, func(r *rule) bool {
		if id != 0 && r.ID != id {
			return false
		}
		removed = append(removed, r.Fault)
		return true
	})
	if id != 0 && len(removed) == 0 {
		return nil, fmt.Errorf("%w: there is no fault %d: dsappd lab fault list shows those that there are", ErrRefused, id)
	}
	return removed, nil
}

// any reports whether there are faults.
func (f *Faults) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.all) > 0
}

// atDoor returns the fault that strikes a request before it is read.
func (f *Faults) atDoor(door string) (Fault, bool) {
	return f.find(func(r *rule) bool { return !r.decided() && (r.Door == "" || r.Door == door) })
}

// decided returns the fault that strikes a decision, and remembers it for the
// reply. What comes through no door has no address, and is left alone.
func (f *Faults) decided(event audit.Event) (Fault, bool) {
	if event.Address == "" {
		return Fault{}, false
	}
	struck, is := f.find(func(r *rule) bool {
		return r.decided() && (r.Operation == "" || r.Operation == event.Operation) && (r.Component == "" || r.Component == event.ComponentType) &&
			(r.User == "" || r.User == event.UserID)
	})
	if !is {
		return struck, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.struck == nil {
		f.struck = make(map[string]Fault)
	}
	f.struck[event.RequestID] = struck
	return struck, true
}

// find counts a request at each rule that it fits, and returns the first that
// strikes.
func (f *Faults) find(fits func(*rule) bool) (struck Fault, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if !fits(r) {
			continue
		}
		r.Fitted++
		strikes := r.strikes()
		if strikes && !is {
			r.Struck++
			struck, is = r.Fault, true
		}
	}
	return struck, is
}

func (r *rule) strikes() bool {
	switch {
	case r.Nth != 0:
		return r.Fitted == r.Nth
	case r.Times != 0:
		return r.Fitted <= r.Times
	case r.Chance != 0:
		return r.random.Float64() < r.Chance
	}
	return true
}

// taken returns the fault that struck the decision of a request, once.
func (f *Faults) taken(requestID string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	struck, is := f.struck[requestID]
	delete(f.struck, requestID)
	return struck, is
}
