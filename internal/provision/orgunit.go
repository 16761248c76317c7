package provision

import (
	"time"

	"github.com/dsappd/dsappd/store"
)

// OrgUnitKey names an organizational unit: names are unique within a domain.
type OrgUnitKey struct {
	Domain string `json:"domain"`
	Name   string `json:"orgUnit"`
}

// OrgUnit is a part of a domain that users can be sorted into.
type OrgUnit struct {
	store.Revised
	Domain, Name string
	Parent       string `json:",omitempty"` // in the same domain; empty: the top
	Description  string `json:",omitempty"`
	CreatedAt    time.Time
	ModifiedAt   time.Time `json:",omitzero"`
}

// Key names the unit.
func (u OrgUnit) Key() OrgUnitKey { return OrgUnitKey{u.Domain, u.Name} }

// UserAttributeKey names an attribute of a user, within a group of attributes.
type UserAttributeKey struct {
	Domain string `json:"domain"`
	UserID string `json:"userID"`
	Group  string `json:"group"`
	Name   string `json:"name"`
}

// UserAttribute is a name and a value that clients keep with a user, such as
// those that a RADIUS server hands out.
type UserAttribute struct {
	store.Revised
	Domain, UserID string
	Group, Name    string
	UsageQualifier string `json:",omitempty"`
	Value          string `json:",omitempty"`
	Options        uint32 `json:",omitempty"` // 1 for a RADIUS attribute
	LDAPName       string `json:",omitempty"` // only kept for clients
	CreatedAt      time.Time
	ModifiedAt     time.Time `json:",omitzero"`
}

// Key names the attribute.
func (a UserAttribute) Key() UserAttributeKey {
	return UserAttributeKey{a.Domain, a.UserID, a.Group, a.Name}
}
