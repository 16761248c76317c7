package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type administratorCommand struct {
	Add    administratorAddCommand    `cmd:"" help:"Make a user an administrator, who logs on to the administration interface."`
	List   administratorListCommand   `cmd:"" help:"List administrators."`
	Show   administratorShowCommand   `cmd:"" help:"Show an administrator's privileges."`
	Set    administratorSetCommand    `cmd:"" help:"Give an administrator other privileges, in place of those that there are."`
	Delete administratorDeleteCommand `cmd:"" help:"Take all privileges from a user, who stays."`
}

type serviceUserCommand struct {
	Add    serviceUserAddCommand    `cmd:"" help:"Make a user a service user, and show its API key, once."`
	List   serviceUserListCommand   `cmd:"" help:"List service users."`
	Show   serviceUserShowCommand   `cmd:"" help:"Show a service user's privileges."`
	Set    serviceUserSetCommand    `cmd:"" help:"Give a service user other privileges, in place of those that there are."`
	Renew  serviceUserRenewCommand  `cmd:"" help:"Draw another API key, which replaces the one before at once, and show it, once."`
	Delete serviceUserDeleteCommand `cmd:"" help:"Delete the API key of a user, who stays."`
}

// privilegeFlags name privileges.
type privilegeFlags struct {
	Privilege []string `required:"" placeholder:"NAME" help:"Grant this privilege; repeat it for several. all, view and helpdesk stand for sets of them."`
}

func (f privilegeFlags) of(user userFlags) provision.NameAdministrator {
	return provision.NameAdministrator{NameUser: user.name(), Privileges: f.Privilege}
}

// administratorSaid says in a sentence what was done.
func administratorSaid(done string) func(admin.Administrator) string {
	return func(a admin.Administrator) string { return fmt.Sprintf("%s %s of domain %s", done, a.UserID, a.Domain) }
}

// keySaid shows an API key.
func keySaid(done string) func(admin.ServiceUserKey) string {
	return func(k admin.ServiceUserKey) string {
		return fmt.Sprintf("%s service user %s of domain %s, whose API key is shown now and never again:\n%s", done, k.UserID, k.Domain, k.Key)
	}
}

type administratorAddCommand struct {
	doorFlags
	userFlags
	privilegeFlags
}

func (c *administratorAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (admin.Administrator, error) {
		return door.AddAdministrator(ctx, c.of(c.userFlags))
	}, administratorSaid("added administrator"))
}

type serviceUserAddCommand struct {
	doorFlags
	userFlags
	privilegeFlags
}

func (c *serviceUserAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (admin.ServiceUserKey, error) {
		return door.AddServiceUser(ctx, provision.AddServiceUser{NameAdministrator: c.of(c.userFlags)})
	}, keySaid("added"))
}

type serviceUserRenewCommand struct {
	doorFlags
	userFlags
}

func (c *serviceUserRenewCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (admin.ServiceUserKey, error) {
		return door.RenewServiceUser(ctx, c.name())
	}, keySaid("renewed"))
}

type administratorSetCommand struct {
	doorFlags
	userFlags
	privilegeFlags
}

func (c *administratorSetCommand) Run(ctx context.Context, std streams) error {
	return setAdministrator(ctx, std, c.doorFlags, c.of(c.userFlags), false)
}

type serviceUserSetCommand struct {
	doorFlags
	userFlags
	privilegeFlags
}

func (c *serviceUserSetCommand) Run(ctx context.Context, std streams) error {
	return setAdministrator(ctx, std, c.doorFlags, c.of(c.userFlags), true)
}

func setAdministrator(ctx context.Context, std streams, flags doorFlags, named provision.NameAdministrator, service bool) error {
	return order(ctx, std, flags, func(door *operators.Door) (admin.Administrator, error) {
		return door.SetAdministrator(ctx, named, service)
	}, administratorSaid("set the privileges of"))
}

type administratorDeleteCommand struct {
	doorFlags
	userFlags
}

func (c *administratorDeleteCommand) Run(ctx context.Context, std streams) error {
	return deleteAdministrator(ctx, std, c.doorFlags, c.name(), false)
}

type serviceUserDeleteCommand struct {
	doorFlags
	userFlags
}

func (c *serviceUserDeleteCommand) Run(ctx context.Context, std streams) error {
	return deleteAdministrator(ctx, std, c.doorFlags, c.name(), true)
}

func deleteAdministrator(ctx context.Context, std streams, flags doorFlags, named provision.NameUser, service bool) error {
	return order(ctx, std, flags, func(door *operators.Door) (admin.Administrator, error) {
		return door.DeleteAdministrator(ctx, named, service)
	}, administratorSaid("took all privileges from"))
}

type administratorShowCommand struct {
	doorFlags
	userFlags
}

func (c *administratorShowCommand) Run(ctx context.Context, std streams) error {
	return showAdministrator(ctx, std, c.doorFlags, c.name(), false)
}

type serviceUserShowCommand struct {
	doorFlags
	userFlags
}

func (c *serviceUserShowCommand) Run(ctx context.Context, std streams) error {
	return showAdministrator(ctx, std, c.doorFlags, c.name(), true)
}

func showAdministrator(ctx context.Context, std streams, flags doorFlags, named provision.NameUser, service bool) error {
	return order(ctx, std, flags,
		func(door *operators.Door) (admin.Administrator, error) {
			return door.ShowAdministrator(ctx, named, service)
		},
		func(a admin.Administrator) string {
			return fields(
				"user", a.UserID,
				"domain", a.Domain,
				"privileges", strings.Join(a.Privileges, " "),
				"last logon", moment(a.LastLogonAt),
				"API key since", moment(a.KeyAddedAt),
				"created", moment(a.CreatedAt),
			)
		})
}

type administratorListCommand struct {
	doorFlags
	listFlags
	Domain string `placeholder:"DOMAIN" help:"List those of this domain only."`
}

func (c *administratorListCommand) Run(ctx context.Context, std streams) error {
	return listAdministrators(ctx, std, c.doorFlags, c.listFlags, provision.ListAdministrators{Domain: c.Domain})
}

type serviceUserListCommand struct {
	doorFlags
	listFlags
	Domain string `placeholder:"DOMAIN" help:"List those of this domain only."`
}

func (c *serviceUserListCommand) Run(ctx context.Context, std streams) error {
	return listAdministrators(ctx, std, c.doorFlags, c.listFlags, provision.ListAdministrators{Domain: c.Domain, Service: true})
}

func listAdministrators(ctx context.Context, std streams, flags doorFlags, pages listFlags, asked provision.ListAdministrators) error {
	after, err := parseUserKey(pages.After)
	if err != nil {
		return err
	}
	return printList(ctx, std, flags, pages, after,
		func(door *operators.Door, after provision.UserKey, limit int) (admin.Page[admin.Administrator, provision.UserKey], error) {
			asked.After, asked.Limit = after, limit
			return door.ListAdministrators(ctx, asked)
		}, columns[admin.Administrator, provision.UserKey]{
			head: []string{"USER", "DOMAIN", "PRIVILEGES", "LAST LOGON"},
			row: func(a admin.Administrator) []string {
				return []string{a.UserID, a.Domain, fmt.Sprint(len(a.Privileges)), moment(a.LastLogonAt)}
			},
			key: func(k provision.UserKey) string { return k.UserID + "@" + k.Domain },
		})
}
