package provision

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Admit refuses a caller at an address from which no component of any type may
// call, whatever is asked. It reads no more than the caller, and is cheap: a
// door asks it before it reads a request. While there are no components yet but
// those of the server's own doors, it refuses nobody: whoever sets a server up
// learns from an operation's answer what is wrong with a request.
func (s *Service) Admit(ctx context.Context, caller Caller) error {
	if caller.OwnDoor {
		return nil
	}
	if caller.Doubt == nil {
		admitted, err := s.admission.holds(caller.Address, s.Now(), func() ([]netip.Prefix, error) { return s.locations(ctx) })
		if err != nil || admitted {
			return err
		}
	}
	_, err := perform(ctx, s, callEvent("request", caller), func(f *frame) (struct{}, error) {
		f.checked("address", caller.Address.String())
		if caller.Doubt != nil {
			return struct{}{}, refuseDoubt(caller)
		}
		return struct{}{}, refuse(NoComponent, fmt.Sprintf(
			"No component may call from address %s: an operator adds one with dsappd component add.", caller.Address))
	})
	return err
}

// refuseDoubt refuses a caller of whom it is not known where it calls from.
func refuseDoubt(caller Caller) *Error {
	return refuse(NoComponent, fmt.Sprintf("It is not known where the request comes from: %v.", caller.Doubt))
}

// locations are those of all components but the server's own doors'.
func (s *Service) locations(ctx context.Context) (all []netip.Prefix, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		for component, err := range store.Scan(v, Components, ComponentKey{}, ComponentKey{}) {
			if err != nil {
				return fmt.Errorf("components: %w", err)
			}
			if component.Location.Addr() != netip.IPv4Unspecified() || !component.Location.IsSingleIP() {
				all = append(all, component.Location)
			}
		}
		return nil
	})
	return all, err
}

// admission remembers from where components may call, as every request asks.
type admission struct {
	mu        sync.RWMutex
	locations []netip.Prefix
	read      time.Time // when they were; zero: they are not known
	changes   int
}

// rereadAfter is how long the locations are taken for what they were: another
// server on the same store may have changed them.
const rereadAfter = time.Second

func (a *admission) holds(address netip.Addr, now time.Time, read func() ([]netip.Prefix, error)) (bool, error) {
	contains := func(all []netip.Prefix) bool {
		return len(all) == 0 || slices.ContainsFunc(all, func(location netip.Prefix) bool { return location.Contains(address) })
	}
	a.mu.RLock()
	age, changes := now.Sub(a.read), a.changes
	fresh := !a.read.IsZero() && age >= 0 && age < rereadAfter
	found := contains(a.locations)
	a.mu.RUnlock()
	if fresh {
		return found, nil
	}
	locations, err := read()
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.changes == changes {
		a.locations, a.read = locations, now
	}
	return contains(locations), nil
}

// forget has the locations read anew.
func (a *admission) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.read = time.Time{}
	a.changes++
}
