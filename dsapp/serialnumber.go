package dsapp

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	serialNumberSize = 10
	serialPrefixSize = 3
	decimals         = "0123456789"
)

// CheckSerialNumber refuses what is not ten characters, three of A-Z 0-9 and
// then seven digits, such as VDS1000140.
func CheckSerialNumber(s string) error {
	if len(s) != serialNumberSize {
		return fmt.Errorf("%w: %d characters, must be %d", ErrSerialNumber, len(s), serialNumberSize)
	}
	if strings.Trim(s[:serialPrefixSize], decimals+"ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || !isDecimal(s[serialPrefixSize:]) {
		return fmt.Errorf("%w: %q is not three of A-Z and 0-9 followed by seven digits", ErrSerialNumber, s)
	}
	return nil
}

// InstanceName returns a licence's serial number, a hyphen and the instance's
// sequence number, such as VDS1000140-1 (section 8).
func InstanceName(serialNumber string, sequenceNumber uint8) string {
	return serialNumber + "-" + strconv.Itoa(int(sequenceNumber))
}

// ParseInstanceName takes an instance's name apart; the sequence number is 1
// to 255.
func ParseInstanceName(name string) (serialNumber string, sequenceNumber uint8, err error) {
	serialNumber, sequence, _ := strings.Cut(name, "-")
	if err := CheckSerialNumber(serialNumber); err != nil {
		return "", 0, err
	}
	number, err := strconv.ParseUint(sequence, 10, 8)
	if err != nil || number == 0 || sequence != strconv.FormatUint(number, 10) {
		return "", 0, fmt.Errorf("%w: %q does not end in a hyphen and a number from 1 to 255", ErrSerialNumber, name)
	}
	return serialNumber, uint8(number), nil
}

// isDecimal reports whether s holds nothing but decimal digits.
func isDecimal(s string) bool { return strings.Trim(s, decimals) == "" }
