package dsapp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// EphemeralKeySize is the length in bytes of A and B, PAD to the 2048 bits of
// the group (section 1).
const EphemeralKeySize = 256

// EncodeHex returns the upper-case hex of b.
func EncodeHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// DecodeHex reads a hex field of exactly size bytes.
func DecodeHex(s string, size int) ([]byte, error) {
	if len(s) != 2*size {
		return nil, fmt.Errorf("%w: %d characters, must be %d", ErrHex, len(s), 2*size)
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%w: has other characters than 0-9 and A-F", ErrHex)
	}
	return b, nil
}

// ParseEphemeralKey reads A or B: 1 to 512 hex characters, an odd count
// allowed, that mean a number. The result is its PAD, EphemeralKeySize bytes;
// whether the number lies in the group is for srp to say.
func ParseEphemeralKey(s string) ([]byte, error) {
	if len(s) < 1 || len(s) > 2*EphemeralKeySize {
		return nil, fmt.Errorf("%w: %d characters, an ephemeral key has 1 to %d", ErrHex, len(s), 2*EphemeralKeySize)
	}
	return DecodeHex(strings.Repeat("0", 2*EphemeralKeySize-len(s))+s, EphemeralKeySize)
}
