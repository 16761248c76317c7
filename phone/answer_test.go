package phone_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// signer is a phone with an event-based authenticator and an instance.
func signer() (*phone.Device, phone.State) {
	d := &phone.Device{Now: func() time.Time { return time.Unix(1790000000, 0) }}
	return d, phone.State{
		ActivationData: dsapp.ActivationData{Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, SerialNumber: "VDS1000140", Secret: []byte("12345678901234567890"), MovingFactor: 5},
		MDL:            phone.MDL{Instances: []phone.Instance{{SerialNumber: "VDM1000001", SequenceNumber: 2, Secret: []byte("abcdefghijklmnopqrst"), Activated: true}}},
	}
}

func TestSign(t *testing.T) {
	d, s := signer()
	fields := []string{"100", "EUR"}
	question, err := dsapp.DataQuestion(fields)
	if err != nil {
		t.Fatal(err)
	}
	signature, next, err := d.Sign(s, fields)
	if factor, ok := dsapp.MatchSignature(s.Secret, signature, s.Parameters, question, 0, 9); err != nil || !ok || factor != 5 || next.MovingFactor != 6 {
		t.Errorf("signed with event %d, %v; the next is %d, %v", factor, ok, next.MovingFactor, err)
	}
	if _, after, err := d.Sign(s, nil); !errors.Is(err, dsapp.ErrDataField) || after.MovingFactor != 5 {
		t.Errorf("nothing was signed: %v, event %d", err, after.MovingFactor)
	}
	signature, err = d.InstanceSign(s, "VDM1000001-2", fields)
	step := oath.TimeStep(d.Now())
	if _, ok := dsapp.MatchSignature(s.MDL.Instances[0].Secret, signature, dsapp.InstanceParameters(), question, step, step); err != nil || !ok {
		t.Errorf("the instance signed %s, %v", signature, err)
	}
	if _, err := d.InstanceSign(s, "VDM1000001-3", fields); !errors.Is(err, phone.ErrInstance) {
		t.Errorf("an instance signs that is not there: %v", err)
	}
}

func TestAnswer(t *testing.T) {
	d, s := signer()
	request := dsapp.Request{RequestHeader: dsapp.RequestHeader{Kind: dsapp.LoginRequest, SerialNumber: "VDM1000001", SequenceNumber: 2, Expiry: d.Now().Add(time.Second)}, Title: "Log in"}
	sealed, err := request.Seal(s.MDL.Instances[0].Secret)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := qr.PNG(sealed.String(), qr.Module)
	if err != nil {
		t.Fatal(err)
	}
	scanned, err := phone.Scan(bytes.NewReader(picture))
	if err != nil || scanned.Request == nil || scanned.String() != "login request" {
		t.Fatalf("scanned %s, %v", scanned, err)
	}
	answered, err := d.Answer(s, scanned.Text)
	if err != nil || answered.Title != "Log in" || len(answered.Answer) != 6 {
		t.Errorf("answered %+v, %v", answered, err)
	}
	late := phone.Device{Now: func() time.Time { return request.Expiry }}
	if _, err := late.Answer(s, scanned.Text); !errors.Is(err, phone.ErrRequestExpired) {
		t.Errorf("a request that is over: %v", err)
	}
	s.MDL.Instances[0].Secret = []byte("another secret of 20")
	if _, err := d.Answer(s, scanned.Text); !errors.Is(err, dsapp.ErrAuthentication) {
		t.Errorf("a request under another secret: %v", err)
	}
	request.SerialNumber, request.SequenceNumber = "VDS1000141", 0
	if sealed, err = request.Seal(s.Secret); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Answer(s, sealed.String()); !errors.Is(err, phone.ErrInstance) {
		t.Errorf("a request for another: %v", err)
	}
}
