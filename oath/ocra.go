package oath

import (
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// questionSize is the length of the question's field in DataInput
// (RFC 6287 section 5.1).
const questionSize = 128

// OCRAInput holds the fields of DataInput. A suite reads those that it names
// and leaves the others alone.
type OCRAInput struct {
	Counter  uint64
	Question string // digits, characters or hex digits, by the suite's format
	PIN      string
	Time     time.Time
}

// Response returns the OCRA value of the input under key (RFC 6287 section 5.2).
func (s OCRASuite) Response(key []byte, input OCRAInput) (string, error) {
	h, err := s.algorithm.hash()
	if err != nil {
		return "", fmt.Errorf("%w: use ParseOCRASuite", ErrSuite)
	}
	if len(key) == 0 {
		return "", fmt.Errorf("%w: the key is empty", ErrInput)
	}
	dataInput, err := s.dataInput(input)
	if err != nil {
		return "", err
	}
	mac := hmac.New(h, key)
	mac.Write(dataInput)
	return show(truncate(mac.Sum(nil), s.digits), s.digits), nil
}

// dataInput returns the suite, a zero byte, and the fields in the order C Q P T.
func (s OCRASuite) dataInput(input OCRAInput) ([]byte, error) {
	data := append([]byte(s.name), 0)
	if s.counter {
		data = binary.BigEndian.AppendUint64(data, input.Counter)
	}
	question, err := s.question(input.Question)
	if err != nil {
		return nil, err
	}
	data = append(data, question...)
	data = append(data, make([]byte, questionSize-len(question))...)
	if s.pin != "" {
		h, err := s.pin.hash()
		if err != nil {
			return nil, err
		}
		digest := h()
		digest.Write([]byte(input.PIN))
		data = digest.Sum(data)
	}
	if s.step != 0 {
		if input.Time.Unix() < 0 {
			return nil, fmt.Errorf("%w: the time lies before 1970", ErrInput)
		}
		data = binary.BigEndian.AppendUint64(data, uint64(input.Time.Unix())/uint64(s.step/time.Second))
	}
	return data, nil
}

// question encodes Q. Mutual challenge-response asks two questions in one
// (RFC 6287 section 7.2), hence twice the suite's length.
func (s OCRASuite) question(q string) ([]byte, error) {
	if q == "" || len(q) > 2*s.length {
		return nil, fmt.Errorf("%w: question of %d characters, the suite allows 1 to %d (twice that in mutual mode)", ErrInput, len(q), s.length)
	}
	switch s.format {
	case 'A':
		return []byte(q), nil
	case 'N':
		return decimalQuestion(q)
	}
	return hexQuestion(q)
}

func decimalQuestion(q string) ([]byte, error) {
	if strings.Trim(q, "0123456789") != "" {
		return nil, fmt.Errorf("%w: the question has other characters than digits", ErrInput)
	}
	number, _ := new(big.Int).SetString(q, 10)
	return hexQuestion(number.Text(16))
}

// hexQuestion fills the field from the left: an odd last digit is followed by
// a zero.
func hexQuestion(q string) ([]byte, error) {
	if len(q)%2 == 1 {
		q += "0"
	}
	question, err := hex.DecodeString(q)
	if err != nil {
		return nil, fmt.Errorf("%w: the question has other characters than hex digits", ErrInput)
	}
	return question, nil
}
