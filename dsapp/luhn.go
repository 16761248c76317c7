package dsapp

import "strings"

// hexDigits are the symbols of Luhn mod 16; the first ten are those of mod 10.
const hexDigits = "0123456789ABCDEF"

// WithCheckDigit returns decimal digits with their Luhn check digit behind them
// (ISO/IEC 7812-1).
func WithCheckDigit(digits string) string { return digits + string(luhn(digits, 10)) }

// luhn returns the check character of symbols in base n, 10 or 16 (section 3).
// The symbols must be upper-case digits of the base.
func luhn(symbols string, n int) byte {
	sum := 0
	for i := range len(symbols) {
		product := strings.IndexByte(hexDigits, symbols[len(symbols)-1-i])
		if i%2 == 0 {
			product *= 2
		}
		sum += product/n + product%n
	}
	return hexDigits[(n-sum%n)%n]
}
