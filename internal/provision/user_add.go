package provision

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// AddUser is a new user. Without a Domain, user@domain is split where that
// domain exists, as register splits it, and else the domain is the default
// one.
type AddUser struct {
	Domain         string `json:"domain,omitempty"`
	UserID         string `json:"userID"`
	OrgUnit        string `json:"orgUnit,omitempty"`
	StaticPassword string `json:"staticPassword,omitempty"` // 1 to 255 characters, or
	PasswordHash   string `json:"passwordHash,omitempty"`   // its hash: argon2id, bcrypt or pbkdf2-sha256; or
	NoPassword     bool   `json:"-"`                        // none, which is no static password that is right

	UserFields `json:"-"`
}

// AddUser makes a user.
func (s *Service) AddUser(ctx context.Context, operator Operator, in AddUser) (User, error) {
	password := newPassword{text: in.StaticPassword, hashed: in.PasswordHash}
	return order(ctx, s, operator, "user add", MayCreateUser, func(f *frame) (User, error) {
		if err := in.check(); err != nil {
			return User{}, err
		}
		var key UserKey
		err := f.read(func(v *store.View) error {
			var err error
			key, err = f.newUser(v, in)
			return err
		})
		if err != nil {
			return User{}, err
		}
		user := User{Domain: key.Domain, UserID: key.UserID, OrgUnit: in.OrgUnit, CreatedAt: f.now}
		if err := in.apply(f, &user); err != nil {
			return User{}, err
		}
		if !in.NoPassword {
			if user.PasswordHash, err = password.hash(f); err != nil {
				return User{}, err
			}
			user.PasswordSetAt = f.now
		}
		put(f, Users, user)
		return user, nil
	})
}

func (in AddUser) checkNames() error {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return err
	}
	if in.OrgUnit == "" {
		return nil
	}
	return checkName("organizational unit", in.OrgUnit)
}

func (in AddUser) check() error {
	if err := in.checkNames(); err != nil {
		return err
	}
	if in.NoPassword && in.StaticPassword+in.PasswordHash == "" {
		return nil
	}
	if in.PasswordHash == "" {
		return checkPassword(in.StaticPassword)
	}
	if in.StaticPassword != "" {
		return refuse(InvalidParameter, "Give the static password or its hash, not both.")
	}
	return checkPasswordHash(in.PasswordHash)
}

func checkUserName(domain, userID string) error {
	if domain = names.Trim(domain); domain != "" {
		if err := checkDomain(domain); err != nil {
			return err
		}
	}
	return checkName("user ID", names.Trim(userID))
}

// maxPassword is in characters, the schema's limit of staticPassword.
const maxPassword = 255

// checkPassword refuses a password that register could not be given.
func checkPassword(password string) error {
	switch length := utf8.RuneCountInString(password); {
	case length == 0:
		return refuse(InvalidParameter, "The static password is empty.")
	case length > maxPassword:
		return refuse(InvalidParameter, fmt.Sprintf(
			"The static password has %d characters: %d are the limit.", length, maxPassword))
	case unwritable(password):
		return refuse(InvalidParameter, "The static password holds a control character or is not UTF-8.")
	}
	return nil
}

// newUser makes sure that the name is free, in a domain that exists, and that
// register will find it.
func (f *frame) newUser(v *store.View, in AddUser) (UserKey, error) {
	key, err := f.named(v, in.Domain, in.UserID)
	if err != nil {
		return UserKey{}, err
	}
	if err := f.openDomain(v, key.Domain); err != nil {
		return UserKey{}, err
	}
	if err := mayBeNamed("user ID", key.UserID, names.UserID); err != nil {
		return UserKey{}, err
	}
	reached, err := f.resolve(v, key.UserID, key.Domain)
	if err != nil {
		return UserKey{}, err
	}
	if reached != key {
		return UserKey{}, refuse(InvalidParameter, fmt.Sprintf(
			"The user ID %q would be read as user %q of domain %q wherever it registers: choose another one.",
			key.UserID, reached.UserID, reached.Domain))
	}
	_, err = get(f, v, Users, key)
	return key, mustBeFree(err, fmt.Sprintf("There already is a user %q in domain %q.", key.UserID, key.Domain))
}

// named finds the user that an operator names: with a domain exactly that one,
// without a domain as register reads it.
func (f *frame) named(v *store.View, domain, userID string) (key UserKey, err error) {
	if domain = names.Trim(domain); domain == "" {
		key, err = f.resolve(v, userID, "")
	} else if domain, err = f.domainNamed(v, domain); err == nil {
		key, err = f.userNamed(v, domain, userID)
	}
	if err != nil {
		return UserKey{}, err
	}
	f.event.Domain, f.event.UserID = key.Domain, key.UserID
	return key, f.mayReach(v, key.Domain)
}

// newPassword pays for its hash once, however often its operation starts
// again.
type newPassword struct {
	text   string
	hashed string
}

func (p *newPassword) hash(f *frame) (string, error) {
	return p.hashFor(f, passwords.Share{Door: operatorsDoor})
}

// hashFor hashes it as a share of somebody's work.
func (p *newPassword) hashFor(f *frame, share passwords.Share) (string, error) {
	if p.hashed != "" {
		return p.hashed, nil
	}
	hashed, err := f.service.Passwords.Hash(f.ctx, share, names.Password(p.text))
	if errors.Is(err, passwords.ErrBusy) {
		return "", refuse(Busy, "Too many password checks are waiting: try again.")
	}
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	p.hashed = hashed
	return hashed, nil
}

// checkPasswordHash refuses a hash that cannot be read or costs too much.
func checkPasswordHash(s string) error {
	switch err := passwords.CheckHash(s); {
	case errors.Is(err, passwords.ErrCostly):
		return refuse(InvalidParameter, "The password hash costs too much to check: up to 1 GiB of memory and 4 GiB over all passes for argon2id, cost 16 for bcrypt, 10000000 iterations for pbkdf2-sha256.")
	case err != nil:
		return refuse(InvalidParameter, "The password hash cannot be read: give argon2id (v=19), bcrypt ($2a$, $2b$ or $2y$) or pbkdf2-sha256 in its usual form.")
	}
	return nil
}
