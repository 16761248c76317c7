package provision

import "context"

// SelfRegister opens a registration as DSAPPSRPRegister does, for a user whose
// password was checked at the sign-in. Without a serial number it is of the
// user's only authenticator, or where the policy says so of a free one. A
// licence is registered for online activation: the page cannot bring it a
// device code.
func (s *Service) SelfRegister(ctx context.Context, caller Caller, who SignedIn, serialNumber string) (DSAPPSRPRegisterResult, error) {
	claim := claim{single: true, licence: true}
	return perform(ctx, s, callEvent("self-management register", caller), func(f *frame) (DSAPPSRPRegisterResult, error) {
		var none DSAPPSRPRegisterResult
		a, err := f.self(caller, who)
		if err != nil {
			return none, err
		}
		if err := f.admitted(&a); err != nil {
			return none, err
		}
		if err := f.choose(&a, DSAPPSRPRegister{SerialNumber: serialNumber}, &claim); err != nil {
			return none, err
		}
		return f.register(a, a.authenticator.onlineLicence())
	})
}

// onlineLicence asks for online data where the authenticator is a licence, and
// leaves it to the authenticator where not.
func (a Authenticator) onlineLicence() *int {
	if a.Licence == nil {
		return nil
	}
	online := int(Online)
	return &online
}
