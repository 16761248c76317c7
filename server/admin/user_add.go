package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/provision"
)

// User is a user as operators see it.
type User struct {
	Domain         string    `json:"domain"`
	UserID         string    `json:"userID"`
	OrgUnit        string    `json:"orgUnit,omitempty"`
	Disabled       bool      `json:"disabled"`
	LockedAt       time.Time `json:"lockedAt,omitzero"`
	WrongPasswords int       `json:"wrongPasswords"`

	// SpentRegistrations counts how often as many wrong proofs as close a
	// registration were made since the last activation, which count towards a
	// lock too; WrongProofs are those since.
	WrongProofs        int `json:"wrongProofs"`
	SpentRegistrations int `json:"spentRegistrations"`

	Locks         int       `json:"locks"`
	SerialNumbers []string  `json:"serialNumbers"`
	CreatedAt     time.Time `json:"createdAt"`
}

func showUser(u provision.User) User {
	return User{
		Domain:             u.Domain,
		UserID:             u.UserID,
		OrgUnit:            u.OrgUnit,
		Disabled:           u.Disabled,
		LockedAt:           u.LockedAt.UTC(),
		WrongPasswords:     u.WrongPasswords,
		WrongProofs:        u.WrongProofs,
		SpentRegistrations: u.SpentRegistrations,
		Locks:              u.Locks,
		SerialNumbers:      append([]string{}, u.SerialNumbers...),
		CreatedAt:          u.CreatedAt.UTC(),
	}
}

// AddUser is a new user. Without a domain, user@domain is split where that
// domain exists, and else the domain is the default one.
type AddUser struct {
	Domain         string `json:"domain,omitempty"`
	UserID         string `json:"userID"`
	OrgUnit        string `json:"orgUnit,omitempty"`
	StaticPassword string `json:"staticPassword,omitempty"`
	PasswordHash   string `json:"passwordHash,omitempty"` // in place of the password
}

func (d *Door) addUser(ctx context.Context, operator provision.Operator, in AddUser) (User, error) {
	user, err := d.Service.AddUser(ctx, operator, provision.AddUser(in))
	return showUser(user), err
}

// AddUser makes a user.
func (c *Client) AddUser(ctx context.Context, in AddUser) (User, error) {
	return call[User](ctx, c, "user/add", in)
}
