package phone

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/srp"
)

// Exchange agrees on a key with the server and takes the activation data from
// it: dsappSRPGenerateEphemeralKey, then dsappSRPGenerateActivationData. The
// state is a new one; a device that has instances keeps them by its MDL.
func (d *Device) Exchange(ctx context.Context, r Registration) (State, error) {
	h, issued, err := d.exchange(ctx, r)
	if err != nil {
		return State{}, err
	}
	return h.takeData(r, issued)
}

// takeData takes the activation data of a single-device authenticator.
func (h *handshake) takeData(r Registration, issued ActivationDataResult) (State, error) {
	items, err := h.items(issued)
	if err != nil {
		return State{}, err
	}
	data, err := items.activationData(r.Offline)
	if err != nil {
		return State{}, err
	}
	return State{RegistrationID: r.ID, ActivationData: data}, nil
}

// exchange makes both calls. It checks M2 before anybody looks at an item.
func (d *Device) exchange(ctx context.Context, r Registration) (*handshake, ActivationDataResult, error) {
	var none ActivationDataResult
	h, err := d.newHandshake()
	if err != nil {
		return nil, none, err
	}
	opened, err := d.Transport.GenerateEphemeralKey(ctx, r.ID, dsapp.EncodeHex(h.A))
	if err != nil {
		return nil, none, err
	}
	if err := h.agree(r, opened); err != nil {
		return nil, none, err
	}
	issued, err := d.Transport.GenerateActivationData(ctx, r.ID, dsapp.EncodeHex(h.M1))
	if err != nil {
		return nil, none, err
	}
	return h, issued, h.verify(issued.ServerEvidenceMessage)
}

// handshake is the device's half of an exchange, by the names of RFC 5054.
type handshake struct {
	suite       *srp.Suite
	a, A, K, M1 []byte
}

func (d *Device) newHandshake() (*handshake, error) {
	suite, err := dsapp.NewSRP()
	if err != nil {
		return nil, err
	}
	h := &handshake{suite: suite, a: make([]byte, srp.PrivateSize)}
	if err := d.draw(h.a); err != nil {
		return nil, fmt.Errorf("draw a: %w", err)
	}
	h.A, err = suite.ClientPublicKey(h.a)
	return h, err
}

// agree finds K and M1 from the server's half.
func (h *handshake) agree(r Registration, opened EphemeralKeyResult) error {
	B, err := dsapp.ParseEphemeralKey(opened.ServerEphemeralPublicKey)
	if err != nil {
		return fmt.Errorf("%w: serverEphemeralPublicKey: %w", ErrReply, err)
	}
	s, err := dsapp.DecodeHex(opened.Salt, dsapp.SaltSize)
	if err != nil {
		return fmt.Errorf("%w: salt: %w", ErrReply, err)
	}
	h.K, err = h.suite.ClientKey(h.suite.X(s, r.ID, r.Password), h.a, h.A, B)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrServerKey, err)
	}
	h.M1 = h.suite.M1(r.ID, s, h.A, B, h.K)
	return nil
}

// verify checks M2.
func (h *handshake) verify(serverEvidenceMessage string) error {
	M2, err := dsapp.DecodeHex(serverEvidenceMessage, len(h.M1))
	if err != nil {
		return fmt.Errorf("%w: serverEvidenceMessage: %w", ErrReply, err)
	}
	if subtle.ConstantTimeCompare(M2, h.suite.M2(h.A, h.M1, h.K)) != 1 {
		return ErrEvidence
	}
	return nil
}

// items opens the two items, once M2 was found right.
func (h *handshake) items(issued ActivationDataResult) (items, error) {
	if issued.ActivationCode == nil || issued.EventReactivationCounter == nil || issued.ActivationMessage != nil {
		return items{}, fmt.Errorf("%w: single-device activation has an activation code and an event reactivation counter, and nothing else", ErrItems)
	}
	code, err := dsapp.Decrypt(h.K, dsapp.ItemActivationCode, *issued.ActivationCode)
	if err != nil {
		return items{}, err
	}
	counter, err := dsapp.Decrypt(h.K, dsapp.ItemEventReactivationCounter, *issued.EventReactivationCounter)
	return items{code: code, counter: counter}, err
}

// items are the texts of the two encrypted items.
type items struct{ code, counter string }

// activationData reads the form that is expected, and no other.
func (i items) activationData(offline *BuiltIn) (dsapp.ActivationData, error) {
	next, err := dsapp.ParseEventReactivationCounter(i.counter)
	if err != nil {
		return dsapp.ActivationData{}, err
	}
	if online := strings.HasPrefix(i.code, "otpauth:"); online != (offline == nil) {
		return dsapp.ActivationData{}, ErrForm
	}
	if offline != nil {
		return i.offlineData(*offline, next)
	}
	data, err := dsapp.ParseActivationData(i.code)
	if err != nil {
		return dsapp.ActivationData{}, err
	}
	if data.MovingFactor != next {
		return dsapp.ActivationData{}, ErrCounter
	}
	return data, nil
}

func (i items) offlineData(known BuiltIn, next uint64) (dsapp.ActivationData, error) {
	if err := known.Check(); err != nil {
		return dsapp.ActivationData{}, err
	}
	if err := dsapp.CheckSerialNumber(known.SerialNumber); err != nil {
		return dsapp.ActivationData{}, err
	}
	secret, err := dsapp.ParseActivationCode(i.code)
	if err != nil {
		return dsapp.ActivationData{}, err
	}
	if known.Type == oath.TOTP && next != 0 {
		return dsapp.ActivationData{}, ErrCounter
	}
	return dsapp.ActivationData{Parameters: known.Parameters, SerialNumber: known.SerialNumber, Secret: secret, MovingFactor: next}, nil
}
