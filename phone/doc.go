// Package phone is a simulated device: the other end of every formula of the
// open DSAPP profile, over SOAP or another Transport. It checks what it is
// given as a careful phone does, prints nothing and ends nothing.
//
// A Device takes the steps; what it must remember between them is a State, a
// value that WriteFile seals under the user's PIN. Every step returns the
// State after it, which must be kept before the step's result is shown: a
// counter that was used and forgotten gives the same password again.
package phone
