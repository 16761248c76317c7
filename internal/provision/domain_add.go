package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// AddDomain is a new domain.
type AddDomain struct {
	Name        string `json:"domain"`
	Description string `json:"description,omitempty"`
	AltSuffix   string `json:"altSuffix,omitempty"` // only kept
}

// AddDomain makes a domain.
func (s *Service) AddDomain(ctx context.Context, operator Operator, in AddDomain) (Domain, error) {
	return order(ctx, s, operator, "domain add", MayCreateDomain, func(f *frame) (Domain, error) {
		var name string
		err := f.read(func(v *store.View) error {
			var err error
			name, err = f.newDomain(v, in.Name)
			return err
		})
		if err != nil {
			return Domain{}, err
		}
		domain := Domain{Name: name, CreatedAt: f.now}
		if err := domain.describe(&in.Description, &in.AltSuffix); err != nil {
			return Domain{}, err
		}
		put(f, Domains, domain)
		return domain, nil
	})
}

// newDomain makes sure that the name is free, and one that user@domain and
// DOMAIN\user can say.
func (f *frame) newDomain(v *store.View, text string) (string, error) {
	text = names.Trim(text)
	if err := checkDomain(text); err != nil {
		return "", err
	}
	if strings.Contains(text, `\`) {
		return "", refuse(InvalidParameter, `The domain holds a \, which parts a domain from a user ID: choose another name.`)
	}
	if err := mayBeNamed("domain", text, names.Domain); err != nil {
		return "", err
	}
	name, err := f.domainNamed(v, text)
	if err != nil {
		return "", err
	}
	f.event.Domain = name
	_, err = get(f, v, Domains, name)
	return name, mustBeFree(err, fmt.Sprintf("There already is a domain %q.", name))
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
	case errors.Is(err, store.ErrNotFound):
		return nil
	}
	return err
}

// mustExist turns a get that found nothing into a refusal.
func mustExist(err error, missing string) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(NotFound, missing)
	}
	return err
}
