package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

type authenticatorCommand struct {
	Add      authenticatorAddCommand      `cmd:"" help:"Add an authenticator."`
	Export   authenticatorExportCommand   `cmd:"" help:"Write authenticators into a sealed PSKC file that an import reads."`
	Import   authenticatorImportCommand   `cmd:"" help:"Add authenticators from a PSKC or CSV file, and assign them."`
	List     authenticatorListCommand     `cmd:"" help:"List authenticators."`
	Show     authenticatorShowCommand     `cmd:"" help:"Show an authenticator."`
	Assign   authenticatorAssignCommand   `cmd:"" help:"Assign an authenticator to a user."`
	Unassign authenticatorUnassignCommand `cmd:"" help:"Take an authenticator from its user."`
	Reset    authenticatorResetCommand    `cmd:"" help:"Return an authenticator to the day of its assignment."`
	Set      authenticatorSetCommand      `cmd:"" help:"Change the limit of a licence for several devices."`
	SetPIN   authenticatorSetPINCommand   `cmd:"" name:"set-pin" help:"Set the server PIN that comes before the one-time passwords."`
	Enable   authenticatorEnableCommand   `cmd:"" help:"Let a disabled authenticator be used again."`
	Disable  authenticatorDisableCommand  `cmd:"" help:"Disable an authenticator: every step is refused until it is enabled again."`
	Delete   authenticatorDeleteCommand   `cmd:"" help:"Delete an authenticator that is not assigned to anybody."`

	Deactivate authenticatorDeactivateCommand `cmd:"" help:"Deactivate an instance of a licence and give its place back."`
}

// serialFlags name an authenticator.
type serialFlags struct {
	SerialNumber string `arg:"" name:"serial" help:"The serial number: three of A-Z 0-9, then seven digits."`
}

func (f serialFlags) name() admin.NameAuthenticator {
	return admin.NameAuthenticator{SerialNumber: f.SerialNumber}
}

type authenticatorAddCommand struct {
	doorFlags
	serialFlags
	secretFlags
	Domain         string `placeholder:"DOMAIN" help:"Put it into this domain; master if not given."`
	Type           string `enum:"hotp,totp,mdl" default:"totp" placeholder:"TYPE" help:"Make it hotp (event-based), totp (time-based) or mdl, a licence for several devices; totp if not given."`
	Limit          int    `placeholder:"N" help:"Allow this many devices on a licence, 1 to 99; mdl only."`
	Algorithm      string `enum:"SHA1,SHA256,SHA512" default:"SHA1" placeholder:"HASH" help:"Use SHA1, SHA256 or SHA512; SHA1 if not given."`
	Digits         int    `default:"6" placeholder:"N" help:"Make one-time passwords of this many digits, 6 to 8; 6 if not given."`
	ActivationType string `enum:"online,offline" default:"online" placeholder:"TYPE" help:"Make it for online or offline activation data; online if not given."`
	MovingFactor   uint64 `placeholder:"N" help:"Start with this moving factor; event-based only."`
}

func (c *authenticatorAddCommand) Run(ctx context.Context, std streams) error {
	secret, err := c.secretFlags.read(std)
	if err != nil {
		return err
	}
	a := admin.AddAuthenticator{
		SerialNumber:   c.SerialNumber,
		Domain:         c.Domain,
		Type:           oath.Type(c.Type),
		Algorithm:      oath.Algorithm(c.Algorithm),
		Digits:         c.Digits,
		ActivationType: admin.ActivationType(c.ActivationType),
		Secret:         hex.EncodeToString(secret),
		SecretSize:     c.SecretSize,
		MovingFactor:   c.MovingFactor,
	}
	if err := c.licence(&a); err != nil {
		return err
	}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) { return door.AddAuthenticator(ctx, a) },
		func(a admin.Authenticator) string {
			return fmt.Sprintf("added authenticator %s to domain %s", a.SerialNumber, a.Domain)
		})
}

// licence sets what type mdl stands for.
func (c *authenticatorAddCommand) licence(a *admin.AddAuthenticator) error {
	if (c.Type == "mdl") != (c.Limit != 0) {
		return errors.New("a licence has both: --type mdl and --limit N, from 1 to 99")
	}
	if c.Type == "mdl" {
		p := dsapp.InstanceParameters()
		a.Type, a.Algorithm, a.Digits, a.Limit = p.Type, p.Algorithm, p.Digits, c.Limit
	}
	return nil
}

type authenticatorListCommand struct {
	doorFlags
	listFlags
	Domain string                 `placeholder:"DOMAIN" help:"List only the authenticators of this domain."`
	State  authenticatorStateFlag `placeholder:"STATE" help:"List only those in this state: Unassigned, Assigned, Active or Disabled."`
	Type   string                 `enum:",hotp,totp,mdl" default:"" placeholder:"TYPE" help:"List only those of this type: hotp (event-based), totp (time-based), or mdl (licences for several devices)."`
}

func (c *authenticatorListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.Authenticator, string], error) {
			return door.ListAuthenticators(ctx, provision.ListAuthenticators{
				Domain: c.Domain, State: provision.AuthenticatorState(c.State), Type: provision.AuthenticatorType(c.Type),
				After: after, Limit: limit})
		}, columns[admin.Authenticator, string]{
			head: []string{"SERIAL", "DOMAIN", "STATE", "USER", "TYPE", "ACTIVATIONS", "GRACE ENDS"},
			row: func(a admin.Authenticator) []string {
				return []string{a.SerialNumber, a.Domain, string(a.State), orDash(a.UserID), authenticatorType(a),
					strconv.Itoa(a.Activations), moment(a.GraceEndsAt)}
			},
			key: func(serialNumber string) string { return serialNumber },
		})
}

type authenticatorStateFlag provision.AuthenticatorState

// UnmarshalText reads the name of a state.
func (s *authenticatorStateFlag) UnmarshalText(text []byte) error {
	state, err := stateNamed(string(text), provision.Unassigned, provision.Assigned, provision.Active, provision.Disabled)
	*s = authenticatorStateFlag(state)
	return err
}

func authenticatorType(a admin.Authenticator) string {
	if a.Licence != nil {
		return fmt.Sprintf("mdl, %d of %d places taken", a.Licence.Places, a.Licence.Limit)
	}
	return fmt.Sprintf("%s %s %d", a.Type, a.Algorithm, a.Digits)
}

type authenticatorShowCommand struct {
	doorFlags
	serialFlags
}

func (c *authenticatorShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) { return door.ShowAuthenticator(ctx, c.name()) },
		func(a admin.Authenticator) string {
			return fields(
				"serial number", a.SerialNumber,
				"domain", a.Domain,
				"state", string(a.State),
				"user", orDash(a.UserID),
				"type", authenticatorType(a),
				"activation data", string(a.ActivationType),
				"bound to a device", yesOrNo(a.Bound),
				"next moving factor", strconv.FormatUint(a.NextMovingFactor, 10),
				"activations", strconv.Itoa(a.Activations),
				"last activated", moment(a.LastActivatedAt),
				"assigned", moment(a.AssignedAt),
				"grace ends", moment(a.GraceEndsAt),
				"notification ID kept", yesOrNo(a.NotificationID),
				"server PIN", yesOrNo(a.PIN),
				"open registration", orDash(a.OpenRegistration),
				"created", moment(a.CreatedAt),
			) + instances(a.Licence)
		})
}

// instances lists a licence's instances, a line each; "" for none.
func instances(l *admin.Licence) string {
	if l == nil {
		return ""
	}
	var lines strings.Builder
	for _, i := range l.Instances {
		fmt.Fprintf(&lines, "\ninstance %s: %s, registration %s", i.SerialNumber, instanceState(i), i.RegistrationID)
		if i.Description != "" {
			fmt.Fprintf(&lines, ", %q", i.Description)
		}
	}
	return lines.String()
}

// instanceState says what has become of an instance, and until when one that
// waits for its activation has its place.
func instanceState(i admin.Instance) string {
	switch {
	case i.State == provision.InstancePending && i.HoldsPlace:
		return fmt.Sprintf("%s until %s, %s", i.State, moment(i.ExpiresAt), i.DeviceType)
	case i.State == provision.InstancePending:
		return fmt.Sprintf("%s, expired %s, %s", i.State, moment(i.ExpiresAt), i.DeviceType)
	}
	return fmt.Sprintf("%s, activated %s, %s, notification ID kept: %s", i.State, moment(i.ActivatedAt), i.DeviceType, yesOrNo(i.NotificationID))
}

type authenticatorSetCommand struct {
	doorFlags
	serialFlags
	Limit int `required:"" placeholder:"N" help:"Allow this many devices, 1 to 99, and no fewer than there are places taken."`
}

func (c *authenticatorSetCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.SetAuthenticator(ctx, provision.SetAuthenticator{SerialNumber: c.SerialNumber, Limit: c.Limit})
		},
		func(a admin.Authenticator) string {
			return fmt.Sprintf("changed licence %s; %d of %d places are taken", a.SerialNumber, a.Licence.Places, a.Licence.Limit)
		})
}

type authenticatorDeactivateCommand struct {
	doorFlags
	Instance string `arg:"" help:"The instance, such as VDS1000140-1."`
}

func (c *authenticatorDeactivateCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.DeactivateInstance(ctx, admin.NameAuthenticator{SerialNumber: c.Instance})
		},
		func(a admin.Authenticator) string {
			return fmt.Sprintf("deactivated instance %s; %d of %d places are taken", c.Instance, a.Licence.Places, a.Licence.Limit)
		})
}

type authenticatorAssignCommand struct {
	doorFlags
	serialFlags
	policyFlags
	UserID string `arg:"" name:"user" help:"The user ID, in the authenticator's domain."`
}

// policyFlags name the policy over an order.
type policyFlags struct {
	Policy string `placeholder:"POLICY" help:"Apply this policy; the default settings if not given."`
}

func (c *authenticatorAssignCommand) Run(ctx context.Context, std streams) error {
	in := provision.AssignAuthenticator{SerialNumber: c.SerialNumber, UserID: c.UserID, Policy: c.Policy}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) { return door.AssignAuthenticator(ctx, in) },
		func(a admin.Authenticator) string {
			return fmt.Sprintf("assigned authenticator %s to user %s of domain %s; its grace period ends %s",
				a.SerialNumber, a.UserID, a.Domain, moment(a.GraceEndsAt))
		})
}

type authenticatorUnassignCommand struct {
	doorFlags
	serialFlags
}

func (c *authenticatorUnassignCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.UnassignAuthenticator(ctx, c.name())
		},
		func(a admin.Authenticator) string { return fmt.Sprintf("unassigned authenticator %s", a.SerialNumber) })
}

type authenticatorSetPINCommand struct {
	doorFlags
	serialFlags
	policyFlags
	PINFile string `name:"pin-file" xor:"pin" placeholder:"FILE" help:"Read the PIN from the one line of FILE. Without it, it is asked for, or read as one line from a stdin that is no terminal."`
	None    bool   `xor:"pin" help:"Take the PIN away."`
}

func (c *authenticatorSetPINCommand) Run(ctx context.Context, std streams) error {
	in := provision.SetPIN{SerialNumber: c.SerialNumber, Policy: c.Policy}
	done := "took the PIN from authenticator "
	if !c.None {
		pin, err := passwordFlags{PasswordFile: c.PINFile}.read(ctx, std)
		if err != nil {
			return err
		}
		in.PIN, in.Confirmation, done = pin, pin, "set the PIN of authenticator "
	}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) { return door.SetPIN(ctx, in) },
		func(a admin.Authenticator) string { return done + a.SerialNumber })
}

type authenticatorResetCommand struct {
	doorFlags
	serialFlags
	policyFlags
}

func (c *authenticatorResetCommand) Run(ctx context.Context, std streams) error {
	in := provision.ResetAuthenticator{SerialNumber: c.SerialNumber, Policy: c.Policy}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) { return door.ResetAuthenticator(ctx, in) },
		func(a admin.Authenticator) string {
			return fmt.Sprintf("reset authenticator %s; its grace period ends %s", a.SerialNumber, moment(a.GraceEndsAt))
		})
}
