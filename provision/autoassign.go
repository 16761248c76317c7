package provision

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
)

// candidates is how many free authenticators auto-assignment looks at in one
// View.
const candidates = 64

// autoAssign gives the user, who has none, a free authenticator of the user's
// domain and of the policy's type, that can deliver what is asked for. The
// first claim takes the first one. Who has lost it to another user takes any,
// so that many who register at once do not all run after the same.
func (f *frame) autoAssign(a *applicant, activationType *int, claims *int) error {
	f.checked("auto-assignment", string(f.settings.AutoAssignType))
	*claims++
	after := FreeKey{Domain: a.user.Domain}
	for {
		page, last, err := f.free(after)
		if err != nil {
			return err
		}
		if last == after {
			return refuse(NotFound, "The user has no authenticator, and there is no free one to assign.")
		}
		if after = last; *claims > 1 {
			if page, err = f.turned(page); err != nil {
				return err
			}
		}
		for _, free := range page {
			err := f.deliverable(effectiveType(activationType, free), free)
			if err == nil {
				return f.claimed(a, free)
			}
			if _, refused := errors.AsType[*Error](err); !refused {
				return err
			}
		}
	}
}

// free reads some free authenticators of a domain, and where among the free
// ones it came to. What a damaged index merely lists is passed over.
func (f *frame) free(after FreeKey) (page []Authenticator, last FreeKey, err error) {
	last = after
	err = f.read(func(v View) error {
		seen := 0
		for free, err := range v.ScanFreeAuthenticators(FreeKey{Domain: after.Domain, Type: f.settings.AutoAssignType}, after) {
			if err != nil {
				return fmt.Errorf("free authenticators: %w", err)
			}
			a, err := v.GetAuthenticator(free.SerialNumber)
			if err != nil && !errors.Is(err, ErrNotFound) {
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

// turned is the page from anywhere in it on.
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
func (f *frame) claimed(a *applicant, free Authenticator) error {
	watch(f, Tx.GetAuthenticator, free.SerialNumber, free.Revision)
	f.event.SerialNumber = free.SerialNumber
	a.authenticator = f.assign(&a.user, free)
	return nil
}
