package provision

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// DeviceRequest is what a Challenge asks of one device (profile section 13).
type DeviceRequest struct {
	Kind           dsapp.RequestKind
	SerialNumber   string
	SequenceNumber uint8  // of the instance; 0: the authenticator itself
	Question       []byte // that the device answers

	// ComponentType is whose component asked.
	ComponentType string
}

// name returns the name of the authenticator or the instance.
func (r DeviceRequest) name() string {
	return dsapp.RequestHeader{SerialNumber: r.SerialNumber, SequenceNumber: r.SequenceNumber}.Name()
}

func (r *DeviceRequest) fields(f *store.Fields) {
	store.Uint(f, 1, &r.Kind)
	store.Text(f, 2, &r.SerialNumber)
	store.Uint(f, 3, &r.SequenceNumber)
	store.Bytes(f, 4, &r.Question)
	store.Text(f, 5, &r.ComponentType)
}

// AskDevice is what the device of a user is asked.
type AskDevice struct {
	UserID string
	Domain string

	// SerialNumber names the authenticator or the instance; empty: the one
	// that was activated last.
	SerialNumber string

	Title  string
	Fields []dsapp.RequestField
}

// AskDeviceResult is a request on its way to the device.
type AskDeviceResult struct {
	User         UserOutput
	SerialNumber string // of the authenticator, or the name of the instance
	Key          string // 10 digits, by which the answer names the request
	Message      string // in hex, for the QR code that the device scans
	ExpiresAt    time.Time
}

// askDevice makes a request that one device of the user can read and answer.
func (f *frame) askDevice(caller Caller, kind dsapp.RequestKind, in AskDevice) (AskDeviceResult, error) {
	f.unproven = true
	f.checked("request to the device", in.SerialNumber)
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return AskDeviceResult{}, err
	}
	a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
	if err != nil {
		return AskDeviceResult{}, err
	}
	f.checked("secure channel", "")
	if !f.settings.SecureChannel {
		return AskDeviceResult{}, refuse(NotAllowed, "The policy sends no requests to devices (SecureChannel).")
	}
	if err := f.roomToBegin(); err != nil {
		return AskDeviceResult{}, err
	}
	c, err := f.lastActivated(&a, in.SerialNumber)
	if err != nil {
		return AskDeviceResult{}, err
	}
	f.event.SerialNumber = c.name()
	return f.ask(a, c, kind, in)
}

// lastActivated finds the authenticator or the instance that a request is for.
func (f *frame) lastActivated(a *applicant, named string) (candidate, error) {
	nobody := refuseHidden(NotFound, "There is no such user with an authenticator that takes requests.")
	if a.user.Revision == 0 {
		nobody.reason = "unknown user or domain"
		return candidate{}, nobody
	}
	if err := f.admitted(a); err != nil {
		return candidate{}, err
	}
	candidates, err := f.candidates(a.user, named, new(proof))
	if err != nil {
		return candidate{}, err
	}
	if len(candidates) == 0 {
		nobody.reason = "the user has no such authenticator"
		return candidate{}, nobody
	}
	last := candidates[0]
	for _, c := range candidates[1:] {
		if !c.activatedAt().Before(last.activatedAt()) {
			last = c
		}
	}
	return last, nil
}

// name returns the name of the authenticator or the instance.
func (c candidate) name() string {
	return DeviceRequest{SerialNumber: c.authenticator.SerialNumber, SequenceNumber: c.instance.SequenceNumber}.name()
}

func (c candidate) activatedAt() time.Time {
	if c.instance.SequenceNumber != 0 {
		return c.instance.ActivatedAt
	}
	return c.authenticator.LastActivatedAt
}

// ask seals a request and keeps what its answer is compared with.
func (f *frame) ask(a applicant, c candidate, kind dsapp.RequestKind, in AskDevice) (AskDeviceResult, error) {
	expires := f.now.Add(time.Duration(f.settings.RequestSeconds) * time.Second)
	request := dsapp.Request{Title: in.Title, Fields: in.Fields, RequestHeader: dsapp.RequestHeader{
		Kind: kind, SerialNumber: c.authenticator.SerialNumber, SequenceNumber: c.instance.SequenceNumber, Expiry: expires,
	}}
	if _, err := io.ReadFull(f.service.Rand, request.Nonce[:]); err != nil {
		return AskDeviceResult{}, fmt.Errorf("draw a nonce: %w", err)
	}
	secret, err := f.secretOf(c)
	if err != nil {
		return AskDeviceResult{}, err
	}
	message, err := request.Seal(secret)
	if errors.Is(err, dsapp.ErrRequest) {
		return AskDeviceResult{}, refuse(InvalidParameter, fmt.Sprintf("The device cannot be asked this: %v.", err))
	}
	if err != nil {
		return AskDeviceResult{}, err
	}
	question, err := request.Question()
	if err != nil {
		return AskDeviceResult{}, err
	}
	key, err := f.drawChallengeKey()
	if err != nil {
		return AskDeviceResult{}, err
	}
	put(f, Challenges, Challenge{Key: key, Domain: a.user.Domain, UserID: a.user.UserID, ExpiresAt: expires, Request: &DeviceRequest{
		Kind: kind, SerialNumber: c.authenticator.SerialNumber, SequenceNumber: c.instance.SequenceNumber,
		Question: question[:], ComponentType: a.component.ComponentType,
	}})
	return AskDeviceResult{User: a.user.output(), SerialNumber: c.name(), Key: key, Message: message.String(), ExpiresAt: expires}, nil
}

// openRequest reads a request that the user may still answer, and takes it away:
// it takes one answer, right or wrong.
func (f *frame) openRequest(key UserKey, requestKey string, kind dsapp.RequestKind) (DeviceRequest, error) {
	made, err := f.openChallenge(key, requestKey)
	if err != nil {
		return DeviceRequest{}, err
	}
	if made.Request == nil || made.Request.Kind != kind {
		return DeviceRequest{}, refuseChallenge()
	}
	remove(f, Challenges, made.Key)
	return *made.Request, nil
}

// answer is the response to a request: of no moving factor, so that a device
// with a wrong clock answers too.
type answer struct {
	oneTimePassword
	question dsapp.Question
}

func (a answer) right() bool {
	return dsapp.MatchAnswer(a.secret, a.text, a.parameters, a.question)
}
