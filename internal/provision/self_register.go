package provision

import "context"

// SelfRegister opens a registration as DSAPPSRPRegister does, for a user whose
// password was checked at the sign-in. Without a serial number it is of the
// user's only authenticator, or where the policy says so of a free one. A
// licence is registered for online activation.
func (s *Service) SelfRegister(ctx context.Context, caller Caller, who SignedIn, serialNumber string) (DSAPPSRPRegisterResult, error) {
	return s.selfRegister(ctx, caller, who, serialNumber, Online)
}

// SelfRegisterOffline opens a registration of a licence for a device without a
// connection: the activation password is an Activation Message 1.
func (s *Service) SelfRegisterOffline(ctx context.Context, caller Caller, who SignedIn, serialNumber string) (DSAPPSRPRegisterResult, error) {
	return s.selfRegister(ctx, caller, who, serialNumber, Offline)
}

func (s *Service) selfRegister(ctx context.Context, caller Caller, who SignedIn, serialNumber string, of ActivationType) (DSAPPSRPRegisterResult, error) {
	claim := claim{single: of == Online, licence: true}
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
		if of == Offline && a.authenticator.Licence == nil {
			return none, refuse(InvalidParameter, "Only a device on a licence for several devices is set up without a connection.")
		}
		return f.register(a, a.authenticator.licenceFor(of))
	})
}

// licenceFor asks for a type of activation where the authenticator is a licence,
// and leaves it to the authenticator where not.
func (a Authenticator) licenceFor(of ActivationType) *int {
	if a.Licence == nil {
		return nil
	}
	asked := int(of)
	return &asked
}
