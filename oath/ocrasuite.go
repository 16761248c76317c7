package oath

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An OCRASuite says how an OCRA value is computed and of what (RFC 6287
// section 6). Make one with ParseOCRASuite.
type OCRASuite struct {
	name      string
	algorithm Algorithm
	digits    int
	counter   bool
	format    byte // of the question: A, N or H
	length    int  // of the question, in characters, 4 to 64
	pin       Algorithm
	step      time.Duration
}

// ParseOCRASuite reads a suite such as OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1:
// version 1, HOTP truncation to 4 to 10 digits, and the inputs C, Q, P and T.
// Session information (S) and responses without truncation (0 digits) are not
// supported.
func ParseOCRASuite(name string) (OCRASuite, error) {
	parts := strings.Split(name, ":")
	if len(parts) != 3 || parts[0] != "OCRA-1" {
		return OCRASuite{}, fmt.Errorf("%w %q: must have the form OCRA-1:function:input", ErrSuite, name)
	}
	s := OCRASuite{name: name}
	if err := s.parseFunction(parts[1]); err != nil {
		return OCRASuite{}, err
	}
	if err := s.parseInputs(strings.Split(parts[2], "-")); err != nil {
		return OCRASuite{}, err
	}
	return s, nil
}

// String returns the suite as it was parsed.
func (s OCRASuite) String() string { return s.name }

func (s *OCRASuite) parseFunction(function string) error {
	parts := strings.Split(function, "-")
	if len(parts) != 3 || parts[0] != "HOTP" {
		return fmt.Errorf("%w: function %q is not HOTP-hash-digits", ErrSuite, function)
	}
	s.algorithm = Algorithm(parts[1])
	if _, err := s.algorithm.hash(); err != nil {
		return fmt.Errorf("%w: function %q: %w", ErrSuite, function, err)
	}
	digits, ok := number(parts[2], 4, 10)
	if !ok || parts[2][0] == '0' {
		return fmt.Errorf("%w: function %q: digits are 4 to 10", ErrSuite, function)
	}
	s.digits = digits
	return nil
}

// parseInputs reads the fields in their fixed order: C, Q, P, T.
func (s *OCRASuite) parseInputs(fields []string) error {
	if fields[0] == "C" {
		s.counter, fields = true, fields[1:]
	}
	if len(fields) == 0 || !s.parseQuestion(fields[0]) {
		return fmt.Errorf("%w %q: the question must be QA, QN or QH with 04 to 64", ErrSuite, s.name)
	}
	fields = fields[1:]
	if len(fields) > 0 && s.parsePIN(fields[0]) {
		fields = fields[1:]
	}
	if len(fields) > 0 && s.parseStep(fields[0]) {
		fields = fields[1:]
	}
	if len(fields) > 0 {
		return fmt.Errorf("%w %q: input %q is unknown, out of order or not supported", ErrSuite, s.name, fields[0])
	}
	return nil
}

func (s *OCRASuite) parseQuestion(field string) bool {
	if len(field) != 4 || field[0] != 'Q' || !strings.ContainsRune("ANH", rune(field[1])) {
		return false
	}
	length, ok := number(field[2:], 4, 64)
	s.format, s.length = field[1], length
	return ok
}

func (s *OCRASuite) parsePIN(field string) bool {
	name, ok := strings.CutPrefix(field, "P")
	if _, err := Algorithm(name).hash(); !ok || err != nil {
		return false
	}
	s.pin = Algorithm(name)
	return true
}

// parseStep reads T and a time step: 1 to 59 seconds (S) or minutes (M), or
// 1 to 48 hours (H).
func (s *OCRASuite) parseStep(field string) bool {
	if len(field) < 3 || field[0] != 'T' || field[1] == '0' {
		return false
	}
	unit, most := time.Second, 59
	switch field[len(field)-1] {
	case 'S':
	case 'M':
		unit = time.Minute
	case 'H':
		unit, most = time.Hour, 48
	default:
		return false
	}
	count, ok := number(field[1:len(field)-1], 1, most)
	s.step = time.Duration(count) * unit
	return ok
}

// number reads one or two decimal digits from least to most.
func number(s string, least, most int) (int, bool) {
	if len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= least && n <= most
}
