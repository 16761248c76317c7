package admin

import (
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// User is a user as operators see it.
type User struct {
	Domain         string    `json:"domain"`
	UserID         string    `json:"userID"`
	OrgUnit        string    `json:"orgUnit,omitempty"`
	Disabled       bool      `json:"disabled"`
	LockedAt       time.Time `json:"lockedAt,omitzero"`
	WrongPasswords int       `json:"wrongPasswords"`

	// LockedUntil is when the lock opens by itself, by the policy that it was
	// made under; zero: when an operator opens it. LockedFor are the addresses
	// that it is for, "unfamiliar" standing for all that are; none: everybody.
	LockedUntil time.Time `json:"lockedUntil,omitzero"`
	LockedFor   []string  `json:"lockedFor,omitempty"`

	// SpentRegistrations counts how often as many wrong proofs as close a
	// registration were made since the last activation, which count towards a
	// lock too; WrongProofs are those since.
	WrongProofs        int `json:"wrongProofs"`
	SpentRegistrations int `json:"spentRegistrations"`

	// LocalAuthentication overrides the policy's; Default: it does not.
	LocalAuthentication string    `json:"localAuthentication"`
	LastAuthAt          time.Time `json:"lastAuthAt,omitzero"` // last accepted login
	ExpiresAt           time.Time `json:"expiresAt,omitzero"`  // from when on the user is refused

	// What is known of the person.
	Name        string `json:"name,omitempty"`
	Email       string `json:"email,omitempty"`
	Mobile      string `json:"mobile,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Description string `json:"description,omitempty"`

	Locks         int       `json:"locks"`
	SerialNumbers []string  `json:"serialNumbers"`
	CreatedAt     time.Time `json:"createdAt"`
}

func showUser(u provision.User) User {
	shown := User{
		Domain:              u.Domain,
		UserID:              u.UserID,
		OrgUnit:             u.OrgUnit,
		Disabled:            u.Disabled,
		LockedAt:            u.LockedAt.UTC(),
		WrongPasswords:      u.WrongPasswords,
		WrongProofs:         u.WrongProofs,
		SpentRegistrations:  u.SpentRegistrations,
		LocalAuthentication: u.LocalAuth.String(),
		LastAuthAt:          u.LastAuthAt.UTC(),
		ExpiresAt:           u.ExpiresAt.UTC(),
		Name:                u.Name,
		Email:               u.Email,
		Mobile:              u.Mobile,
		Phone:               u.Phone,
		Description:         u.Description,
		Locks:               u.Locks,
		SerialNumbers:       append([]string{}, u.SerialNumbers...),
		CreatedAt:           u.CreatedAt.UTC(),
	}
	if !u.LockedAt.IsZero() {
		shown.LockedUntil, shown.LockedFor = u.LockedUntil.UTC(), lockedFor(u)
	}
	return shown
}

// lockedFor names the addresses that a lock is for.
func lockedFor(u provision.User) (addresses []string) {
	for _, prefix := range u.LockedFor {
		switch {
		case prefix.Bits() == 0:
			addresses = append(addresses, "unfamiliar")
		case prefix.IsSingleIP():
			addresses = append(addresses, prefix.Addr().String())
		default:
			addresses = append(addresses, prefix.String())
		}
	}
	return addresses
}
