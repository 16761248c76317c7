package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

// orders is an operator who adds a user and an authenticator and assigns the
// one to the other: three steps.
type orders struct{}

const (
	madeUser          = "made"
	madeAuthenticator = "MAD"
)

func (orders) name() string                                   { return "orders" }
func (orders) most() int                                      { return math.MaxInt }
func (orders) prepare(context.Context, *operators.Door) error { return nil }

func (orders) step(ctx context.Context, s *session, n int) error {
	userID, serialNumber := fmt.Sprintf("%s%d", madeUser, n/3), fmt.Sprintf("%s%07d", madeAuthenticator, n/3)
	var err error
	switch n % 3 {
	case 0:
		_, err = s.door.AddUser(ctx, provision.AddUser{UserID: userID, StaticPassword: staticPassword})
	case 1:
		_, err = s.door.AddAuthenticator(ctx, admin.AddAuthenticator{SerialNumber: serialNumber, Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6})
	default:
		_, err = s.door.AssignAuthenticator(ctx, provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: userID})
	}
	return err
}

func (orders) look(ctx context.Context, door *operators.Door) (n int, err error) {
	for after, more := (provision.UserKey{}), true; more; {
		page, err := door.ListUsers(ctx, provision.ListUsers{After: after, Limit: 1000})
		if err != nil {
			return 0, err
		}
		for _, user := range page.Items {
			if strings.HasPrefix(user.UserID, madeUser) {
				n += 1 + len(user.SerialNumbers)
			}
		}
		if more = page.Next != nil; more {
			after = *page.Next
		}
	}
	for after, more := "", true; more; {
		page, err := door.ListAuthenticators(ctx, provision.ListAuthenticators{After: after, Limit: 1000})
		if err != nil {
			return 0, err
		}
		for _, a := range page.Items {
			if strings.HasPrefix(a.SerialNumber, madeAuthenticator) {
				n++
			}
		}
		if more = page.Next != nil; more {
			after = *page.Next
		}
	}
	return n, nil
}

// policies is an operator who raises a setting. A step raises it by one.
type policies struct{}

const (
	tortured = "torture"
	raised   = "OverallLockThreshold"
)

func (policies) name() string { return "policies" }
func (policies) most() int    { return 1000000 }

func (policies) prepare(ctx context.Context, door *operators.Door) error {
	_, err := door.AddPolicy(ctx, provision.AddPolicy{Name: tortured, Set: json.RawMessage(`{"` + raised + `": 0}`)})
	return err
}

func (policies) step(ctx context.Context, s *session, n int) error {
	_, err := s.door.SetPolicy(ctx, provision.SetPolicy{Name: tortured, Set: fmt.Appendf(nil, `{"%s": %d}`, raised, n+1)})
	return err
}

func (policies) look(ctx context.Context, door *operators.Door) (n int, err error) {
	policy, err := door.ShowPolicy(ctx, admin.NamePolicy{Name: tortured})
	if err != nil {
		return 0, err
	}
	for _, setting := range policy.Settings {
		if setting.Name == raised {
			err = json.Unmarshal(setting.Value, &n)
		}
	}
	return n, err
}
