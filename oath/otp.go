package oath

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Period is the length of a time step (X in RFC 6238; T0 is 0).
const Period = 30 * time.Second

// TimeStep returns the moving factor of TOTP at t. Before 1970 it is 0.
func TimeStep(t time.Time) uint64 {
	seconds := t.Unix()
	if seconds < 0 {
		return 0
	}
	return uint64(seconds) / uint64(Period/time.Second)
}

// OTP returns the one-time password of p.Digits decimal digits.
func OTP(secret []byte, movingFactor uint64, p Parameters) (string, error) {
	mac, err := newMAC(secret, p)
	if err != nil {
		return "", err
	}
	return show(code(mac, newRoom(), movingFactor, p.Digits), p.Digits), nil
}

// Match looks for otp among the passwords of the moving factors from..to, both
// included, and returns the first that it was made of. The time taken depends
// on the window and on whether otp is p.Digits digits, not on where or whether
// it matched. The caller bounds the window: one step costs one HMAC.
func Match(secret []byte, otp string, p Parameters, from, to uint64) (movingFactor uint64, ok bool) {
	mac, err := newMAC(secret, p)
	if err != nil || from > to || len(otp) != p.Digits || strings.Trim(otp, "0123456789") != "" {
		return 0, false
	}
	given, err := strconv.ParseInt(otp, 10, 32)
	if err != nil {
		return 0, false
	}
	found, room := 0, newRoom()
	for factor := from; ; factor++ {
		equal := subtle.ConstantTimeEq(int32(code(mac, room, factor, p.Digits)), int32(given)) &^ found
		movingFactor |= factor & -uint64(equal)
		found |= equal
		if factor == to {
			return movingFactor, found == 1
		}
	}
}

func newMAC(secret []byte, p Parameters) (hash.Hash, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if len(secret) == 0 {
		return nil, fmt.Errorf("%w: the secret is empty", ErrParameters)
	}
	h, err := p.Algorithm.hash()
	if err != nil {
		return nil, err
	}
	return hmac.New(h, secret), nil
}

// code returns the number that the password of the moving factor shows. It works
// in a room for the MAC.
func code(mac hash.Hash, room []byte, movingFactor uint64, digits int) uint64 {
	mac.Reset()
	mac.Write(binary.BigEndian.AppendUint64(room[:0], movingFactor))
	return truncate(mac.Sum(room[:0]), digits)
}

// newRoom makes room for the MAC of any algorithm.
func newRoom() []byte { return make([]byte, 0, sha512.Size) }

// truncate returns the dynamic truncation of RFC 4226 section 5.3.
func truncate(sum []byte, digits int) uint64 {
	offset := sum[len(sum)-1] & 0x0f
	number := uint64(binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff)
	modulus := uint64(1)
	for range digits {
		modulus *= 10
	}
	return number % modulus
}

// show fills a code with zeros in front up to its digits.
func show(code uint64, digits int) string { return fmt.Sprintf("%0*d", digits, code) }
