package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// SetDomain is what is said of a domain. Nil: it stays as it is.
type SetDomain struct {
	Name        string  `json:"domain"`
	Description *string `json:"description,omitempty"`
	AltSuffix   *string `json:"altSuffix,omitempty"`
}

// SetDomain changes a domain.
func (s *Service) SetDomain(ctx context.Context, operator Operator, in SetDomain) (Domain, error) {
	return order(ctx, s, operator, "domain set", MayUpdateDomain, func(f *frame) (Domain, error) {
		var domain Domain
		err := f.read(func(v *store.View) (err error) {
			domain, err = f.reachedDomain(v, in.Name)
			return err
		})
		if err != nil || in.Description == nil && in.AltSuffix == nil {
			return domain, err
		}
		if err := domain.describe(in.Description, in.AltSuffix); err != nil {
			return Domain{}, err
		}
		domain.ModifiedAt = f.now
		put(f, Domains, domain)
		return domain, nil
	})
}

// describe sets what is said of a domain and is not nil.
func (d *Domain) describe(description, altSuffix *string) error {
	for _, text := range []struct {
		what        string
		given, kept *string
		most        int
	}{
		{"description", description, &d.Description, maxDescription},
		{"alternative suffix", altSuffix, &d.AltSuffix, maxName},
	} {
		if text.given == nil {
			continue
		}
		if err := checkText(text.what, *text.given, text.most); err != nil {
			return err
		}
		*text.kept = *text.given
	}
	return nil
}

// ViewDomain reads one domain for an administrator.
func (s *Service) ViewDomain(ctx context.Context, operator Operator, name string) (Domain, error) {
	return inspect(ctx, s, operator, "domain show", MayViewDomain, func(f *frame, v *store.View) (Domain, error) {
		return f.reachedDomain(v, name)
	})
}

// reachedDomain reads a domain. One that is not there is found missing only by
// whoever reaches all domains.
func (f *frame) reachedDomain(v *store.View, text string) (Domain, error) {
	text = names.Trim(text)
	if err := checkDomain(text); err != nil {
		return Domain{}, err
	}
	name, err := f.domainNamed(v, text)
	if err != nil {
		return Domain{}, err
	}
	f.event.Domain = name
	if f.admin != nil && !f.admin.reaches(name) {
		return Domain{}, noPermission("the domain is not the administrator's")
	}
	domain, err := get(f, v, Domains, name)
	return domain, mustExist(err, fmt.Sprintf("There is no domain %q.", name))
}

// IsMaster reports whether users without a domain are looked for in it.
func (d Domain) IsMaster() bool { return d.Name == defaultDomain }

// QueryDomains reads the domains that fit and that the administrator reaches.
func (s *Service) QueryDomains(ctx context.Context, operator Operator, fits func(Domain) bool, options SearchOptions) (Found[Domain], error) {
	return inspect(ctx, s, operator, "domain query", MayViewDomain, func(f *frame, v *store.View) (Found[Domain], error) {
		if err := options.check(); err != nil {
			return Found[Domain]{}, err
		}
		reached, err := f.reachable(v, nil)
		if err != nil {
			return Found[Domain]{}, err
		}
		return gather(options, func(yield func(Domain, error) bool) {
			for domain, err := range store.Scan(v, Domains, "", "") {
				if err == nil && (!slices.Contains(reached, domain.Name) || !fits(domain)) {
					continue
				}
				if !yield(domain, err) || err != nil {
					return
				}
			}
		})
	})
}
