package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type registrationCommand struct {
	List  registrationListCommand  `cmd:"" help:"List registrations."`
	Show  registrationShowCommand  `cmd:"" help:"Show a registration."`
	Close registrationCloseCommand `cmd:"" help:"Close a registration that has not ended."`
}

type registrationListCommand struct {
	doorFlags
	listFlags
	State        registrationStateFlag `placeholder:"STATE" help:"List only those in this state: Registered, KeyExchanged, DataIssued, DeviceAdded, Activated or Closed."`
	User         string                `placeholder:"USER" help:"List only those of this user."`
	Domain       string                `placeholder:"DOMAIN" help:"List only those of this domain's users."`
	SerialNumber string                `placeholder:"SERIAL" help:"List only those of this authenticator."`
}

func (c *registrationListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.Registration, string], error) {
			return door.ListRegistrations(ctx, provision.ListRegistrations{
				State: provision.RegistrationState(c.State), UserID: c.User, Domain: c.Domain, SerialNumber: c.SerialNumber,
				After: after, Limit: limit})
		}, columns[admin.Registration, string]{
			head: []string{"REGISTRATION", "STATE", "USER", "DOMAIN", "SERIAL", "CREATED", "EXPIRES"},
			row: func(r admin.Registration) []string {
				return []string{r.ID, registrationState(r), r.UserID, r.Domain, r.SerialNumber, moment(r.CreatedAt), moment(r.ExpiresAt)}
			},
			key: func(id string) string { return id },
		})
}

type registrationStateFlag provision.RegistrationState

// UnmarshalText reads the name of a state.
func (s *registrationStateFlag) UnmarshalText(text []byte) error {
	state, err := stateNamed(string(text), provision.Registered, provision.KeyExchanged, provision.DataIssued,
		provision.DeviceAdded, provision.Activated, provision.Closed)
	*s = registrationStateFlag(state)
	return err
}

func registrationState(r admin.Registration) string {
	if r.Expired {
		return string(r.State) + " (expired)"
	}
	return string(r.State)
}

// registrationFlags name a registration.
type registrationFlags struct {
	ID string `arg:"" name:"registration" help:"The registration ID; upper and lower case differ."`
}

type registrationShowCommand struct {
	doorFlags
	registrationFlags
}

func (c *registrationShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Registration, error) {
			return door.ShowRegistration(ctx, admin.NameRegistration{ID: c.ID})
		},
		func(r admin.Registration) string {
			return fields(
				"registration", r.ID,
				"state", registrationState(r),
				"user", r.UserID,
				"domain", r.Domain,
				"serial number", r.SerialNumber,
				"activation data", string(r.ActivationType),
				"component type", r.ComponentType,
				"policy", orDash(r.Policy),
				"attempts", strconv.Itoa(r.Attempts),
				"key requests", strconv.Itoa(r.KeyRequests),
				"created", moment(r.CreatedAt),
				"expires", moment(r.ExpiresAt),
				"ended", moment(r.EndedAt),
				"closed because", orDash(r.ClosedBecause),
			)
		})
}

type registrationCloseCommand struct {
	doorFlags
	registrationFlags
	Reason string `placeholder:"WORDS" help:"Give the reason that later refusals and the audit will show."`
}

func (c *registrationCloseCommand) Run(ctx context.Context, std streams) error {
	in := provision.CloseRegistration{RegistrationID: c.ID, Reason: c.Reason}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Registration, error) { return door.CloseRegistration(ctx, in) },
		func(r admin.Registration) string {
			return fmt.Sprintf("closed registration %s: %s", r.ID, r.ClosedBecause)
		})
}
