package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// AddDomain is a new domain.
type AddDomain struct{ Name string }

// AddDomain makes a domain.
func (s *Service) AddDomain(ctx context.Context, operator Operator, in AddDomain) (Domain, error) {
	return perform(ctx, s, operatorEvent("domain add", operator), func(f *frame) (Domain, error) {
		if err := checkDomain(in.Name); err != nil {
			return Domain{}, err
		}
		f.event.Domain = in.Name
		err := f.read(func(v View) error {
			_, err := get(f, v.GetDomain, Tx.GetDomain, in.Name)
			return mustBeFree(err, fmt.Sprintf("There already is a domain %q.", in.Name))
		})
		if err != nil {
			return Domain{}, err
		}
		domain := Domain{Name: in.Name, CreatedAt: f.now}
		put(f, Tx.PutDomain, domain)
		return domain, nil
	})
}

// checkDomain keeps to names that user@domain can say.
func checkDomain(name string) error {
	if err := checkName("domain", name); err != nil {
		return err
	}
	if strings.Contains(name, "@") {
		return refuse(InvalidParameter, "The domain holds an @, which parts a user ID from its domain: choose another name.")
	}
	return nil
}

// mustBeFree turns what a get answered into a refusal, unless it found
// nothing.
func mustBeFree(err error, taken string) error {
	switch {
	case err == nil:
		return refuse(Exists, taken)
	case errors.Is(err, ErrNotFound):
		return nil
	}
	return err
}

// mustExist turns a get that found nothing into a refusal.
func mustExist(err error, missing string) error {
	if errors.Is(err, ErrNotFound) {
		return refuse(NotFound, missing)
	}
	return err
}
