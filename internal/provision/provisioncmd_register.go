package provision

import "context"

// RegisterOutsideSRPResult is what PROVISIONCMD_REGISTER hands out: the
// activation data in the clear.
type RegisterOutsideSRPResult struct {
	ActivationCode string // of the form that the activation type says
	User           UserOutput
	SerialNumber   string
}

// RegisterOutsideSRP performs PROVISIONCMD_REGISTER: it authenticates a user by
// static password and hands the activation data out at once, without a key
// exchange. The policy has to allow it, and the connection has to protect it.
func (s *Service) RegisterOutsideSRP(ctx context.Context, caller Caller, in DSAPPSRPRegister) (RegisterOutsideSRPResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	claim := claim{single: true}
	return perform(ctx, s, callEvent("PROVISIONCMD_REGISTER", caller), func(f *frame) (RegisterOutsideSRPResult, error) {
		var none RegisterOutsideSRPResult
		a, err := f.applicant(caller, in)
		if err != nil {
			return none, err
		}
		if err := f.mayPassOutsideSRP(caller); err != nil {
			return none, err
		}
		if err := f.authenticate(&a, &password); err != nil {
			return none, err
		}
		if err := f.choose(&a, in, &claim); err != nil {
			return none, err
		}
		if a.authenticator.Licence != nil {
			return none, refuse(NotAllowed, "The authenticator is a licence for several devices, which has commands of its own (PROVISIONCMD_MDL_REGISTER).")
		}
		return f.registerOutsideSRP(a, in.ActivationType)
	})
}

// mayPassOutsideSRP refuses what no key exchange protects, where the policy
// does not allow it or the connection would show it.
func (f *frame) mayPassOutsideSRP(caller Caller) error {
	f.checked("activation outside SRP", "")
	if !f.settings.ActivationCodeOutsideSRP {
		return refuse(NotAllowed, "The policy does not allow an activation outside SRP (ActivationCodeOutsideSRP).")
	}
	if !caller.Confidential {
		return refuse(NotAllowed, "An activation outside SRP is answered over TLS or from this machine only, and not through a proxy.")
	}
	return nil
}

func (f *frame) registerOutsideSRP(a applicant, activationType *int) (RegisterOutsideSRPResult, error) {
	var none RegisterOutsideSRPResult
	r, err := f.newRegistration(a, activationType)
	if err != nil {
		return none, err
	}
	r.State = DataIssued
	code, err := f.activationText(living{registration: r, user: a.user, authenticator: a.authenticator})
	if err != nil {
		return none, err
	}
	if err := f.drawID(&r); err != nil {
		return none, err
	}
	f.open(a, r)
	return RegisterOutsideSRPResult{ActivationCode: code, User: a.user.output(), SerialNumber: r.SerialNumber}, nil
}
