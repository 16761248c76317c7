package phone

import (
	"fmt"
	"math"

	"github.com/dsappd/dsappd/oath"
)

// OTP is the next one-time password. An event-based one uses up its moving
// factor: keep the returned state before showing the password.
func (d *Device) OTP(s State) (string, State, error) {
	if err := s.single(); err != nil {
		return "", s, err
	}
	movingFactor, s, err := d.movingFactor(s)
	if err != nil {
		return "", s, err
	}
	otp, err := oath.OTP(s.Secret, movingFactor, s.Parameters)
	return otp, s, err
}

// movingFactor is the one to use now, and the state after its use.
func (d *Device) movingFactor(s State) (uint64, State, error) {
	if s.Type == oath.TOTP {
		return oath.TimeStep(d.Now()), s, nil
	}
	if s.MovingFactor == math.MaxUint64 {
		return 0, s, fmt.Errorf("%w: the event counter is used up", ErrStep)
	}
	s.MovingFactor++
	return s.MovingFactor - 1, s, nil
}
