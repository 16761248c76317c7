package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListOrgUnits asks for the organizational units after a key, of one domain or,
// without it, of all; Limit 0 is a page's default.
type ListOrgUnits struct {
	Domain string     `json:"domain,omitempty"`
	After  OrgUnitKey `json:"after,omitzero"`
	Limit  int        `json:"limit,omitempty"`
}

// ListOrgUnits reads a page of organizational units.
func (s *Service) ListOrgUnits(ctx context.Context, in ListOrgUnits) (Page[OrgUnit, OrgUnitKey], error) {
	var err error
	if in.Domain, err = s.domainOf(ctx, in.Domain); err != nil {
		return Page[OrgUnit, OrgUnitKey]{}, err
	}
	return list[OrgUnit, OrgUnitKey]{
		limit:  in.Limit,
		domain: in.Domain,
		scan: func(v *store.View) iter.Seq2[OrgUnit, error] {
			return store.Scan(v, OrgUnits, OrgUnitKey{Domain: in.Domain}, in.After)
		},
		key:    OrgUnits.KeyOf,
		wanted: func(OrgUnit) bool { return true },
	}.page(ctx, s)
}
