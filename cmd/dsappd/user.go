package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type userCommand struct {
	Add         userAddCommand         `cmd:"" help:"Add a user."`
	Import      userImportCommand      `cmd:"" help:"Add users from a CSV or JSON file, and assign authenticators to them."`
	ImportLDAP  userImportLDAPCommand  `cmd:"" name:"import-ldap" help:"Add users from a directory, by LDAP."`
	Export      userExportCommand      `cmd:"" help:"Write users into a CSV or JSON file that an import reads."`
	List        userListCommand        `cmd:"" help:"List users."`
	Show        userShowCommand        `cmd:"" help:"Show a user."`
	Set         userSetCommand         `cmd:"" help:"Set by what a user authenticates, until when, and what is known of the person."`
	SetPassword userSetPasswordCommand `cmd:"" help:"Set a user's static password."`
	Enable      userEnableCommand      `cmd:"" help:"Let a disabled user register again."`
	Disable     userDisableCommand     `cmd:"" help:"Disable a user: every step is refused until the user is enabled again."`
	Unlock      userUnlockCommand      `cmd:"" help:"Unlock a user and forget the wrong passwords."`
	Delete      userDeleteCommand      `cmd:"" help:"Delete a user, unassign the user's authenticators and close their registrations."`
}

// userFlags name a user.
type userFlags struct {
	UserID string `arg:"" name:"user" help:"The user ID. USER@DOMAIN is split if that domain exists and --domain is absent."`
	Domain string `placeholder:"DOMAIN" help:"Name the user's domain; master if not given."`
}

func (f userFlags) name() provision.NameUser {
	return provision.NameUser{Domain: f.Domain, UserID: f.UserID}
}

type userAddCommand struct {
	doorFlags
	userFlags
	passwordFlags
	PasswordHashFile string `xor:"password" placeholder:"FILE" help:"Read the hash of the password from the one line of FILE, - for stdin: argon2id, bcrypt or pbkdf2-sha256."`
	OrgUnit          string `placeholder:"UNIT" help:"Note the user's organizational unit."`
}

func (c *userAddCommand) Run(ctx context.Context, std streams) error {
	user := provision.AddUser{Domain: c.Domain, UserID: c.UserID, OrgUnit: c.OrgUnit}
	var err error
	if c.PasswordHashFile != "" {
		user.PasswordHash, err = readLine(std, c.PasswordHashFile)
	} else {
		user.StaticPassword, err = c.passwordFlags.read(ctx, std)
	}
	if err != nil {
		return err
	}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.AddUser(ctx, user) }, userSaid("added"))
}

// userSaid says in a sentence what was done to a user.
func userSaid(done string) func(admin.User) string {
	return func(u admin.User) string {
		return fmt.Sprintf("%s user %s of domain %s", done, names.Shown(u.UserID), names.Shown(u.Domain))
	}
}

type userListCommand struct {
	doorFlags
	listFlags
	Domain string `placeholder:"DOMAIN" help:"List only the users of this domain."`
}

func (c *userListCommand) Run(ctx context.Context, std streams) error {
	after, err := parseUserKey(c.After)
	if err != nil {
		return err
	}
	return printList(ctx, std, c.doorFlags, c.listFlags, after,
		func(door *operators.Door, after provision.UserKey, limit int) (admin.Page[admin.User, provision.UserKey], error) {
			return door.ListUsers(ctx, provision.ListUsers{Domain: c.Domain, After: after, Limit: limit})
		}, columns[admin.User, provision.UserKey]{
			head: []string{"USER", "DOMAIN", "STATE", "UNIT", "AUTHENTICATORS"},
			row: func(u admin.User) []string {
				return []string{u.UserID, u.Domain, userState(u), orDash(u.OrgUnit), orDash(strings.Join(u.SerialNumbers, ","))}
			},
			key: func(k provision.UserKey) string { return k.UserID + "@" + k.Domain },
		})
}

// parseUserKey reads USER@DOMAIN; no domain holds an @.
func parseUserKey(s string) (provision.UserKey, error) {
	at := strings.LastIndexByte(s, '@')
	if s != "" && at < 0 {
		return provision.UserKey{}, fmt.Errorf("--after is %q: give USER@DOMAIN", s)
	}
	if s == "" {
		return provision.UserKey{}, nil
	}
	return provision.UserKey{UserID: s[:at], Domain: s[at+1:]}, nil
}

// userState takes a lock to last as long as the policy said under which it
// was made.
func userState(u admin.User) string {
	switch {
	case u.Disabled:
		return "disabled"
	case !u.LockedAt.IsZero() && (u.LockedUntil.IsZero() || time.Now().Before(u.LockedUntil)):
		return "locked"
	}
	return "enabled"
}

// lockedFor says whom a lock is for.
func lockedFor(u admin.User) string {
	if u.LockedAt.IsZero() {
		return "-"
	}
	names := slices.Clone(u.LockedFor)
	for at := range names {
		if names[at] == "unfamiliar" {
			names[at] = "unfamiliar addresses"
		}
	}
	return cmp.Or(strings.Join(names, ", "), "everybody")
}

type userShowCommand struct {
	doorFlags
	userFlags
}

func (c *userShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.ShowUser(ctx, c.name()) },
		func(u admin.User) string {
			return fields(
				"user", u.UserID,
				"domain", u.Domain,
				"organizational unit", orDash(u.OrgUnit),
				"state", userState(u),
				"name", orDash(u.Name),
				"e-mail", orDash(u.Email),
				"mobile", orDash(u.Mobile),
				"phone", orDash(u.Phone),
				"description", orDash(u.Description),
				"expires", moment(u.ExpiresAt),
				"local authentication", u.LocalAuthentication,
				"last login", moment(u.LastAuthAt),
				"locked since", moment(u.LockedAt),
				"locked until", moment(u.LockedUntil),
				"locked for", lockedFor(u),
				"wrong passwords", strconv.Itoa(u.WrongPasswords),
				"wrong proofs", strconv.Itoa(u.WrongProofs),
				"spent registrations", strconv.Itoa(u.SpentRegistrations),
				"authenticators", orDash(strings.Join(u.SerialNumbers, " ")),
				"created", moment(u.CreatedAt),
			)
		})
}

type userSetCommand struct {
	doorFlags
	userFlags
	LocalAuthentication *string    `placeholder:"MODE" help:"Authenticate the user by this instead of the policy's LocalAuthentication: None, 'Digipass Only', 'DIGIPASS/Password during Grace Period' or 'DIGIPASS or Password'; Default follows the policy."`
	Expires             *time.Time `placeholder:"TIME" help:"Refuse the user from this time on, such as 2027-01-31T00:00:00Z."`
	NoExpiry            bool       `help:"Refuse the user at no time."`
	OrgUnit             *string    `placeholder:"UNIT" help:"Note the organizational unit; an empty text takes it away, here and below."`
	Name                *string    `placeholder:"NAME" help:"Note the person's name."`
	Email               *string    `placeholder:"ADDRESS" help:"Note the e-mail address."`
	Mobile              *string    `placeholder:"NUMBER" help:"Note the mobile number."`
	Phone               *string    `placeholder:"NUMBER" help:"Note the phone number."`
	Description         *string    `placeholder:"TEXT" help:"Note a description, up to 1024 characters."`
}

// Validate refuses a command that changes nothing.
func (c *userSetCommand) Validate() error {
	if c.Expires != nil && c.NoExpiry {
		return errors.New("--expires and --no-expiry exclude each other")
	}
	if reflect.ValueOf(c.fields()).IsZero() {
		return errors.New("there is nothing to set: give a flag such as --local-authentication or --email")
	}
	return nil
}

func (c *userSetCommand) fields() provision.UserFields {
	fields := provision.UserFields{
		LocalAuth: c.LocalAuthentication, ExpiresAt: c.Expires, OrgUnit: c.OrgUnit, Name: c.Name, Email: c.Email,
		Mobile: c.Mobile, Phone: c.Phone, Description: c.Description,
	}
	if c.NoExpiry {
		fields.ExpiresAt = new(time.Time)
	}
	return fields
}

func (c *userSetCommand) Run(ctx context.Context, std streams) error {
	in := provision.SetUser{NameUser: c.userFlags.name(), UserFields: c.fields()}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.SetUser(ctx, in) },
		func(u admin.User) string {
			if c.LocalAuthentication == nil {
				return userSaid("set")(u)
			}
			return userSaid("set")(u) + ": local authentication " + u.LocalAuthentication
		})
}

type userSetPasswordCommand struct {
	doorFlags
	userFlags
	passwordFlags
}

func (c *userSetPasswordCommand) Run(ctx context.Context, std streams) error {
	password, err := c.passwordFlags.read(ctx, std)
	if err != nil {
		return err
	}
	user := provision.SetUserPassword{NameUser: c.name(), StaticPassword: password}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.SetUserPassword(ctx, user) }, userSaid("set the password of"))
}

type userEnableCommand struct {
	doorFlags
	userFlags
}

func (c *userEnableCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.EnableUser(ctx, c.name()) }, userSaid("enabled"))
}

type userDisableCommand struct {
	doorFlags
	userFlags
}

func (c *userDisableCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.DisableUser(ctx, c.name()) }, userSaid("disabled"))
}

type userUnlockCommand struct {
	doorFlags
	userFlags
}

func (c *userUnlockCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.UnlockUser(ctx, c.name()) }, userSaid("unlocked"))
}

type userDeleteCommand struct {
	doorFlags
	userFlags
}

func (c *userDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.User, error) { return door.DeleteUser(ctx, c.name()) },
		func(u admin.User) string {
			said := userSaid("deleted")(u)
			if len(u.SerialNumbers) > 0 {
				said += "; unassigned " + strings.Join(u.SerialNumbers, " ")
			}
			return said
		})
}
