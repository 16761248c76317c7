package oath_test

import (
	"fmt"
	"log"
	"time"

	"github.com/dsappd/dsappd/oath"
)

// The first value of RFC 4226, appendix D.
func ExampleOTP() {
	p := oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
	otp, err := oath.OTP([]byte("12345678901234567890"), 0, p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(otp)
	// Output: 755224
}

// A server accepts the time steps around its own clock.
func ExampleMatch() {
	p := oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 8}
	now := oath.TimeStep(time.Unix(59, 0)) // of RFC 6238, appendix B
	step, ok := oath.Match([]byte("12345678901234567890"), "94287082", p, now-1, now+1)
	fmt.Println(step, ok)
	// Output: 1 true
}
