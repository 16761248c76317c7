package provision

import (
	"fmt"
	"io"

	"github.com/dsappd/dsappd/dsapp"
)

// newRegistration begins one for data that can be delivered. It has no ID yet.
func (f *frame) newRegistration(a applicant, activationType *int) (Registration, error) {
	if err := f.roomToBegin(); err != nil {
		return Registration{}, err
	}
	r := Registration{
		State:          Registered,
		Domain:         a.user.Domain,
		UserID:         a.user.UserID,
		SerialNumber:   a.authenticator.SerialNumber,
		MDL:            a.authenticator.Licence != nil,
		ActivationType: effectiveType(activationType, a.authenticator),
		ComponentType:  a.component.ComponentType,
		Policy:         a.component.Policy,
		CreatedAt:      f.now,
		AssignedAt:     a.authenticator.AssignedAt,
		ExpiresAt:      f.now.Add(f.settings.lifetime()),
	}
	return r, f.deliverable(r.ActivationType, a.authenticator)
}

// activationPassword draws the activation password. Where the device is
// offline, it is Activation Message 1 itself.
func (f *frame) activationPassword(r *Registration, a Authenticator) (string, error) {
	if r.flow(f.settings) == OfflineMDL {
		return f.drawOffline(r, a)
	}
	return f.draw(r)
}

// open writes a new registration, which supersedes the open one of a single
// device, and has the user's record name it.
func (f *frame) open(a applicant, r Registration) {
	p := a.possession
	a.user.LastRegistration = r.ID
	put(f, Users, a.user)
	if p.open.Revision != 0 && !p.open.ended() {
		p.open.closeBecause("a newer registration superseded it", f.now)
		put(f, Registrations, p.open)
	}
	if !r.MDL {
		p.authenticator.OpenRegistration = r.ID
		put(f, Authenticators, p.authenticator)
	}
	put(f, Registrations, r)
	put(f, Expiries, r.expiry())
	f.event.RegistrationID = r.ID
}

// effectiveType follows the request where it says online or offline, else
// the authenticator's initial configuration.
func effectiveType(asked *int, a Authenticator) ActivationType {
	if asked != nil && (*asked == int(Online) || *asked == int(Offline)) {
		return ActivationType(*asked)
	}
	return a.ActivationType
}

// deliverable refuses offline data for a secret that has no activation code
// (profile section 3), while the user can still do something about it.
func (f *frame) deliverable(t ActivationType, a Authenticator) error {
	if t != Offline {
		return nil
	}
	if a.Licence != nil {
		return f.mayBeOffline()
	}
	f.checked("offline data", "")
	secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return err
	}
	if _, err := dsapp.ActivationCode(secret); err != nil {
		return refuse(InvalidParameter, "The authenticator's secret is too long for offline activation data: ask for online data (activationType 0).")
	}
	return nil
}

// mayBeOffline refuses the offline activation of a licence where the policy
// does: its Activation Message 1 has the message key in the clear.
func (f *frame) mayBeOffline() error {
	f.checked("offline activation", "")
	if !f.settings.OfflineMDL {
		return refuse(NotAllowed, "The policy does not allow an offline activation of a licence (OfflineMDL).")
	}
	return nil
}

// draw makes the registration's ID, its activation password, which it
// returns, and s and v, which it seals.
func (f *frame) draw(r *Registration) (string, error) {
	if err := f.drawID(r); err != nil {
		return "", err
	}
	password, err := dsapp.Draw(f.service.Rand, f.settings.ActivationPasswordAlphabet, f.settings.ActivationPasswordLength)
	if err != nil {
		return "", fmt.Errorf("draw an activation password: %w", err)
	}
	salt := make([]byte, dsapp.SaltSize)
	if _, err := io.ReadFull(f.service.Rand, salt); err != nil {
		return "", fmt.Errorf("draw an SRP salt: %w", err)
	}
	verifier, err := f.service.SRP.Verifier(f.service.SRP.X(salt, r.ID, password))
	if err != nil {
		return "", fmt.Errorf("SRP verifier: %w", err)
	}
	return password, f.sealVerifier(r, salt, verifier)
}

// drawID gives the registration an ID. Should it be taken, the operation starts
// again with another.
func (f *frame) drawID(r *Registration) error {
	id, err := dsapp.Draw(f.service.Rand, f.settings.RegistrationIDAlphabet, f.settings.RegistrationIDLength)
	if err != nil {
		return fmt.Errorf("draw a registration ID: %w", err)
	}
	r.ID = id
	expect(f, Registrations, id, 0)
	return nil
}

func (f *frame) sealVerifier(r *Registration, salt, verifier []byte) error {
	var err error
	r.Salt, err = f.service.Sealer.Seal(registrationPlace(r.ID, "s"), salt)
	if err != nil {
		return err
	}
	r.Verifier, err = f.service.Sealer.Seal(registrationPlace(r.ID, "v"), verifier)
	return err
}
