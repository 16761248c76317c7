package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// SetUserAttribute is an attribute of a user. Nil: it stays as it is.
type SetUserAttribute struct {
	NameUser
	Group          string  `json:"group"`
	Name           string  `json:"name"`
	UsageQualifier *string `json:"usageQualifier,omitempty"`
	Value          *string `json:"value,omitempty"`
	Options        *uint32 `json:"options,omitempty"`  // 1 for a RADIUS attribute
	LDAPName       *string `json:"ldapName,omitempty"` // only kept
}

// maxAttributeValue is in characters.
const maxAttributeValue = 1024

// AddUserAttribute keeps an attribute with a user.
func (s *Service) AddUserAttribute(ctx context.Context, operator Operator, in SetUserAttribute) (UserAttribute, error) {
	return order(ctx, s, operator, "user-attribute add", MayCreateUserAttribute, func(f *frame) (UserAttribute, error) {
		key, err := f.userAttributeKey(in)
		if err != nil {
			return UserAttribute{}, err
		}
		err = f.read(func(v *store.View) error {
			_, err := get(f, v, UserAttributes, key)
			return mustBeFree(err, fmt.Sprintf("The user has an attribute %q of group %q already.", key.Name, key.Group))
		})
		if err != nil {
			return UserAttribute{}, err
		}
		a := UserAttribute{Domain: key.Domain, UserID: key.UserID, Group: key.Group, Name: key.Name, CreatedAt: f.now}
		return f.setUserAttribute(a, in)
	})
}

// SetUserAttribute changes an attribute of a user.
func (s *Service) SetUserAttribute(ctx context.Context, operator Operator, in SetUserAttribute) (UserAttribute, error) {
	return order(ctx, s, operator, "user-attribute set", MayUpdateUserAttribute, func(f *frame) (UserAttribute, error) {
		a, err := f.userAttribute(in)
		if err != nil {
			return UserAttribute{}, err
		}
		a.ModifiedAt = f.now
		return f.setUserAttribute(a, in)
	})
}

// DeleteUserAttribute deletes an attribute of a user.
func (s *Service) DeleteUserAttribute(ctx context.Context, operator Operator, in SetUserAttribute) (UserAttribute, error) {
	return order(ctx, s, operator, "user-attribute delete", MayDeleteUserAttribute, func(f *frame) (UserAttribute, error) {
		a, err := f.userAttribute(in)
		if err == nil {
			remove(f, UserAttributes, a.Key())
		}
		return a, err
	})
}

// ViewUserAttribute reads one attribute of a user.
func (s *Service) ViewUserAttribute(ctx context.Context, operator Operator, in SetUserAttribute) (UserAttribute, error) {
	return inspect(ctx, s, operator, "user-attribute show", MayViewUserAttribute, func(f *frame, _ *store.View) (UserAttribute, error) {
		return f.userAttribute(in)
	})
}

// userAttributeKey names an attribute of a user who is there.
func (f *frame) userAttributeKey(in SetUserAttribute) (UserAttributeKey, error) {
	user, err := f.readUser(in.NameUser)
	if err != nil {
		return UserAttributeKey{}, err
	}
	if err := checkName("attribute's group", in.Group); err != nil {
		return UserAttributeKey{}, err
	}
	f.checked("user attribute", in.Group+"/"+in.Name)
	return UserAttributeKey{user.Domain, user.UserID, in.Group, in.Name}, checkName("attribute's name", in.Name)
}

func (f *frame) userAttribute(in SetUserAttribute) (a UserAttribute, err error) {
	key, err := f.userAttributeKey(in)
	if err != nil {
		return a, err
	}
	err = f.read(func(v *store.View) error {
		a, err = get(f, v, UserAttributes, key)
		return mustExist(err, fmt.Sprintf("The user has no attribute %q of group %q.", key.Name, key.Group))
	})
	return a, err
}

func (f *frame) setUserAttribute(a UserAttribute, in SetUserAttribute) (UserAttribute, error) {
	for _, text := range []struct {
		what  string
		given *string
		kept  *string
		most  int
	}{
		{"usage qualifier", in.UsageQualifier, &a.UsageQualifier, maxName},
		{"attribute's value", in.Value, &a.Value, maxAttributeValue},
		{"LDAP name", in.LDAPName, &a.LDAPName, maxAttributeValue},
	} {
		if text.given == nil {
			continue
		}
		if err := checkText(text.what, *text.given, text.most); err != nil {
			return UserAttribute{}, err
		}
		*text.kept = *text.given
	}
	if in.Options != nil {
		a.Options = *in.Options
	}
	put(f, UserAttributes, a)
	return a, nil
}

// QueryUserAttributes reads the attributes that fit, of one user of the domains
// that the administrator reaches, or of all of them.
func (s *Service) QueryUserAttributes(ctx context.Context, operator Operator, domains []string, userID string, fits func(UserAttribute) bool, options SearchOptions) (Found[UserAttribute], error) {
	return inspect(ctx, s, operator, "user-attribute query", MayViewUserAttribute, func(f *frame, v *store.View) (Found[UserAttribute], error) {
		if err := options.check(); err != nil {
			return Found[UserAttribute]{}, err
		}
		reached, err := f.reachable(v, domains)
		if err != nil {
			return Found[UserAttribute]{}, err
		}
		return gather(options, func(yield func(UserAttribute, error) bool) {
			for _, domain := range reached {
				within := UserAttributeKey{Domain: domain}
				if userID != "" {
					key, err := f.userNamed(v, domain, userID)
					if err != nil {
						yield(UserAttribute{}, err)
						return
					}
					within.UserID = key.UserID
				}
				for a, err := range store.Scan(v, UserAttributes, within, UserAttributeKey{}) {
					if (err != nil || fits(a)) && (!yield(a, err) || err != nil) {
						return
					}
				}
			}
		})
	})
}
