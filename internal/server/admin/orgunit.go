package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// OrgUnit is an organizational unit as operators see it.
type OrgUnit struct {
	Domain      string    `json:"domain"`
	Name        string    `json:"orgUnit"`
	Parent      string    `json:"parent,omitempty"`
	Description string    `json:"description,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
}

func showOrgUnit(u provision.OrgUnit) OrgUnit {
	return OrgUnit{Domain: u.Domain, Name: u.Name, Parent: u.Parent, Description: u.Description, CreatedAt: u.CreatedAt.UTC()}
}

// AddOrgUnit makes an organizational unit.
func (c *Client) AddOrgUnit(ctx context.Context, in provision.SetOrgUnit) (OrgUnit, error) {
	return call[OrgUnit](ctx, c, "org-unit/add", in)
}

// ListOrgUnits reads a page of organizational units.
func (c *Client) ListOrgUnits(ctx context.Context, in provision.ListOrgUnits) (Page[OrgUnit, provision.OrgUnitKey], error) {
	return call[Page[OrgUnit, provision.OrgUnitKey]](ctx, c, "org-unit/list", in)
}

// SetOrgUnit changes what is said of an organizational unit.
func (c *Client) SetOrgUnit(ctx context.Context, in provision.SetOrgUnit) (OrgUnit, error) {
	return call[OrgUnit](ctx, c, "org-unit/set", in)
}

// DeleteOrgUnit deletes an organizational unit that no other is below.
func (c *Client) DeleteOrgUnit(ctx context.Context, in provision.OrgUnitKey) (OrgUnit, error) {
	return call[OrgUnit](ctx, c, "org-unit/delete", in)
}

// UserAttribute is an attribute of a user as operators see it.
type UserAttribute struct {
	Domain         string    `json:"domain"`
	UserID         string    `json:"userID"`
	Group          string    `json:"group"`
	Name           string    `json:"name"`
	UsageQualifier string    `json:"usageQualifier,omitempty"`
	Value          string    `json:"value,omitempty"`
	Options        uint32    `json:"options"` // 1 for a RADIUS attribute
	CreatedAt      time.Time `json:"createdAt"`
}

func showUserAttribute(a provision.UserAttribute) UserAttribute {
	return UserAttribute{
		Domain: a.Domain, UserID: a.UserID, Group: a.Group, Name: a.Name, UsageQualifier: a.UsageQualifier,
		Value: a.Value, Options: a.Options, CreatedAt: a.CreatedAt.UTC(),
	}
}

// AddUserAttribute keeps an attribute with a user.
func (c *Client) AddUserAttribute(ctx context.Context, in provision.SetUserAttribute) (UserAttribute, error) {
	return call[UserAttribute](ctx, c, "user-attribute/add", in)
}

// ListUserAttributes reads a page of a user's attributes.
func (c *Client) ListUserAttributes(ctx context.Context, in provision.ListUserAttributes) (Page[UserAttribute, provision.UserAttributeKey], error) {
	return call[Page[UserAttribute, provision.UserAttributeKey]](ctx, c, "user-attribute/list", in)
}

// SetUserAttribute changes an attribute of a user.
func (c *Client) SetUserAttribute(ctx context.Context, in provision.SetUserAttribute) (UserAttribute, error) {
	return call[UserAttribute](ctx, c, "user-attribute/set", in)
}

// DeleteUserAttribute takes an attribute from a user.
func (c *Client) DeleteUserAttribute(ctx context.Context, in provision.SetUserAttribute) (UserAttribute, error) {
	return call[UserAttribute](ctx, c, "user-attribute/delete", in)
}
