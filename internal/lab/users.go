package lab

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// User describes a user with an authenticator, or without any.
type User struct {
	UserID       string `json:"userID"`
	Domain       string `json:"domain"`
	Password     string `json:"password,omitempty"`     // empty: it is not known
	SerialNumber string `json:"serialNumber,omitempty"` // empty: the user has no authenticator
	Type         string `json:"type,omitempty"`         // HOTP, TOTP or licence
	PIN          bool   `json:"pin"`                    // a server PIN stands before the one-time password
	OTP          string `json:"otp,omitempty"`          // of a licence, empty: its devices make them
}

// maxUsers bounds how many users are listed.
const maxUsers = 1000

// Users returns the users, each with the next one-time password of each
// authenticator, and spends none. A user ID or a domain that is not empty leaves
// out the others.
func (l *Lab) Users(ctx context.Context, userID, domain string) ([]User, error) {
	of, err := l.authenticators(ctx, domain)
	if err != nil {
		return nil, err
	}
	passwords := l.State.Credentials().Passwords
	all := []User{}
	for in := (provision.ListUsers{Domain: domain}); ; {
		page, err := l.Service.ListUsers(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, u := range page.Records {
			key := provision.UserKey{Domain: u.Domain, UserID: u.UserID}
			if userID != "" && userKey("", userID) != userKey("", u.UserID) {
				continue
			}
			password := passwords[userKey(u.Domain, u.UserID)]
			if len(of[key]) == 0 {
				all = append(all, User{UserID: u.UserID, Domain: u.Domain, Password: password})
			}
			for _, a := range of[key] {
				user, err := l.user(ctx, a)
				if err != nil {
					return nil, err
				}
				user.Password = password
				all = append(all, user)
			}
		}
		if page.Next == nil || len(all) >= maxUsers {
			return all[:min(len(all), maxUsers)], nil
		}
		in.After = *page.Next
	}
}

// user returns who has an authenticator.
func (l *Lab) user(ctx context.Context, a provision.Authenticator) (User, error) {
	otp, err := l.Service.PeekOTP(ctx, a.SerialNumber)
	u := User{UserID: a.UserID, Domain: a.Domain, SerialNumber: a.SerialNumber, Type: string(a.Type), PIN: a.HasPIN(), OTP: otp}
	if a.Licence != nil {
		u.Type = licence
	}
	return u, err
}

// licence is the type of an authenticator for several devices.
const licence = "licence"

// authenticators returns those that users have.
func (l *Lab) authenticators(ctx context.Context, domain string) (map[provision.UserKey][]provision.Authenticator, error) {
	of := make(map[provision.UserKey][]provision.Authenticator)
	for in := (provision.ListAuthenticators{Domain: domain}); ; {
		page, err := l.Service.ListAuthenticators(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, a := range page.Records {
			if a.UserID != "" {
				key := provision.UserKey{Domain: a.Domain, UserID: a.UserID}
				of[key] = append(of[key], a)
			}
		}
		if page.Next == nil {
			return of, nil
		}
		in.After = *page.Next
	}
}
