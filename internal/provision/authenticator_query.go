package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// QueryAuthenticators asks for the authenticators that fit. Fits decides;
// everything else only says where to look.
type QueryAuthenticators struct {
	Domains []string // empty: all

	// SerialNumber is the whole serial number, SerialNumberPrefix its
	// beginning; empty: any.
	SerialNumber       string
	SerialNumberPrefix string

	UserID   string // of the user whose authenticators are asked for; empty: any
	Assigned *bool  // nil: either

	Fits func(HeldAuthenticator) bool
	SearchOptions
}

// HeldAuthenticator is an authenticator and the organizational unit of the user
// who has it, empty for none.
type HeldAuthenticator struct {
	Authenticator
	OrgUnit string
}

// QueryAuthenticators reads authenticators for an administrator, of the domains
// that the administrator reaches, in the order of domains and serial numbers.
func (s *Service) QueryAuthenticators(ctx context.Context, operator Operator, in QueryAuthenticators) (Found[HeldAuthenticator], error) {
	return inspect(ctx, s, operator, "authenticator query", MayViewDigipass, func(f *frame, v *store.View) (Found[HeldAuthenticator], error) {
		if err := in.check(); err != nil {
			return Found[HeldAuthenticator]{}, err
		}
		domains, err := f.reachable(v, in.Domains)
		if err != nil {
			return Found[HeldAuthenticator]{}, err
		}
		return gather(in.SearchOptions, func(yield func(HeldAuthenticator, error) bool) {
			for _, domain := range domains {
				for a, err := range f.authenticatorsIn(v, domain, in) {
					if err == nil && a.Domain != domain {
						continue
					}
					held, err := heldIn(v, a, err)
					if err == nil && !in.Fits(held) {
						continue
					}
					if !yield(held, err) || err != nil {
						return
					}
				}
			}
		})
	})
}

// heldIn reads the user who has an authenticator, unless there is an error
// already.
func heldIn(v *store.View, a Authenticator, err error) (HeldAuthenticator, error) {
	held := HeldAuthenticator{Authenticator: a}
	if err != nil || a.UserID == "" {
		return held, err
	}
	user, err := store.Get(v, Users, UserKey{a.Domain, a.UserID})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return held, fmt.Errorf("user of authenticator %s: %w", a.SerialNumber, err)
	}
	held.OrgUnit = user.OrgUnit
	return held, nil
}

// ViewAuthenticator reads one authenticator for an administrator.
func (s *Service) ViewAuthenticator(ctx context.Context, operator Operator, serialNumber string) (HeldAuthenticator, error) {
	return inspect(ctx, s, operator, "authenticator show", MayViewDigipass, func(f *frame, v *store.View) (HeldAuthenticator, error) {
		a, err := f.authenticator(v, serialNumber)
		return heldIn(v, a, err)
	})
}

// authenticatorsIn goes through the authenticators of a domain that a query may
// find, in the order of their serial numbers.
func (f *frame) authenticatorsIn(v *store.View, domain string, in QueryAuthenticators) iter.Seq2[Authenticator, error] {
	switch {
	case in.SerialNumber != "":
		return authenticatorsNamed(v, []string{in.SerialNumber})
	case dsapp.CheckSerialNumber(in.SerialNumberPrefix) == nil:
		return authenticatorsNamed(v, []string{in.SerialNumberPrefix})
	case in.UserID != "":
		return f.authenticatorsOf(v, domain, in.UserID)
	case in.Assigned != nil:
		return authenticatorsListed(v, entriesOf(v, domain, assignedText(*in.Assigned), in.SerialNumberPrefix))
	}
	return authenticatorsListed(v, merged(
		entriesOf(v, domain, "false", in.SerialNumberPrefix), entriesOf(v, domain, "true", in.SerialNumberPrefix)))
}

// entriesOf yields the serial numbers in the index that begin so.
func entriesOf(v *store.View, domain, assigned, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		within := AuthenticatorIndexKey{Domain: domain, Assigned: assigned}
		after := within
		after.SerialNumber = prefix // which is no whole serial number
		for entry, err := range store.Scan(v, AuthenticatorIndex, within, after) {
			if err == nil && !strings.HasPrefix(entry.SerialNumber, prefix) || !yield(entry.SerialNumber, err) || err != nil {
				return
			}
		}
	}
}

// merged yields what two ordered lists yield, in order.
func merged(a, b iter.Seq2[string, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		nextA, stopA := iter.Pull2(a)
		defer stopA()
		nextB, stopB := iter.Pull2(b)
		defer stopB()
		oneA, errA, isA := nextA()
		oneB, errB, isB := nextB()
		for isA || isB {
			if isA && (!isB || errA != nil || oneA <= oneB) {
				if !yield(oneA, errA) {
					return
				}
				oneA, errA, isA = nextA()
				continue
			}
			if !yield(oneB, errB) {
				return
			}
			oneB, errB, isB = nextB()
		}
	}
}

// authenticatorsListed yields the authenticators of a list.
func authenticatorsListed(v *store.View, serialNumbers iter.Seq2[string, error]) iter.Seq2[Authenticator, error] {
	return func(yield func(Authenticator, error) bool) {
		for serialNumber, err := range serialNumbers {
			var a Authenticator
			if err == nil {
				a, err = store.Get(v, Authenticators, serialNumber)
			}
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// authenticatorsOf yields those of one user.
func (f *frame) authenticatorsOf(v *store.View, domain, userID string) iter.Seq2[Authenticator, error] {
	return func(yield func(Authenticator, error) bool) {
		for user, err := range f.userAlone(v, domain, userID) {
			if err != nil {
				yield(Authenticator{}, fmt.Errorf("user of the authenticators: %w", err))
				return
			}
			for a, err := range authenticatorsNamed(v, user.SerialNumbers) {
				if !yield(a, err) {
					return
				}
			}
		}
	}
}

func authenticatorsNamed(v *store.View, serialNumbers []string) iter.Seq2[Authenticator, error] {
	return func(yield func(Authenticator, error) bool) {
		for _, serialNumber := range serialNumbers {
			a, err := store.Get(v, Authenticators, serialNumber)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}
