package provision

import (
	"context"
	"errors"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/passwords"
)

// passwordCheck pays for a hash once, however often its operation starts
// again.
type passwordCheck struct {
	passwords *passwords.Hasher
	share     passwords.Share
	password  string
	orOTP     bool // a one-time password does as well, where the policy says RegisterByOTP

	paid       bool
	unprepared bool // the hash is of the password as it was given
	against    string
	right      bool
	renewed    string // what is to replace against; "" for nothing
}

// of makes it the check of another text.
func (c *passwordCheck) of(text string) *passwordCheck {
	if c.password != text {
		c.password, c.paid = text, false
	}
	return c
}

// verify checks the password as it is prepared and, where that is another
// text, also as it was given: hashes from before this program prepared them are
// of that. Both are paid for, whichever is right, and whether or not there is
// such a user.
func (c *passwordCheck) verify(ctx context.Context, hash string) (bool, error) {
	if c.paid && c.against == hash {
		return c.right, nil
	}
	prepared := names.Password(c.password)
	right, err := c.passwords.Verify(ctx, c.share, prepared, hash)
	if err != nil {
		return false, err
	}
	unprepared := false
	if c.password != prepared {
		if unprepared, err = c.passwords.Verify(ctx, c.share, c.password, hash); err != nil {
			return false, err
		}
	}
	c.paid, c.against, c.renewed = true, hash, ""
	c.right, c.unprepared = right || unprepared, unprepared && !right
	return c.right, nil
}

// renew hashes the password anew, which was right, where the hash it was
// verified against is outdated or not of the prepared password. With the queue
// full it leaves that to the next time: nobody is refused for the sake of a
// better hash.
func (c *passwordCheck) renew(ctx context.Context) (string, error) {
	if c.renewed != "" {
		return c.renewed, nil
	}
	outdated, err := c.passwords.Outdated(c.against, c.unprepared)
	if err != nil || !outdated {
		return "", err
	}
	renewed, err := c.passwords.Hash(ctx, c.share, names.Password(c.password))
	if errors.Is(err, passwords.ErrBusy) {
		return "", nil
	}
	c.renewed = renewed
	return renewed, err
}
