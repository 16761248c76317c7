package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeleteDomain deletes a domain that has no users and no authenticators. It
// first shuts the domain, to keep any from coming while it looks, and opens it
// again if there is one. A domain that was left shut, because the server ended
// in between, is deleted or opened by the same order.
func (s *Service) DeleteDomain(ctx context.Context, operator Operator, name string) (Domain, error) {
	name, err := s.domainOf(ctx, name)
	if err != nil {
		return Domain{}, err
	}
	_, err = inspect(ctx, s, operator, "domain delete", MayDeleteDomain, func(f *frame, _ *store.View) (struct{}, error) {
		f.event.Domain = name
		return struct{}{}, nil
	})
	if err != nil {
		return Domain{}, err
	}
	if err := s.shutDomain(ctx, name); err != nil {
		return Domain{}, err
	}
	return order(ctx, s, operator, "domain delete", MayDeleteDomain, func(f *frame) (Domain, error) {
		var domain Domain
		err := f.read(func(v *store.View) error {
			var err error
			if domain, err = f.domain(v, name); err != nil {
				return err
			}
			return vacant(v, name)
		})
		if _, refused := errors.AsType[*Error](err); refused && domain.Shut {
			domain.Shut = false
			put(f, Domains, domain)
		}
		if err != nil {
			return Domain{}, err
		}
		remove(f, Domains, name)
		return domain, nil
	})
}

// shutDomain lets nothing more into a domain. Whether there is one is for the
// order to say.
func (s *Service) shutDomain(ctx context.Context, name string) error {
	err := s.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		domain, err := store.Get(tx, Domains, name)
		if err != nil {
			return err
		}
		domain.Shut = true
		return store.Put(tx, Domains, domain)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("shut the domain: %w", err)
	}
	return nil
}

// domain reads the domain that an operator names.
func (f *frame) domain(v *store.View, name string) (Domain, error) {
	if err := checkDomain(name); err != nil {
		return Domain{}, err
	}
	f.event.Domain = name
	domain, err := get(f, v, Domains, name)
	return domain, mustExist(err, fmt.Sprintf("There is no domain %q.", name))
}

// openDomain reads a domain that something is to be added to.
func (f *frame) openDomain(v *store.View, name string) error {
	domain, err := get(f, v, Domains, name)
	if err := mustExist(err, fmt.Sprintf("There is no domain %q: add it first.", name)); err != nil {
		return err
	}
	if domain.Shut {
		return refuse(NotFound, fmt.Sprintf("The domain %q is about to be deleted; an order to delete it that was cut off is to be given again.", name))
	}
	return nil
}

// vacant refuses a domain that somebody or something is in.
func vacant(v *store.View, name string) error {
	for user, err := range store.Scan(v, Users, UserKey{Domain: name}, UserKey{}) {
		if err != nil {
			return fmt.Errorf("users: %w", err)
		}
		return refuse(InUse, fmt.Sprintf("The domain %q has the user %q: delete its users first.", name, user.UserID))
	}
	for a, err := range store.Scan(v, Authenticators, "", "") {
		if err != nil {
			return fmt.Errorf("authenticators: %w", err)
		}
		if a.Domain == name {
			return refuse(InUse, fmt.Sprintf("The domain %q has the authenticator %s: delete its authenticators first.", name, a.SerialNumber))
		}
	}
	return nil
}
