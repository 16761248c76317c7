package provision

import "context"

// UpdatePassword replaces a user's static password for whoever knows it.
type UpdatePassword struct {
	UserID            string
	Domain            string
	StaticPassword    string // the present one
	NewStaticPassword string // 1 to 255 characters
	Confirmation      string // of the new one
}

// UpdatePassword checks the present static password as register does, and
// counts a wrong one with it.
func (s *Service) UpdatePassword(ctx context.Context, caller Caller, in UpdatePassword) (UserOutput, error) {
	present := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	next := newPassword{text: in.NewStaticPassword}
	return perform(ctx, s, callEvent("updatePassword", caller), func(f *frame) (UserOutput, error) {
		f.checked("credential", "")
		if err := in.check(); err != nil {
			return UserOutput{}, err
		}
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return UserOutput{}, err
		}
		if err := f.authenticate(&a, &present); err != nil {
			return UserOutput{}, err
		}
		f.checked("new static password", "")
		if a.user.PasswordHash, err = next.hashFor(f, caller.share()); err != nil {
			return UserOutput{}, err
		}
		a.user.PasswordSetAt = f.now
		put(f, Users, a.user)
		return a.user.output(), nil
	})
}

func (in UpdatePassword) check() error {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return err
	}
	if in.NewStaticPassword != in.Confirmation {
		return refuse(InvalidParameter, "The new static password and its confirmation differ.")
	}
	if err := checkPassword(in.StaticPassword); err != nil {
		return err
	}
	return checkPassword(in.NewStaticPassword)
}
