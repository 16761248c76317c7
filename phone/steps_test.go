package phone

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/wsdl"
)

func exchanged(t *testing.T, peer *peer) (*Device, State) {
	t.Helper()
	device := peer.start()
	s, err := device.Exchange(t.Context(), peer.registration())
	if err != nil {
		t.Fatal(err)
	}
	return device, s
}

// TestOTPCountsOn: the passwords of RFC 4226 appendix D, one after the other.
func TestOTPCountsOn(t *testing.T) {
	device, s := exchanged(t, newPeer(t))
	for _, want := range []string{"755224", "287082", "359152"} {
		var got string
		var err error
		if got, s, err = device.OTP(s); err != nil || got != want {
			t.Errorf("OTP = %s, %v; want %s", got, err, want)
		}
	}
	s.MovingFactor = math.MaxUint64
	if _, _, err := device.OTP(s); !errors.Is(err, ErrStep) {
		t.Errorf("after the last event: %v, want %v", err, ErrStep)
	}
}

// TestOTPByTheClock: a time of RFC 6238 appendix B, whose last six digits are
// the password of six.
func TestOTPByTheClock(t *testing.T) {
	peer := newPeer(t)
	peer.data.Type = oath.TOTP
	device, s := exchanged(t, peer)
	device.Now = func() time.Time { return time.Unix(1111111109, 0) }
	if otp, next, err := device.OTP(s); err != nil || otp != "081804" || next.MovingFactor != s.MovingFactor {
		t.Errorf("OTP = %s, %v, then moving factor %d", otp, err, next.MovingFactor)
	}
}

func TestActivateByResponse(t *testing.T) {
	peer := newPeer(t)
	device, s := exchanged(t, peer)
	before := s.Secret
	s.UserID, s.Domain = "", "" // as after offline data
	s, err := device.Activate(t.Context(), s, Credential{Response: "755224"})
	if err != nil || !s.Activated || s.UserID != peer.data.UserID || s.Domain != peer.data.Domain || string(s.Secret) != string(before) {
		t.Errorf("%+v, %v", s, err)
	}
	if len(peer.activations) != 1 || *peer.activations[0].Response != "755224" || peer.activations[0].DerivationCode != nil || peer.registrationSeen != peer.id {
		t.Errorf("sent %+v", peer.activations)
	}
}

// TestActivateByDerivationCode: the secret changes with the success and not
// before, and a lost reply is made good by the same call.
func TestActivateByDerivationCode(t *testing.T) {
	peer := newPeer(t)
	device, s := exchanged(t, peer)
	old := s.Secret
	code, s, err := device.DerivationCode(s, []byte("a device"))
	if err != nil {
		t.Fatal(err)
	}
	derived := s.Binding.Secret
	if string(s.Secret) != string(old) || s.MovingFactor != 1 {
		t.Errorf("the code alone changed the secret or left the counter at %d", s.MovingFactor)
	}
	peer.bendReply = func([]byte) []byte { return []byte("lost") }
	if same, err := device.Activate(t.Context(), s, Credential{DerivationCode: code}); err == nil || same.Binding == nil {
		t.Errorf("a lost reply: %v", err)
	}
	peer.bendReply = nil
	s, err = device.Activate(t.Context(), s, Credential{DerivationCode: strings.ToLower(code)})
	if err != nil || !s.Activated || s.Binding != nil || string(s.Secret) != string(derived) {
		t.Errorf("%+v, %v", s, err)
	}
	if len(peer.activations) != 2 || *peer.activations[0].DerivationCode != code || *peer.activations[1].DerivationCode != code {
		t.Errorf("sent %+v", peer.activations)
	}
	wantOTP, err := oath.OTP(derived, 1, s.Parameters)
	if otp, _, otpErr := device.OTP(s); err != nil || otpErr != nil || otp != wantOTP {
		t.Errorf("OTP after binding = %s, want %s (%v, %v)", otp, wantOTP, err, otpErr)
	}
}

func TestDerivationCodeVerifies(t *testing.T) {
	peer := newPeer(t)
	device, s := exchanged(t, peer)
	text, _, err := device.DerivationCode(s, []byte{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	code, err := dsapp.ParseDerivationCode(text, s.Digits)
	if err != nil {
		t.Fatal(err)
	}
	derived, err := dsapp.DeriveSecret(peer.data.Secret, code.Diversifier, peer.data.SerialNumber)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := oath.Match(derived, code.OTP, s.Parameters, 0, 0); !ok {
		t.Errorf("%s does not verify as the server verifies", text)
	}
	if _, _, err := device.DerivationCode(s, nil); !errors.Is(err, dsapp.ErrKey) {
		t.Errorf("no fingerprint: %v, want %v", err, dsapp.ErrKey)
	}
}

func TestActivateOutOfOrder(t *testing.T) {
	peer := newPeer(t)
	device, s := exchanged(t, peer)
	for name, c := range map[string]Credential{
		"neither": {}, "both": {Response: "755224", DerivationCode: "00"}, "a code of no one": {DerivationCode: "C2B9E075C549CA48113403"},
	} {
		if _, err := device.Activate(t.Context(), s, c); !errors.Is(err, ErrStep) {
			t.Errorf("%s: %v, want %v", name, err, ErrStep)
		}
	}
	if len(peer.activations) != 0 {
		t.Errorf("sent %+v", peer.activations)
	}
	peer.activatedSerial = "VDS1000142"
	if after, err := device.Activate(t.Context(), s, Credential{Response: "755224"}); !errors.Is(err, ErrReply) || after.Activated {
		t.Errorf("another serial number: %v, want %v", err, ErrReply)
	}
	peer.activatedSerial = s.SerialNumber
	peer.bendStatus = func(s *wsdl.CommandStatusResponse) { s.ResultCodes.ReturnCode = -1 }
	if _, err := device.Activate(t.Context(), s, Credential{Response: "755224"}); err == nil {
		t.Error("a refusal passed for a success")
	}
}
