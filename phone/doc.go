// Package phone is a simulated device: the other end of every formula of the
// open DSAPP profile, over SOAP or another Transport. It checks what it is
// given as a careful phone does, prints nothing and ends nothing.
//
// A Device takes the steps; what it must remember between them is a State, a
// value that WriteFile seals under the user's PIN. Every step returns the
// State after it, which must be kept before the step's result is shown: a
// counter that was used and forgotten gives the same password again.
//
// A single-device authenticator takes Exchange, OTP or DerivationCode, and
// Activate. A place on a licence for several devices (profile section 8)
// takes, in this order:
//
//	online                   offline, where the user carries everything
//	ExchangeMDL              TakeMessage1
//	DeviceCode               DeviceCode
//	AddDevice                TakeMessage2
//	ActivateInstance         State.Signature, and State.Confirm
//
// Each step may also be taken the other way: Activation Message 1 may be typed
// in and the rest sent, if the registration is known. A State holds any number
// of instances up to a limit, beside the single-device authenticator;
// InstanceOTP makes the one-time passwords of each.
package phone
