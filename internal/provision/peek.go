package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/oath"
)

// PeekOTP returns the next one-time password of an authenticator, without its
// server PIN, and spends nothing. It is empty for a licence, whose devices make
// them. It asks no policy and leaves no event: it is for labs alone, and no door
// calls it.
func (s *Service) PeekOTP(ctx context.Context, serialNumber string) (string, error) {
	a, err := s.ShowAuthenticator(ctx, serialNumber)
	if err != nil || a.Licence != nil {
		return "", err
	}
	secret, err := s.Sealer.Open(authenticatorPlace(a.SerialNumber, "secret"), a.Secret)
	if err != nil {
		return "", fmt.Errorf("unseal the secret of %s: %w", a.SerialNumber, err)
	}
	return oath.OTP(secret, DefaultSettings().nextMovingFactor(a, s.Now()), a.Parameters)
}
