package provision

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/srp"
)

// DSAPPSRPGenerateActivationData proves the key.
type DSAPPSRPGenerateActivationData struct {
	RegistrationID        string
	ClientEvidenceMessage string // M1, 64 hex characters
}

// DSAPPSRPGenerateActivationDataResult holds the encrypted items and M2.
type DSAPPSRPGenerateActivationDataResult struct {
	ActivationMessage        *dsapp.EncryptedData // on a licence, instead of the other two
	ActivationCode           dsapp.EncryptedData
	EventReactivationCounter dsapp.EncryptedData
	ServerEvidenceMessage    string // M2, 64 hex characters
}

// DSAPPSRPGenerateActivationData takes the phone's proof of the key and,
// where it is right, answers with the server's and the activation data under
// the key. The exchange is over either way: one B, one proof.
func (s *Service) DSAPPSRPGenerateActivationData(ctx context.Context, caller Caller, in DSAPPSRPGenerateActivationData) (DSAPPSRPGenerateActivationDataResult, error) {
	return perform(ctx, s, callEvent("dsappSRPGenerateActivationData", caller), func(f *frame) (DSAPPSRPGenerateActivationDataResult, error) {
		var none DSAPPSRPGenerateActivationDataResult
		l, err := f.step(caller, in.RegistrationID)
		if err != nil {
			return none, err
		}
		evidence, err := dsapp.DecodeHex(in.ClientEvidenceMessage, evidenceSize)
		if err != nil {
			return none, refuse(InvalidParameter, "clientEvidenceMessage must be 64 hexadecimal characters.")
		}
		if err := f.alive(l); err != nil {
			return none, err
		}
		row, err := f.inOrder(l, StepGenerateActivationData)
		if err != nil {
			return none, err
		}
		return f.proof(l, row, evidence)
	})
}

// evidenceSize is that of M1 and M2 in bytes.
const evidenceSize = 32

func (f *frame) proof(l living, row Transition, evidence []byte) (DSAPPSRPGenerateActivationDataResult, error) {
	var none DSAPPSRPGenerateActivationDataResult
	key, right, err := f.verifyEvidence(l.registration, evidence)
	if err != nil {
		return none, err
	}
	l.registration.endExchange()
	f.checked("evidence", "")
	if !right {
		return none, f.wrongProof(l, row, "clientEvidenceMessage is wrong: ask for a new ephemeral key.")
	}
	result, err := f.delivery(&l, key)
	if err != nil {
		return none, err
	}
	result.ServerEvidenceMessage = dsapp.EncodeHex(f.service.SRP.M2(key.clientKey, evidence, key.sessionKey))
	l.registration.State = row.Right
	put(f, Registrations, l.registration)
	return result, nil
}

// exchanged is a key that both sides hold: A padded, and K.
type exchanged struct{ clientKey, sessionKey []byte }

func (f *frame) verifyEvidence(r Registration, evidence []byte) (exchanged, bool, error) {
	salt, verifier, err := f.openVerifier(r)
	if err != nil {
		return exchanged{}, false, err
	}
	secret, err := f.service.Sealer.Open(registrationPlace(r.ID, "b"), r.ServerSecret)
	if err != nil {
		return exchanged{}, false, err
	}
	sessionKey, err := f.service.SRP.ServerKey(verifier, secret, r.ClientPublicKey, r.ServerPublicKey)
	if errors.Is(err, srp.ErrScrambler) {
		return exchanged{}, false, nil
	}
	if err != nil {
		return exchanged{}, false, fmt.Errorf("SRP key: %w", err)
	}
	want := f.service.SRP.M1(r.ID, salt, r.ClientPublicKey, r.ServerPublicKey, sessionKey)
	right := subtle.ConstantTimeCompare(want, evidence) == 1
	return exchanged{r.ClientPublicKey, sessionKey}, right, nil
}

// delivery makes what goes out under the key: activation data, or on a licence
// Activation Message 1.
func (f *frame) delivery(l *living, key exchanged) (DSAPPSRPGenerateActivationDataResult, error) {
	if !l.registration.MDL {
		return f.activationData(*l, key)
	}
	var result DSAPPSRPGenerateActivationDataResult
	text, err := f.firstMessage(&l.registration, l.authenticator)
	if err != nil {
		return result, err
	}
	var counter [8]byte
	if _, err := io.ReadFull(f.service.Rand, counter[:]); err != nil {
		return result, fmt.Errorf("draw an encryption counter: %w", err)
	}
	message, err := dsapp.Encrypt(key.sessionKey, counter, dsapp.ItemActivationMessage, text)
	if err != nil {
		return result, fmt.Errorf("encrypt activation message 1: %w", err)
	}
	result.ActivationMessage = &message
	return result, nil
}

// activationData encrypts the two items of a single-device delivery (profile
// sections 2 to 5).
func (f *frame) activationData(l living, key exchanged) (DSAPPSRPGenerateActivationDataResult, error) {
	var result DSAPPSRPGenerateActivationDataResult
	text, err := f.activationText(l)
	if err != nil {
		return result, err
	}
	var counters [2][8]byte
	for counters[0] == counters[1] { // different within one answer
		for i := range counters {
			if _, err := io.ReadFull(f.service.Rand, counters[i][:]); err != nil {
				return result, fmt.Errorf("draw an encryption counter: %w", err)
			}
		}
	}
	result.ActivationCode, err = dsapp.Encrypt(key.sessionKey, counters[0], dsapp.ItemActivationCode, text)
	if err != nil {
		return result, fmt.Errorf("encrypt the activation code: %w", err)
	}
	counter := dsapp.EventReactivationCounter(l.authenticator.Parameters, l.authenticator.NextMovingFactor)
	result.EventReactivationCounter, err = dsapp.Encrypt(key.sessionKey, counters[1], dsapp.ItemEventReactivationCounter, counter)
	if err != nil {
		return result, fmt.Errorf("encrypt the event reactivation counter: %w", err)
	}
	return result, nil
}

// activationText returns the activation code offline, and all parameters
// online.
func (f *frame) activationText(l living) (string, error) {
	a := l.authenticator
	secret, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return "", err
	}
	if l.registration.ActivationType == Offline {
		return dsapp.ActivationCode(secret)
	}
	return dsapp.ActivationData{
		Parameters:   a.Parameters,
		Domain:       l.user.Domain,
		UserID:       l.user.UserID,
		SerialNumber: a.SerialNumber,
		Secret:       secret,
		MovingFactor: a.NextMovingFactor,
	}.URI()
}
