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
	Name        string
	Description *string
}

// SetDomain changes a domain.
func (s *Service) SetDomain(ctx context.Context, operator Operator, in SetDomain) (Domain, error) {
	return order(ctx, s, operator, "domain set", MayUpdateDomain, func(f *frame) (Domain, error) {
		var domain Domain
		err := f.read(func(v *store.View) (err error) {
			domain, err = f.reachedDomain(v, in.Name)
			return err
		})
		if err != nil || in.Description == nil {
			return domain, err
		}
		if err := checkText("description", *in.Description, maxDescription); err != nil {
			return Domain{}, err
		}
		domain.Description, domain.ModifiedAt = *in.Description, f.now
		put(f, Domains, domain)
		return domain, nil
	})
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
