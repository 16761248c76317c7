package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Administrator is an administrator or a service user as operators see it.
type Administrator struct {
	Domain      string    `json:"domain"`
	UserID      string    `json:"userID"`
	Privileges  []string  `json:"privileges"`
	LastLogonAt time.Time `json:"lastLogonAt,omitzero"`
	KeyAddedAt  time.Time `json:"keyAddedAt,omitzero"` // of a service user
	CreatedAt   time.Time `json:"createdAt"`
}

// ServiceUserKey shows the API key of a service user, this once.
type ServiceUserKey struct {
	Administrator
	Key string `json:"key"`
}

func showAdministrator(a provision.Administrator) Administrator {
	return Administrator{
		Domain: a.Domain, UserID: a.UserID, Privileges: a.Names(),
		LastLogonAt: a.LastLogonAt.UTC(), KeyAddedAt: a.KeyAddedAt.UTC(), CreatedAt: a.CreatedAt.UTC(),
	}
}

func showServiceUserKey(k provision.ServiceUserKey) ServiceUserKey {
	return ServiceUserKey{showAdministrator(k.Administrator), k.Key}
}

// Those that log on and service users are decided alike: service says which.

func listsAdministrators(s *provision.Service, service bool) func(context.Context, provision.ListAdministrators) (provision.Page[provision.Administrator, provision.UserKey], error) {
	return func(ctx context.Context, in provision.ListAdministrators) (provision.Page[provision.Administrator, provision.UserKey], error) {
		in.Service = service
		return s.ListAdministrators(ctx, in)
	}
}

func showsAdministrator(s *provision.Service, service bool) func(context.Context, provision.NameUser) (provision.Administrator, error) {
	return func(ctx context.Context, in provision.NameUser) (provision.Administrator, error) {
		return s.ShowAdministrator(ctx, in, service)
	}
}

func setsAdministrator(s *provision.Service, service bool) func(context.Context, provision.Operator, provision.NameAdministrator) (provision.Administrator, error) {
	return func(ctx context.Context, operator provision.Operator, in provision.NameAdministrator) (provision.Administrator, error) {
		return s.SetAdministrator(ctx, operator, in, service)
	}
}

func deletesAdministrator(s *provision.Service, service bool) func(context.Context, provision.Operator, provision.NameUser) (provision.Administrator, error) {
	return func(ctx context.Context, operator provision.Operator, in provision.NameUser) (provision.Administrator, error) {
		return s.DeleteAdministrator(ctx, operator, in, service)
	}
}

// kind returns the first word of an order.
func kind(service bool) string {
	if service {
		return "service-user"
	}
	return "administrator"
}

// AddAdministrator makes a user an administrator.
func (c *Client) AddAdministrator(ctx context.Context, in provision.NameAdministrator) (Administrator, error) {
	return call[Administrator](ctx, c, "administrator/add", in)
}

// AddServiceUser makes a user a service user, and shows its API key, once.
func (c *Client) AddServiceUser(ctx context.Context, in provision.AddServiceUser) (ServiceUserKey, error) {
	return call[ServiceUserKey](ctx, c, "service-user/add", in)
}

// RenewServiceUser gives a service user another API key, and shows it, once.
func (c *Client) RenewServiceUser(ctx context.Context, in provision.NameUser) (ServiceUserKey, error) {
	return call[ServiceUserKey](ctx, c, "service-user/renew", in)
}

// ListAdministrators reads a page of administrators, or of service users.
func (c *Client) ListAdministrators(ctx context.Context, in provision.ListAdministrators) (Page[Administrator, provision.UserKey], error) {
	return call[Page[Administrator, provision.UserKey]](ctx, c, kind(in.Service)+"/list", in)
}

// ShowAdministrator reads one administrator or service user.
func (c *Client) ShowAdministrator(ctx context.Context, in provision.NameUser, service bool) (Administrator, error) {
	return call[Administrator](ctx, c, kind(service)+"/show", in)
}

// SetAdministrator gives an administrator or a service user other privileges.
func (c *Client) SetAdministrator(ctx context.Context, in provision.NameAdministrator, service bool) (Administrator, error) {
	return call[Administrator](ctx, c, kind(service)+"/set", in)
}

// DeleteAdministrator takes all privileges from a user, who stays.
func (c *Client) DeleteAdministrator(ctx context.Context, in provision.NameUser, service bool) (Administrator, error) {
	return call[Administrator](ctx, c, kind(service)+"/delete", in)
}

// ResetUserPassword takes the static password from a user.
func (c *Client) ResetUserPassword(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/reset-password", in)
}
