package provision

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/srp"
)

// DSAPPSRPGenerateEphemeralKey opens a key exchange.
type DSAPPSRPGenerateEphemeralKey struct {
	RegistrationID           string
	ClientEphemeralPublicKey string // A in hex, 1 to 512 characters
}

// DSAPPSRPGenerateEphemeralKeyResult is the server's half.
type DSAPPSRPGenerateEphemeralKeyResult struct {
	ServerEphemeralPublicKey string // B, 512 hex characters
	Salt                     string // s, 32 hex characters
}

// DSAPPSRPGenerateEphemeralKey opens the key exchange with a fresh B, which
// ends an open one.
func (s *Service) DSAPPSRPGenerateEphemeralKey(ctx context.Context, caller Caller, in DSAPPSRPGenerateEphemeralKey) (DSAPPSRPGenerateEphemeralKeyResult, error) {
	return perform(ctx, s, callEvent("dsappSRPGenerateEphemeralKey", caller), func(f *frame) (DSAPPSRPGenerateEphemeralKeyResult, error) {
		var none DSAPPSRPGenerateEphemeralKeyResult
		l, err := f.step(caller, in.RegistrationID)
		if err != nil {
			return none, err
		}
		clientKey, err := f.clientPublicKey(in.ClientEphemeralPublicKey)
		if err != nil {
			return none, err
		}
		if err := f.alive(l); err != nil {
			return none, err
		}
		row, err := f.inOrder(l, StepGenerateEphemeralKey)
		if err != nil {
			return none, err
		}
		l.registration.forgetDevice()
		result, err := f.openExchange(l.registration, row, clientKey)
		if err == nil {
			f.dropPending(l.authenticator, l.registration.ID)
		}
		return result, err
	})
}

// clientPublicKey reads A, padded: a number in 1..N-1, which is never
// reduced.
func (f *frame) clientPublicKey(text string) ([]byte, error) {
	f.checked("clientEphemeralPublicKey", "")
	key, err := dsapp.ParseEphemeralKey(text)
	if err != nil {
		return nil, refuse(InvalidParameter, "clientEphemeralPublicKey must be 1 to 512 hexadecimal characters.")
	}
	if err := f.service.SRP.CheckPublicKey(key); err != nil {
		return nil, refuse(InvalidParameter, "clientEphemeralPublicKey must be a number from 1 to N-1 of the 2048-bit group of RFC 5054.")
	}
	return key, nil
}

// openExchange draws b and B, and keeps them with A until the proof.
func (f *frame) openExchange(r Registration, row Transition, clientKey []byte) (DSAPPSRPGenerateEphemeralKeyResult, error) {
	var none DSAPPSRPGenerateEphemeralKeyResult
	f.checked("key requests", fmt.Sprintf("%d of %d", r.KeyRequests, f.settings.KeyRequests))
	if r.KeyRequests >= f.settings.KeyRequests {
		return none, refuse(NotFound, "The registration has handed out all its ephemeral keys: register again.")
	}
	if len(r.Verifier) == 0 {
		return none, refuse(OutOfOrder, "The registration was opened outside SRP, and there is no key to exchange: what may follow is Activate.")
	}
	salt, verifier, err := f.openVerifier(r)
	if err != nil {
		return none, err
	}
	secret, serverKey, err := f.ephemeral(verifier)
	if err != nil {
		return none, err
	}
	r.ServerSecret, err = f.service.Sealer.Seal(registrationPlace(r.ID, "b"), secret)
	if err != nil {
		return none, err
	}
	r.ClientPublicKey, r.ServerPublicKey = clientKey, serverKey
	r.KeyRequests++
	r.State = row.Right
	put(f, Registrations, r)
	return DSAPPSRPGenerateEphemeralKeyResult{
		ServerEphemeralPublicKey: dsapp.EncodeHex(serverKey),
		Salt:                     dsapp.EncodeHex(salt),
	}, nil
}

func (f *frame) openVerifier(r Registration) (salt, verifier []byte, err error) {
	salt, err = f.service.Sealer.Open(registrationPlace(r.ID, "s"), r.Salt)
	if err != nil {
		return nil, nil, err
	}
	verifier, err = f.service.Sealer.Open(registrationPlace(r.ID, "v"), r.Verifier)
	return salt, verifier, err
}

// ephemeral draws b, again should B be 0.
func (f *frame) ephemeral(verifier []byte) (secret, public []byte, err error) {
	secret = make([]byte, srp.PrivateSize)
	for {
		if _, err := io.ReadFull(f.service.Rand, secret); err != nil {
			return nil, nil, fmt.Errorf("draw b: %w", err)
		}
		public, err = f.service.SRP.ServerPublicKey(verifier, secret)
		if !errors.Is(err, srp.ErrDrawAgain) {
			return secret, public, err
		}
	}
}
