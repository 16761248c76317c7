package provision

import (
	"context"
	"fmt"
)

// ExportAuthenticators asks for the authenticators of a domain with their secrets,
// after a serial number; Limit 0 is a page's default.
type ExportAuthenticators struct {
	Domain string `json:"domain,omitempty"`
	After  string `json:"after,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}

// ExportedAuthenticator is an authenticator with its current secret, which makes
// its one-time passwords from now on.
type ExportedAuthenticator struct {
	Authenticator
	Plain []byte
}

// ExportAuthenticators reads a page of authenticators and opens their secrets. The
// audit has an event for each page, with the serial numbers that it begins and ends
// with.
func (s *Service) ExportAuthenticators(ctx context.Context, operator Operator, in ExportAuthenticators) (Page[ExportedAuthenticator, string], error) {
	listed, err := s.ListAuthenticators(ctx, ListAuthenticators{Domain: in.Domain, After: in.After, Limit: in.Limit})
	if err != nil {
		return Page[ExportedAuthenticator, string]{}, err
	}
	return perform(ctx, s, operatorEvent("authenticator export", operator), func(f *frame) (Page[ExportedAuthenticator, string], error) {
		page := Page[ExportedAuthenticator, string]{Next: listed.Next}
		for _, a := range listed.Records {
			plain, err := s.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
			if err != nil {
				return page, err
			}
			page.Records = append(page.Records, ExportedAuthenticator{a, plain})
		}
		if n := len(listed.Records); n > 0 {
			f.checked("exported", fmt.Sprintf("%d authenticators, %s to %s", n, listed.Records[0].SerialNumber, listed.Records[n-1].SerialNumber))
		}
		return page, nil
	})
}

// ExportUsers asks for the users of a domain, or of all, after a key. Passwords adds
// the hashes of their static passwords.
type ExportUsers struct {
	ListUsers
	Passwords bool `json:"passwords,omitempty"`
}

// ExportUsers reads a page of users. Where it has hashes of passwords, the audit has
// an event for it.
func (s *Service) ExportUsers(ctx context.Context, operator Operator, in ExportUsers) (Page[User, UserKey], error) {
	page, err := s.ListUsers(ctx, in.ListUsers)
	if err != nil {
		return page, err
	}
	if !in.Passwords {
		for i := range page.Records {
			page.Records[i].PasswordHash = ""
		}
		return page, nil
	}
	return perform(ctx, s, operatorEvent("user export", operator), func(f *frame) (Page[User, UserKey], error) {
		if n := len(page.Records); n > 0 {
			first, last := page.Records[0], page.Records[n-1]
			f.checked("exported with password hashes", fmt.Sprintf("%d users, %s of %s to %s of %s", n, first.UserID, first.Domain, last.UserID, last.Domain))
		}
		return page, nil
	})
}
