// Package dsapptest starts a dsappd server inside a Go test: the sample in
// memory, on free ports of this machine, with a clock, faults, a phone and the
// requests that it got. It stops with the test, and hundreds run beside each
// other.
//
//	s := dsapptest.Start(t)
//	phone := s.Activate("user1")
//	s.Clock.Advance(time.Minute)
//	response := phone.OTP()
package dsapptest
