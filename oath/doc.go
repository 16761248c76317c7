// Package oath is the one-time passwords of the Initiative for Open
// Authentication: HOTP (RFC 4226), TOTP (RFC 6238) and OCRA (RFC 6287).
//
// The moving factor is what changes from one password to the next: the event
// counter of HOTP, the time step of TOTP. Whoever verifies stores it, so
// Match returns the moving factor that a password was made of.
package oath
