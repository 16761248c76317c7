package operators

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// replayOrder is an order that a transcript has an operator give, in the words
// of the command line.
type replayOrder struct {
	words []string // in the middle of which the rest are names
	names string   // what the names are; in brackets what may be left out
	give  func(ctx context.Context, c *admin.Client, names []string) error
}

func replayOrders() []replayOrder {
	return []replayOrder{
		{[]string{"user", "enable"}, "USER [DOMAIN]", giveUser((*admin.Client).EnableUser)},
		{[]string{"user", "disable"}, "USER [DOMAIN]", giveUser((*admin.Client).DisableUser)},
		{[]string{"user", "unlock"}, "USER [DOMAIN]", giveUser((*admin.Client).UnlockUser)},
		{[]string{"user", "set-password"}, "USER PASSWORD [DOMAIN]", func(ctx context.Context, c *admin.Client, names []string) error {
			in := provision.SetUserPassword{NameUser: provision.NameUser{UserID: names[0]}, StaticPassword: names[1]}
			if len(names) > 2 {
				in.Domain = names[2]
			}
			_, err := c.SetUserPassword(ctx, in)
			return err
		}},
		{[]string{"user", "set-expiration"}, "USER TIME [DOMAIN]", giveExpiration},
		{[]string{"registration", "close"}, "ID", func(ctx context.Context, c *admin.Client, names []string) error {
			_, err := c.CloseRegistration(ctx, provision.CloseRegistration{RegistrationID: names[0]})
			return err
		}},
		{[]string{"authenticator", "assign"}, "SERIAL USER", func(ctx context.Context, c *admin.Client, names []string) error {
			_, err := c.AssignAuthenticator(ctx, provision.AssignAuthenticator{SerialNumber: names[0], UserID: names[1]})
			return err
		}},
		{[]string{"authenticator", "set-pin"}, "SERIAL [PIN]", func(ctx context.Context, c *admin.Client, names []string) error {
			in := provision.SetPIN{SerialNumber: names[0]}
			if len(names) > 1 {
				in.PIN, in.Confirmation = names[1], names[1]
			}
			_, err := c.SetPIN(ctx, in)
			return err
		}},
		{[]string{"authenticator", "unassign"}, "SERIAL", giveAuthenticator((*admin.Client).UnassignAuthenticator)},
		{[]string{"authenticator", "deactivate"}, "INSTANCE", giveAuthenticator((*admin.Client).DeactivateInstance)},
		{[]string{"authenticator", "reset"}, "SERIAL", func(ctx context.Context, c *admin.Client, names []string) error {
			_, err := c.ResetAuthenticator(ctx, provision.ResetAuthenticator{SerialNumber: names[0]})
			return err
		}},
		{[]string{"policy", "set"}, "POLICY SETTING=VALUE", givePolicy},
	}
}

func giveUser(do func(*admin.Client, context.Context, provision.NameUser) (admin.User, error)) func(context.Context, *admin.Client, []string) error {
	return func(ctx context.Context, c *admin.Client, names []string) error {
		user := provision.NameUser{UserID: names[0]}
		if len(names) > 1 {
			user.Domain = names[1]
		}
		_, err := do(c, ctx, user)
		return err
	}
}

// giveExpiration sets until when a user is one; never takes the end away.
func giveExpiration(ctx context.Context, c *admin.Client, names []string) error {
	var at time.Time
	if names[1] != "never" {
		var err error
		if at, err = time.Parse(time.RFC3339, names[1]); err != nil {
			return fmt.Errorf("time of expiry: %w", err)
		}
	}
	in := provision.SetUser{NameUser: provision.NameUser{UserID: names[0]}, UserFields: provision.UserFields{ExpiresAt: &at}}
	if len(names) > 2 {
		in.Domain = names[2]
	}
	_, err := c.SetUser(ctx, in)
	return err
}

func giveAuthenticator(do func(*admin.Client, context.Context, admin.NameAuthenticator) (admin.Authenticator, error)) func(context.Context, *admin.Client, []string) error {
	return func(ctx context.Context, c *admin.Client, names []string) error {
		_, err := do(c, ctx, admin.NameAuthenticator{SerialNumber: names[0]})
		return err
	}
}

func givePolicy(ctx context.Context, c *admin.Client, names []string) error {
	setting, value, _ := strings.Cut(names[1], "=")
	if !json.Valid([]byte(value)) {
		value = fmt.Sprintf("%q", value)
	}
	set, err := json.Marshal(map[string]json.RawMessage{setting: json.RawMessage(value)})
	if err != nil {
		return fmt.Errorf("setting %s: %w", setting, err)
	}
	_, err = c.SetPolicy(ctx, provision.SetPolicy{Name: names[0], Set: set})
	return err
}

// ReplayOrder gives an order of a transcript at this door. docs/replay.md has
// the orders that there are.
func (d *Door) ReplayOrder(ctx context.Context, words []string) error {
	var known []string
	for _, o := range replayOrders() {
		known = append(known, strings.Join(o.words, " ")+" "+o.names)
		least := len(strings.Fields(o.names)) - strings.Count(o.names, "[")
		if len(words) < len(o.words) || !slices.Equal(words[:len(o.words)], o.words) {
			continue
		}
		names := words[len(o.words):]
		if len(names) < least || len(names) > len(strings.Fields(o.names)) {
			return fmt.Errorf("the order is: %s %s", strings.Join(o.words, " "), o.names)
		}
		return o.give(ctx, &d.Client, names)
	}
	return fmt.Errorf("there is no such order; there are: %s", strings.Join(known, ", "))
}
