package dsappd

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// OTPNow is the next one-time password of a user's authenticator.
type OTPNow struct {
	UserID       string `json:"userID"`
	Domain       string `json:"domain"`
	SerialNumber string `json:"serialNumber"`
	Type         string `json:"type"` // HOTP, TOTP or licence
	PIN          bool   `json:"pin"`  // a server PIN stands before the one-time password
	OTP          string `json:"otp"`  // of a licence, empty: its devices make them
}

// NextOTPs returns the next one-time password of every authenticator that a user
// has, and spends none. It is for labs: the error is ErrNoLab without Config.Lab.
func (s *Server) NextOTPs(ctx context.Context) ([]OTPNow, error) {
	if s.config.lab == nil {
		return nil, ErrNoLab
	}
	var all []OTPNow
	for in := (provision.ListAuthenticators{}); ; {
		page, err := s.folder.Service.ListAuthenticators(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, a := range page.Records {
			if a.UserID == "" {
				continue
			}
			otp, err := s.folder.Service.PeekOTP(ctx, a.SerialNumber)
			if err != nil {
				return nil, err
			}
			now := OTPNow{UserID: a.UserID, Domain: a.Domain, SerialNumber: a.SerialNumber, Type: string(a.Type), PIN: a.HasPIN(), OTP: otp}
			if a.Licence != nil {
				now.Type = "licence"
			}
			all = append(all, now)
		}
		if page.Next == nil {
			return all, nil
		}
		in.After = *page.Next
	}
}
