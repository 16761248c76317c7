package dsapp

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/dsappd/dsappd/oath"
)

// The bounds of what is signed (section 12).
const (
	MaxDataFields = 8
	MaxDataField  = 255 // bytes of UTF-8
)

// Question holds the hash that a device signs: of data fields, or of a request.
type Question [sha256.Size]byte

// DataQuestion returns the question of 1 to 8 data fields (section 12). Empty
// fields at the end do not count; one that is left must not be all there is.
func DataQuestion(fields []string) (Question, error) {
	for len(fields) > 0 && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) == 0 || len(fields) > MaxDataFields {
		return Question{}, fmt.Errorf("%w: there are %d, must be 1 to %d that are not all empty", ErrDataField, len(fields), MaxDataFields)
	}
	text := []byte("dsapp/1 signature")
	for i, field := range fields {
		if len(field) > MaxDataField || !utf8.ValidString(field) {
			return Question{}, fmt.Errorf("%w %d: must have at most %d bytes of UTF-8", ErrDataField, i+1, MaxDataField)
		}
		text = appendText(text, field)
	}
	return sha256.Sum256(text), nil
}

// Sign returns the signature over a question: OCRA (RFC 6287) under the
// authenticator's secret, with its algorithm and digits, and over the moving
// factor (section 12).
func Sign(secret []byte, movingFactor uint64, p oath.Parameters, q Question) (string, error) {
	suite, err := signatureSuite(p)
	if err != nil {
		return "", err
	}
	return suite.Response(secret, signatureInput(movingFactor, q))
}

// MatchSignature looks for a signature among those of the moving factors
// from..to, both included, as MatchChallengeResponse does.
func MatchSignature(secret []byte, signature string, p oath.Parameters, q Question, from, to uint64) (movingFactor uint64, ok bool) {
	suite, err := signatureSuite(p)
	if err != nil || len(signature) != p.Digits {
		return 0, false
	}
	return matchOCRA(suite, secret, signature, from, to, func(factor uint64) oath.OCRAInput { return signatureInput(factor, q) })
}

// ConfirmationCode returns the 8 digits by which the server shows the user that
// it took a signature over a question (section 12).
func ConfirmationCode(secret []byte, q Question, signature string) (string, error) {
	suite, err := oath.ParseOCRASuite("OCRA-1:HOTP-SHA256-8:QH64")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(append([]byte("dsapp/1 confirmation"), q[:]...), signature...))
	return suite.Response(secret, oath.OCRAInput{Question: EncodeHex(sum[:])})
}

func signatureSuite(p oath.Parameters) (oath.OCRASuite, error) {
	input := "C-QH64"
	if p.Type == oath.TOTP {
		input = "QH64-T30S"
	}
	return suiteOf(p, input)
}

func signatureInput(movingFactor uint64, q Question) oath.OCRAInput {
	return movingInput(movingFactor, EncodeHex(q[:]))
}

// appendText appends a text's length in 2 bytes, and the text.
func appendText(dst []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(text))), text...)
}

// cutText takes a text off the front, as appendText wrote it.
func cutText(b []byte) (text string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	size := 2 + int(binary.BigEndian.Uint16(b))
	if len(b) < size || !utf8.Valid(b[2:size]) {
		return "", nil, false
	}
	return string(b[2:size]), b[size:], true
}
