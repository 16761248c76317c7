package provision

import (
	"cmp"
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// SetOrgUnit is what is said of an organizational unit. Nil: it stays as it is.
type SetOrgUnit struct {
	Domain      string  `json:"domain,omitempty"`
	Name        string  `json:"orgUnit"`
	Parent      *string `json:"parent,omitempty"`
	Description *string `json:"description,omitempty"`
}

// AddOrgUnit makes an organizational unit of a domain.
func (s *Service) AddOrgUnit(ctx context.Context, operator Operator, in SetOrgUnit) (OrgUnit, error) {
	return order(ctx, s, operator, "orgunit add", MayCreateOrgUnit, func(f *frame) (OrgUnit, error) {
		var unit OrgUnit
		err := f.read(func(v *store.View) error {
			key, err := f.orgUnitKey(v, in.Domain, in.Name)
			if err != nil {
				return err
			}
			if err := f.openDomain(v, key.Domain); err != nil {
				return err
			}
			_, err = get(f, v, OrgUnits, key)
			if err := mustBeFree(err, fmt.Sprintf("There already is a unit %q in domain %q.", key.Name, key.Domain)); err != nil {
				return err
			}
			unit = OrgUnit{Domain: key.Domain, Name: key.Name, CreatedAt: f.now}
			return f.describe(v, &unit, in)
		})
		if err == nil {
			put(f, OrgUnits, unit)
		}
		return unit, err
	})
}

// SetOrgUnit changes an organizational unit.
func (s *Service) SetOrgUnit(ctx context.Context, operator Operator, in SetOrgUnit) (OrgUnit, error) {
	return order(ctx, s, operator, "orgunit set", MayUpdateOrgUnit, func(f *frame) (OrgUnit, error) {
		var unit OrgUnit
		err := f.read(func(v *store.View) error {
			var err error
			if unit, err = f.orgUnit(v, in.Domain, in.Name); err != nil {
				return err
			}
			unit.ModifiedAt = f.now
			return f.describe(v, &unit, in)
		})
		if err == nil {
			put(f, OrgUnits, unit)
		}
		return unit, err
	})
}

// describe applies what is said of a unit. Its parent is another unit of the
// domain, and not one below it.
func (f *frame) describe(v *store.View, unit *OrgUnit, in SetOrgUnit) error {
	if in.Description != nil {
		if err := checkText("description", *in.Description, maxDescription); err != nil {
			return err
		}
		unit.Description = *in.Description
	}
	if in.Parent == nil {
		return nil
	}
	unit.Parent = *in.Parent
	for above, depth := unit.Parent, 0; above != ""; depth++ {
		if above == unit.Name || depth == maxPolicyDepth {
			return refuse(InvalidData, "The parent is the unit itself or below it, or too many units are above it.")
		}
		parent, err := get(f, v, OrgUnits, OrgUnitKey{unit.Domain, above})
		if err := mustExist(err, fmt.Sprintf("There is no unit %q in domain %q.", above, unit.Domain)); err != nil {
			return err
		}
		above = parent.Parent
	}
	return nil
}

// DeleteOrgUnit deletes an organizational unit that no other is below. Users
// keep its name.
func (s *Service) DeleteOrgUnit(ctx context.Context, operator Operator, in OrgUnitKey) (OrgUnit, error) {
	return order(ctx, s, operator, "orgunit delete", MayDeleteOrgUnit, func(f *frame) (OrgUnit, error) {
		var unit OrgUnit
		err := f.read(func(v *store.View) error {
			var err error
			if unit, err = f.orgUnit(v, in.Domain, in.Name); err != nil {
				return err
			}
			for other, err := range store.Scan(v, OrgUnits, OrgUnitKey{Domain: unit.Domain}, OrgUnitKey{}) {
				if err != nil {
					return fmt.Errorf("organizational units: %w", err)
				}
				if other.Parent == unit.Name {
					return refuse(InUse, fmt.Sprintf("The unit %q is below it: move or delete that first.", other.Name))
				}
			}
			return nil
		})
		if err == nil {
			remove(f, OrgUnits, unit.Key())
		}
		return unit, err
	})
}

// ViewOrgUnit reads one organizational unit for an administrator.
func (s *Service) ViewOrgUnit(ctx context.Context, operator Operator, in OrgUnitKey) (OrgUnit, error) {
	return inspect(ctx, s, operator, "orgunit show", MayViewOrgUnit, func(f *frame, v *store.View) (OrgUnit, error) {
		return f.orgUnit(v, in.Domain, in.Name)
	})
}

// orgUnitKey returns the key of the unit that somebody names, in a domain that
// is in reach.
func (f *frame) orgUnitKey(v *store.View, domain, name string) (OrgUnitKey, error) {
	domain, err := f.domainNamed(v, cmp.Or(names.Trim(domain), defaultDomain))
	if err != nil {
		return OrgUnitKey{}, err
	}
	f.event.Domain = domain
	if err := f.mayReach(v, domain); err != nil {
		return OrgUnitKey{}, err
	}
	name = names.Trim(name)
	f.checked("organizational unit", name)
	return OrgUnitKey{domain, name}, checkName("organizational unit", name)
}

func (f *frame) orgUnit(v *store.View, domain, name string) (OrgUnit, error) {
	key, err := f.orgUnitKey(v, domain, name)
	if err != nil {
		return OrgUnit{}, err
	}
	unit, err := get(f, v, OrgUnits, key)
	return unit, mustExist(err, fmt.Sprintf("There is no unit %q in domain %q.", key.Name, key.Domain))
}

// QueryOrgUnits reads the units that fit, of the domains that the administrator
// reaches.
func (s *Service) QueryOrgUnits(ctx context.Context, operator Operator, domains []string, fits func(OrgUnit) bool, options SearchOptions) (Found[OrgUnit], error) {
	return inspect(ctx, s, operator, "orgunit query", MayViewOrgUnit, func(f *frame, v *store.View) (Found[OrgUnit], error) {
		if err := options.check(); err != nil {
			return Found[OrgUnit]{}, err
		}
		reached, err := f.reachable(v, domains)
		if err != nil {
			return Found[OrgUnit]{}, err
		}
		return gather(options, func(yield func(OrgUnit, error) bool) {
			for _, domain := range reached {
				for unit, err := range store.Scan(v, OrgUnits, OrgUnitKey{Domain: domain}, OrgUnitKey{}) {
					if (err != nil || fits(unit)) && (!yield(unit, err) || err != nil) {
						return
					}
				}
			}
		})
	})
}
