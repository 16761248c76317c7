package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// parameters returns the parameters of activators.
func parameters() oath.Parameters {
	return oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA256, Digits: 8}
}

// addUser makes a user with an authenticator, or a licence where limit is
// above 0.
func addUser(ctx context.Context, door *operators.Door, userID, serialNumber, secret string, limit int) error {
	add := admin.AddAuthenticator{SerialNumber: serialNumber, Secret: hex.EncodeToString([]byte(secret)), Limit: limit}
	add.Type, add.Algorithm, add.Digits = oath.HOTP, oath.SHA256, 8
	if limit > 0 {
		add.Type, add.Digits = oath.TOTP, 6
	}
	_, user := door.AddUser(ctx, provision.AddUser{UserID: userID, StaticPassword: staticPassword})
	_, made := door.AddAuthenticator(ctx, add)
	_, assigned := door.AssignAuthenticator(ctx, provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: userID})
	return errors.Join(user, made, assigned)
}

// activator activates its authenticator with one-time passwords. A step is an
// activation.
type activator struct{ number int }

func (a *activator) name() string         { return fmt.Sprintf("activator%d", a.number) }
func (a *activator) serialNumber() string { return fmt.Sprintf("ACT%07d", a.number) }
func (a *activator) secret() string       { return fmt.Sprintf("the secret no. %05d", a.number) }
func (a *activator) most() int            { return math.MaxInt }

func (a *activator) prepare(ctx context.Context, door *operators.Door) error {
	return addUser(ctx, door, a.name(), a.serialNumber(), a.secret(), 0)
}

func (a *activator) step(ctx context.Context, s *session, n int) error {
	registration, err := s.register(ctx, direct, a.name(), staticPassword)
	if err != nil {
		return err
	}
	otp, err := oath.OTP([]byte(a.secret()), uint64(n), parameters())
	if err != nil {
		return err
	}
	_, err = s.as(direct).Activate(ctx, registration.ID, phone.Credential{Response: otp})
	return err
}

func (a *activator) replay(ctx context.Context, s *session, n int) error {
	if n == 0 {
		return nil
	}
	return wantRefused(a.step(ctx, s, n-1), fmt.Sprintf("%s: the one-time password no. %d, a second time,", a.name(), n-1))
}

func (a *activator) look(ctx context.Context, door *operators.Door) (int, error) {
	left, err := door.ShowAuthenticator(ctx, admin.NameAuthenticator{SerialNumber: a.serialNumber()})
	if err == nil && left.NextMovingFactor != uint64(left.Activations) {
		err = fmt.Errorf("%w: %d activations used up %d moving factors", errBroke, left.Activations, left.NextMovingFactor)
	}
	return left.Activations, err
}

// exchanger goes through the whole key exchange and binds its authenticator
// anew. A step is an activation.
type exchanger struct {
	number  int
	gateway bool // through which its phone calls
}

func (e *exchanger) name() string         { return fmt.Sprintf("exchanger%d", e.number) }
func (e *exchanger) serialNumber() string { return fmt.Sprintf("EXC%07d", e.number) }
func (e *exchanger) most() int            { return math.MaxInt }

func (e *exchanger) prepare(ctx context.Context, door *operators.Door) error {
	return addUser(ctx, door, e.name(), e.serialNumber(), fmt.Sprintf("another secret, %04d", e.number), 0)
}

func (e *exchanger) step(ctx context.Context, s *session, _ int) error {
	registration, err := s.register(ctx, exchanged, e.name(), staticPassword)
	if err != nil {
		return err
	}
	d := phone.Device{Transport: s.as(exchanged), Rand: rand.Reader, Now: time.Now}
	if e.gateway {
		d.Transport = s.gateway
	}
	_, err = d.ActivateImage(ctx, phone.State{}, phone.Activation{Registration: registration, Fingerprint: []byte("torture")})
	return err
}

func (e *exchanger) look(ctx context.Context, door *operators.Door) (int, error) {
	left, err := door.ShowAuthenticator(ctx, admin.NameAuthenticator{SerialNumber: e.serialNumber()})
	return left.Activations, err
}
