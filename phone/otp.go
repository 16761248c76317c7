package phone

import (
	"fmt"
	"math"

	"github.com/dsappd/dsappd/oath"
)

// OTP returns the next one-time password. An event-based one uses up its moving
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

// movingFactor returns the one to use now, and the state after its use.
func (d *Device) movingFactor(s State) (uint64, State, error) {
	movingFactor := s.MovingFactor
	switch {
	case s.Type == oath.TOTP:
		movingFactor = oath.TimeStep(d.Now())
	case s.MovingFactor == math.MaxUint64:
		return 0, s, fmt.Errorf("%w: the event counter is used up", ErrStep)
	default:
		s.MovingFactor++
	}
	if d.stale {
		movingFactor -= staleness // below the first event, it is one that never comes
	}
	return movingFactor, s, nil
}

// staleness is past any window: a day of time steps.
const staleness = 24 * 60 * 60 / 30
