package provision

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/dsappd/dsappd/store"
)

// candidates is how many free authenticators auto-assignment looks at in one
// View.
const candidates = 64

// claim is an auto-assignment through all rounds of its operation: what the
// operation can register, and how often it took what had gone by the commit.
type claim struct {
	single, licence bool
	rounds          int
}

// types returns the types of authenticators that fit.
func (c claim) types(settings Settings) []AuthenticatorType {
	switch t := settings.AutoAssignType; {
	case t == "" && c.single:
		return []AuthenticatorType{EventBased, TimeBased}
	case t == "" && c.licence, t == MDL && c.licence:
		return []AuthenticatorType{MDL}
	case t != "" && t != MDL && c.single:
		return []AuthenticatorType{t}
	}
	return nil
}

// autoAssign gives the user, who has none, a free authenticator of the user's
// domain and of the right type, that can deliver what is asked for. The first
// claim takes the first one. Who has lost it to another user takes any, so
// that many who register at once do not all run after the same.
func (f *frame) autoAssign(a *applicant, activationType *int, c *claim) error {
	f.checked("auto-assignment", "")
	c.rounds++
	for _, t := range c.types(f.settings) {
		claimed, err := f.claim(a, activationType, c.rounds > 1, FreeKey{Domain: a.user.Domain, Type: t})
		if claimed || err != nil {
			return err
		}
	}
	return refuse(NotFound, "The user has no authenticator, and there is no free one to assign.")
}

// claim takes the first suitable one after a place among the free ones, or
// where that was lost before any of those that are next to each other.
func (f *frame) claim(a *applicant, activationType *int, lost bool, after FreeKey) (bool, error) {
	for {
		page, last, err := f.free(after)
		if err != nil || last == after {
			return false, err
		}
		if after = last; lost {
			if page, err = f.turned(page); err != nil {
				return false, err
			}
		}
		for _, free := range page {
			suits, err := f.suits(free, activationType)
			if err != nil {
				return false, err
			}
			if suits {
				f.claimed(a, free)
				return true, nil
			}
		}
	}
}

// suits reports whether an authenticator could be registered. What does not
// suit is passed over in silence: it is not what decides.
func (f *frame) suits(free Authenticator, activationType *int) (bool, error) {
	checks := len(f.event.Checks)
	err := f.deliverable(effectiveType(activationType, free), free)
	if err == nil && free.Licence != nil {
		err = f.placeLeft(*free.Licence)
	}
	f.event.Checks = f.event.Checks[:checks]
	if _, refused := errors.AsType[*Error](err); refused {
		return false, nil
	}
	return err == nil, err
}

// free reads some free authenticators of a domain and type, and where among
// them it came to. What a damaged index merely lists is passed over.
func (f *frame) free(after FreeKey) (page []Authenticator, last FreeKey, err error) {
	last = after
	err = f.read(func(v *store.View) error {
		seen := 0
		for free, err := range store.Scan(v, FreeAuthenticators, FreeKey{Domain: after.Domain, Type: after.Type}, after) {
			if err != nil {
				return fmt.Errorf("free authenticators: %w", err)
			}
			a, err := store.Get(v, Authenticators, free.SerialNumber)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("free authenticator %s: %w", free.SerialNumber, err)
			}
			if err == nil && a.State == Unassigned && a.free().Key() == free.Key() {
				page = append(page, a)
			}
			last = free.Key()
			if seen++; seen == candidates {
				break
			}
		}
		return nil
	})
	return page, last, err
}

// turned rotates the page to begin anywhere in it.
func (f *frame) turned(page []Authenticator) ([]Authenticator, error) {
	if len(page) == 0 {
		return nil, nil
	}
	from, err := rand.Int(f.service.Rand, big.NewInt(int64(len(page))))
	if err != nil {
		return nil, fmt.Errorf("draw a free authenticator: %w", err)
	}
	at := int(from.Int64())
	return append(page[at:len(page):len(page)], page[:at]...), nil
}

// claimed assigns a free authenticator, unless it has gone by the commit.
func (f *frame) claimed(a *applicant, free Authenticator) {
	expect(f, Authenticators, free.SerialNumber, free.Revision)
	f.knowsAuthenticator(free)
	f.event.SerialNumber = free.SerialNumber
	f.found(free.SerialNumber)
	a.authenticator = f.assign(&a.user, free)
}
