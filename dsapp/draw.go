package dsapp

import (
	"fmt"
	"io"
	"math"
)

// Alphabet names what registration IDs and activation passwords are made of
// (section 10).
type Alphabet string

const (
	Numeric Alphabet = "numeric" // 0-9
	Upper   Alphabet = "upper"   // A-Z 0-9
	Lower   Alphabet = "lower"   // a-z 0-9
	Mixed   Alphabet = "mixed"   // A-Z a-z 0-9
)

// The longest ID or password, in characters, and the bits that each must hold.
const (
	MaxDraw     = 40
	MinDrawBits = 40
)

// Check refuses an unknown alphabet, a length over MaxDraw, and a length that
// holds less than MinDrawBits, naming the least that would do.
func (a Alphabet) Check(length int) error {
	symbols, err := a.symbols()
	if err != nil {
		return err
	}
	least := int(math.Ceil(MinDrawBits / math.Log2(float64(len(symbols)))))
	if length < least || length > MaxDraw {
		return fmt.Errorf("%w: length %d of the %s alphabet, must be %d to %d", ErrDraw, length, a, least, MaxDraw)
	}
	return nil
}

// Draw returns a text of the given length, every text as likely as any other.
func Draw(rand io.Reader, a Alphabet, length int) (string, error) {
	if err := a.Check(length); err != nil {
		return "", err
	}
	symbols, err := a.symbols()
	if err != nil {
		return "", err
	}
	return draw(rand, symbols, length)
}

// DrawDigits returns a text of so many decimal digits, every one as likely as any
// other.
func DrawDigits(rand io.Reader, length int) (string, error) { return draw(rand, "0123456789", length) }

func draw(rand io.Reader, symbols string, length int) (string, error) {
	// A byte from limit up is drawn again: the rest of a division would favour
	// the first symbols.
	limit := 256 - 256%len(symbols)
	text, drawn := make([]byte, 0, length), make([]byte, 1)
	for len(text) < length {
		if _, err := io.ReadFull(rand, drawn); err != nil {
			return "", fmt.Errorf("drawing random bytes: %w", err)
		}
		if int(drawn[0]) < limit {
			text = append(text, symbols[int(drawn[0])%len(symbols)])
		}
	}
	return string(text), nil
}

func (a Alphabet) symbols() (string, error) {
	const upper, lower = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	switch a {
	case Numeric:
		return decimals, nil
	case Upper:
		return upper + decimals, nil
	case Lower:
		return lower + decimals, nil
	case Mixed:
		return upper + lower + decimals, nil
	}
	return "", fmt.Errorf("%w: alphabet %q is not numeric, upper, lower or mixed", ErrDraw, string(a))
}
