package provision

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// AddAuthenticator is a new authenticator, unassigned.
type AddAuthenticator struct {
	SerialNumber string
	Domain       string // empty: the default one
	oath.Parameters
	ActivationType ActivationType

	// Secret is 10 to 64 bytes, over 20 for online activation data only
	// (profile sections 3 and 4). Without it, SecretSize bytes are drawn; 0
	// is 20.
	Secret     []byte
	SecretSize int

	// MovingFactor is the first that is accepted; event-based only.
	MovingFactor uint64

	// Model is the DIGIPASS type that clients ask for; empty: that of its
	// one-time passwords.
	Model string

	// ExpiresAt is from when on it is refused; zero: never.
	ExpiresAt time.Time

	// Limit, from 1 to 99, makes it a licence for as many instances, whose
	// parameters are dsapp.InstanceParameters and whose secret has 32 bytes.
	Limit int
}

// maxModel is in characters, the vendor's limit of DIGIPASSFLD_DPTYPE.
const maxModel = 32

// The lengths of secrets in bytes: the longest that an activation code holds,
// and the longest at all, the block of the largest hash within reason.
const (
	minSecret        = 10
	maxOfflineSecret = 20
	maxSecret        = 64
	defaultSecret    = 20
)

// AddAuthenticator makes an authenticator.
func (s *Service) AddAuthenticator(ctx context.Context, operator Operator, in AddAuthenticator) (Authenticator, error) {
	return perform(ctx, s, operatorEvent("authenticator add", operator), func(f *frame) (Authenticator, error) {
		in.Domain = cmp.Or(names.Trim(in.Domain), defaultDomain)
		if err := in.check(); err != nil {
			return Authenticator{}, err
		}
		f.event.SerialNumber = in.SerialNumber
		err := f.read(func(v *store.View) (err error) {
			if in.Domain, err = f.domainNamed(v, in.Domain); err != nil {
				return err
			}
			f.event.Domain = in.Domain
			return f.newAuthenticator(v, in)
		})
		if err != nil {
			return Authenticator{}, err
		}
		return f.addAuthenticator(in)
	})
}

func (in AddAuthenticator) check() error {
	if err := checkSerialNumber(in.SerialNumber); err != nil {
		return err
	}
	if err := checkDomain(in.Domain); err != nil {
		return err
	}
	if err := in.Parameters.Check(); err != nil {
		return refuse(InvalidParameter, fmt.Sprintf("The authenticator's parameters are refused: %v.", err))
	}
	if in.ActivationType != Online && in.ActivationType != Offline {
		return refuse(InvalidParameter, fmt.Sprintf("The activation type is %d: it is 0 (online) or 1 (offline).", in.ActivationType))
	}
	if err := checkText("model", in.Model, maxModel); err != nil {
		return err
	}
	if err := in.checkMovingFactor(); err != nil {
		return err
	}
	if err := in.checkLicence(); err != nil {
		return err
	}
	return in.checkSecret()
}

func checkSerialNumber(serialNumber string) error {
	if err := dsapp.CheckSerialNumber(serialNumber); err != nil {
		return refuse(InvalidParameter, fmt.Sprintf("The serial number is refused: %v.", err))
	}
	return nil
}

// checkMovingFactor leaves an event-based authenticator more room than it can
// ever use.
func (in AddAuthenticator) checkMovingFactor() error {
	if in.Type == oath.TOTP && in.MovingFactor != 0 {
		return refuse(InvalidParameter, "A time-based authenticator has no initial moving factor: leave it out.")
	}
	if in.MovingFactor > math.MaxInt64 {
		return refuse(InvalidParameter, fmt.Sprintf(
			"The initial moving factor is %d: it is at most %d.", in.MovingFactor, uint64(math.MaxInt64)))
	}
	return nil
}

// checkLicence holds a licence to profile section 8.
func (in AddAuthenticator) checkLicence() error {
	switch {
	case in.Limit < 0 || in.Limit > maxInstances:
		return refuse(InvalidParameter, fmt.Sprintf("The limit is %d instances: it is 1 to %d.", in.Limit, maxInstances))
	case in.Limit > 0 && in.Parameters != dsapp.InstanceParameters():
		return refuse(InvalidParameter, "The instances of a licence make one-time passwords of type totp, with SHA256 and 6 digits.")
	case in.Limit > 0 && in.size() != dsapp.LicenceSecretSize:
		return refuse(InvalidParameter, fmt.Sprintf("The secret of a licence has %d bytes, not %d.", dsapp.LicenceSecretSize, in.size()))
	}
	return nil
}

func (in AddAuthenticator) checkSecret() error {
	size := in.size()
	if len(in.Secret) > 0 && in.SecretSize != 0 && in.SecretSize != size {
		return refuse(InvalidParameter, fmt.Sprintf(
			"The secret has %d bytes and its size is given as %d: leave the size out.", size, in.SecretSize))
	}
	if size < minSecret || size > maxSecret {
		return refuse(InvalidParameter, fmt.Sprintf(
			"The secret has %d bytes: it has %d to %d.", size, minSecret, maxSecret))
	}
	if in.Limit == 0 && in.ActivationType == Offline && size > maxOfflineSecret {
		return refuse(InvalidParameter, fmt.Sprintf(
			"The secret has %d bytes, and offline activation data holds at most %d: shorten it, or choose online.", size, maxOfflineSecret))
	}
	return nil
}

// size returns the length of the secret in bytes, given or to be drawn.
func (in AddAuthenticator) size() int {
	switch {
	case len(in.Secret) > 0:
		return len(in.Secret)
	case in.SecretSize != 0:
		return in.SecretSize
	case in.Limit > 0:
		return dsapp.LicenceSecretSize
	}
	return defaultSecret
}

func (f *frame) newAuthenticator(v *store.View, in AddAuthenticator) error {
	if err := f.openDomain(v, in.Domain); err != nil {
		return err
	}
	_, err := get(f, v, Authenticators, in.SerialNumber)
	return mustBeFree(err, fmt.Sprintf("There already is an authenticator %s.", in.SerialNumber))
}

func (f *frame) addAuthenticator(in AddAuthenticator) (Authenticator, error) {
	secret := in.Secret
	if len(secret) == 0 {
		secret = make([]byte, in.size())
		if _, err := io.ReadFull(f.service.Rand, secret); err != nil {
			return Authenticator{}, fmt.Errorf("draw a secret: %w", err)
		}
	}
	a := Authenticator{
		SerialNumber:     in.SerialNumber,
		Domain:           in.Domain,
		State:            Unassigned,
		Parameters:       in.Parameters,
		ActivationType:   in.ActivationType,
		NextMovingFactor: in.MovingFactor,
		Model:            in.Model,
		ExpiresAt:        in.ExpiresAt,
		CreatedAt:        f.now,
	}
	if in.Limit > 0 {
		a.Licence = &Licence{Limit: in.Limit, NextSequenceNumber: 1}
	}
	var err error
	if a.InitialSecret, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "initial secret"), secret); err != nil {
		return Authenticator{}, err
	}
	if a.Secret, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "secret"), secret); err != nil {
		return Authenticator{}, err
	}
	put(f, Authenticators, a)
	put(f, FreeAuthenticators, a.free())
	return a, nil
}
