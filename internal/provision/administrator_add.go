package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// onThisMachine is a privilege that nobody has: what needs it is for operators
// with an account on this machine.
const onThisMachine Privilege = "on this machine"

// NameAdministrator names a user and says what the user may do.
type NameAdministrator struct {
	NameUser
	Privileges []string `json:"privileges"` // as ParsePrivileges reads them
}

// AddAdministrator makes a user an administrator, who logs on by what the user
// authenticates by.
func (s *Service) AddAdministrator(ctx context.Context, operator Operator, in NameAdministrator) (Administrator, error) {
	return order(ctx, s, operator, "administrator add", onThisMachine, func(f *frame) (Administrator, error) {
		return f.newAdministrator(in, nil)
	})
}

// AddServiceUser is a service user to be. Key is one that is meant to be public,
// of a lab; empty: 128 bits are drawn.
type AddServiceUser struct {
	NameAdministrator
	Key string `json:"-"`
}

// ServiceUserKey shows the API key of a service user, once: only its digest is
// kept.
type ServiceUserKey struct {
	Administrator
	Key string // in the form of a UUID, unless it was given
}

// AddServiceUser makes a user one that calls with an API key and has no
// sessions.
func (s *Service) AddServiceUser(ctx context.Context, operator Operator, in AddServiceUser) (ServiceUserKey, error) {
	return order(ctx, s, operator, "service-user add", onThisMachine, func(f *frame) (ServiceUserKey, error) {
		key, err := f.apiKey(in.Key)
		if err != nil {
			return ServiceUserKey{}, err
		}
		digest := sha256.Sum256([]byte(key))
		admin, err := f.newAdministrator(in.NameAdministrator, digest[:])
		return ServiceUserKey{admin, key}, err
	})
}

// RenewServiceUser gives a service user another API key, which replaces the one
// before at once.
func (s *Service) RenewServiceUser(ctx context.Context, operator Operator, in NameUser) (ServiceUserKey, error) {
	return order(ctx, s, operator, "service-user renew", onThisMachine, func(f *frame) (ServiceUserKey, error) {
		admin, err := f.namedAdministrator(in, true)
		if err != nil {
			return ServiceUserKey{}, err
		}
		key, err := f.apiKey("")
		if err != nil {
			return ServiceUserKey{}, err
		}
		digest := sha256.Sum256([]byte(key))
		admin.KeyDigest, admin.KeyAddedAt = digest[:], f.now
		put(f, Administrators, admin)
		return ServiceUserKey{admin, key}, nil
	})
}

// apiKey returns the given key, or draws one in the form of a UUID.
func (f *frame) apiKey(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var random [16]byte
	if _, err := io.ReadFull(f.service.Rand, random[:]); err != nil {
		return "", fmt.Errorf("draw an API key: %w", err)
	}
	key := hex.EncodeToString(random[:])
	return key[:8] + "-" + key[8:12] + "-" + key[12:16] + "-" + key[16:20] + "-" + key[20:], nil
}

func (f *frame) newAdministrator(in NameAdministrator, keyDigest []byte) (Administrator, error) {
	granted, err := f.granted(in.Privileges)
	if err != nil {
		return Administrator{}, err
	}
	var user User
	err = f.read(func(v *store.View) error {
		if user, err = f.user(v, in.NameUser); err != nil {
			return err
		}
		_, err = get(f, v, Administrators, user.Key())
		return mustBeFree(err, fmt.Sprintf("The user %q of domain %q is an administrator or a service user already: set its privileges, or delete it first.", user.UserID, user.Domain))
	})
	if err != nil {
		return Administrator{}, err
	}
	admin := Administrator{Domain: user.Domain, UserID: user.UserID, Privileges: granted, KeyDigest: keyDigest, CreatedAt: f.now}
	if keyDigest != nil {
		admin.KeyAddedAt = f.now
	}
	put(f, Administrators, admin)
	return admin, nil
}

// granted reads the privileges that are to be granted, and has the audit name
// them.
func (f *frame) granted(names []string) ([]Privilege, error) {
	granted, err := ParsePrivileges(names)
	if err != nil {
		return nil, refuse(InvalidParameter, fmt.Sprintf("The privileges are refused: %v.", err))
	}
	if len(granted) == 0 {
		return nil, refuse(InvalidParameter, "The privileges are missing: name at least one.")
	}
	f.checked("privileges", fmt.Sprint(granted))
	return granted, nil
}

// namedAdministrator reads the administrator that an operator names: a service
// user, or one that logs on.
func (f *frame) namedAdministrator(in NameUser, service bool) (Administrator, error) {
	var admin Administrator
	err := f.read(func(v *store.View) (err error) {
		admin, err = f.readAdministrator(v, in, service)
		return err
	})
	return admin, err
}

func (f *frame) readAdministrator(v *store.View, in NameUser, service bool) (Administrator, error) {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return Administrator{}, err
	}
	key, err := f.named(v, in.Domain, in.UserID)
	if err != nil {
		return Administrator{}, err
	}
	admin, err := get(f, v, Administrators, key)
	what := "administrator"
	if service {
		what = "service user"
	}
	missing := fmt.Sprintf("The user %q of domain %q is no %s.", key.UserID, key.Domain, what)
	if err == nil && admin.IsServiceUser() != service {
		return Administrator{}, refuse(NotFound, missing)
	}
	return admin, mustExist(err, missing)
}

// SetAdministrator gives an administrator or a service user other privileges,
// which hold from the next command on.
func (s *Service) SetAdministrator(ctx context.Context, operator Operator, in NameAdministrator, service bool) (Administrator, error) {
	return order(ctx, s, operator, kindOfAdministrator(service)+" set", onThisMachine, func(f *frame) (Administrator, error) {
		granted, err := f.granted(in.Privileges)
		if err != nil {
			return Administrator{}, err
		}
		admin, err := f.namedAdministrator(in.NameUser, service)
		if err != nil {
			return Administrator{}, err
		}
		admin.Privileges = granted
		put(f, Administrators, admin)
		return admin, nil
	})
}

func kindOfAdministrator(service bool) string {
	if service {
		return "service-user"
	}
	return "administrator"
}

// DeleteAdministrator takes all privileges from a user, whose sessions and API
// key open nothing from then on. The user stays.
func (s *Service) DeleteAdministrator(ctx context.Context, operator Operator, in NameUser, service bool) (Administrator, error) {
	return order(ctx, s, operator, kindOfAdministrator(service)+" delete", onThisMachine, func(f *frame) (Administrator, error) {
		admin, err := f.namedAdministrator(in, service)
		if err == nil {
			remove(f, Administrators, admin.Key())
		}
		return admin, err
	})
}

// ShowAdministrator reads one administrator or service user.
func (s *Service) ShowAdministrator(ctx context.Context, in NameUser, service bool) (Administrator, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Administrator, error) { return f.readAdministrator(v, in, service) })
}

// ListAdministrators asks for the administrators, or the service users, after a
// key, of one domain or, without it, of all; Limit 0 is a page's default.
type ListAdministrators struct {
	Domain  string  `json:"domain,omitempty"`
	Service bool    `json:"-"`
	After   UserKey `json:"after,omitzero"`
	Limit   int     `json:"limit,omitempty"`
}

// ListAdministrators reads a page of administrators.
func (s *Service) ListAdministrators(ctx context.Context, in ListAdministrators) (Page[Administrator, UserKey], error) {
	var err error
	if in.Domain, err = s.domainOf(ctx, in.Domain); err != nil {
		return Page[Administrator, UserKey]{}, err
	}
	return list[Administrator, UserKey]{
		limit:  in.Limit,
		domain: in.Domain,
		scan: func(v *store.View) iter.Seq2[Administrator, error] {
			return store.Scan(v, Administrators, UserKey{Domain: in.Domain}, in.After)
		},
		key:    Administrators.KeyOf,
		wanted: func(a Administrator) bool { return a.IsServiceUser() == in.Service },
	}.page(ctx, s)
}

// Names returns the privileges as texts.
func (a Administrator) Names() []string {
	names := make([]string, 0, len(a.Privileges))
	for _, p := range slices.Sorted(slices.Values(a.Privileges)) {
		names = append(names, string(p))
	}
	return names
}
