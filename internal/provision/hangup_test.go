package provision_test

import (
	"context"
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// hangsUp is a peer that goes away, or says that it will send no more, while
// its request is being decided: at the first random number drawn, which for
// a wrong proof is that of its audit event.
type hangsUp struct{ cancel context.CancelFunc }

func (h hangsUp) Read(p []byte) (int, error) {
	h.cancel()
	return rand.Read(p)
}

// hangingUp makes a call whose peer hangs up in the middle of it.
func (p *play) hangingUp(call func(context.Context, *provision.Service) error) error {
	ctx, cancel := context.WithCancel(p.t.Context())
	defer cancel()
	defer func(rand io.Reader) { p.Rand = rand }(p.Rand)
	p.Rand = hangsUp{cancel}
	return call(ctx, p.Service)
}

// TestHangingUpSavesNoAttempt holds that what counts is counted although
// nobody waits for the answer: guesses would else be free.
func TestHangingUpSavesNoAttempt(t *testing.T) {
	p := newPlay(t)
	p.refused(p.hangingUp(func(ctx context.Context, s *provision.Service) error {
		_, err := s.DSAPPSRPRegister(ctx, caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"})
		return err
	}), 1000)
	if u := p.account("user1"); u.WrongPasswords != 1 {
		t.Errorf("%d wrong passwords, want 1", u.WrongPasswords)
	}

	r := p.mustRegister("user1")
	p.exchange(r)
	p.refused(p.hangingUp(func(ctx context.Context, s *provision.Service) error {
		_, err := s.DSAPPSRPGenerateActivationData(ctx, caller(), provision.DSAPPSRPGenerateActivationData{
			RegistrationID: r.RegistrationID, ClientEvidenceMessage: strings.Repeat("0", 64)})
		return err
	}), 1000)
	if e := p.registration(r.RegistrationID); e.Attempts != 1 || e.ServerSecret != nil {
		t.Errorf("%d attempts, want 1; b is there: %v", e.Attempts, e.ServerSecret != nil)
	}

	p.deliver(r)
	p.refused(p.hangingUp(func(ctx context.Context, s *provision.Service) error {
		_, err := s.DSAPPSRPActivate(ctx, caller(), provision.DSAPPSRPActivate{RegistrationID: r.RegistrationID, Response: "000000"})
		return err
	}), 1000)
	if e := p.registration(r.RegistrationID); e.Attempts != 2 {
		t.Errorf("%d attempts, want 2", e.Attempts)
	}
}
