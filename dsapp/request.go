package dsapp

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/dsappd/dsappd/oath"
)

// RequestKind says what a device is asked for.
type RequestKind byte

// The kinds of requests, as the second byte of a message has them.
const (
	LoginRequest     RequestKind = 3
	SignatureRequest RequestKind = 4
)

// String returns the kind in words.
func (k RequestKind) String() string {
	if k == LoginRequest {
		return "login request"
	}
	return "signature request"
}

// The sizes of a request message in bytes (section 13).
const (
	requestHeaderSize = 25
	requestTagSize    = 16
	maxRequestMessage = 512
	// MaxRequestText bounds the texts of a request: the bytes of all of them,
	// and 2 for each.
	MaxRequestText = maxRequestMessage - requestHeaderSize - requestTagSize
)

// RequestHeader says which authenticator a request is for. Everybody may read it.
type RequestHeader struct {
	Kind           RequestKind
	SerialNumber   string
	SequenceNumber uint8 // of the instance; 0: an authenticator for one device
	Nonce          [8]byte
	Expiry         time.Time // to the second, 1970 to 2106
}

// Name returns the authenticator's serial number, or the instance's name.
func (h RequestHeader) Name() string {
	if h.SequenceNumber == 0 {
		return h.SerialNumber
	}
	return InstanceName(h.SerialNumber, h.SequenceNumber)
}

// Request asks a device to log its user in, or to sign, and says what it is to
// show (section 13).
type Request struct {
	RequestHeader
	Title  string
	Fields []RequestField
}

// RequestField holds a line that the device shows.
type RequestField struct {
	Key   string // may be empty
	Value string
}

// RequestMessage carries a request, encrypted for one authenticator.
type RequestMessage struct {
	RequestHeader
	ciphertext []byte
	tag        [requestTagSize]byte
}

// Seal encrypts the request under the secret of its authenticator.
func (r Request) Seal(secret []byte) (RequestMessage, error) {
	r.Expiry = r.Expiry.Truncate(time.Second).UTC()
	text, err := r.text()
	if err != nil {
		return RequestMessage{}, err
	}
	encrypt, authentic, err := r.keys(secret)
	if err != nil {
		return RequestMessage{}, err
	}
	m := RequestMessage{RequestHeader: r.RequestHeader}
	m.tag = [requestTagSize]byte(authenticate(authentic, r.header(), text))
	m.ciphertext, err = counterMode(encrypt, m.tag[:], text)
	return m, err
}

// Open decrypts the request under the secret of its authenticator. Under any
// other the error is ErrAuthentication.
func (m RequestMessage) Open(secret []byte) (Request, error) {
	encrypt, authentic, err := m.keys(secret)
	if err != nil {
		return Request{}, err
	}
	text, err := counterMode(encrypt, m.tag[:], m.ciphertext)
	if err != nil {
		return Request{}, err
	}
	if !hmac.Equal(m.tag[:], authenticate(authentic, m.header(), text)[:requestTagSize]) {
		return Request{}, fmt.Errorf("%s: %w", ErrRequest, ErrAuthentication)
	}
	r := Request{RequestHeader: m.RequestHeader}
	return r, r.read(text)
}

// String returns the message in hex, as the QR code holds it.
func (m RequestMessage) String() string {
	return EncodeHex(append(append(m.header(), m.ciphertext...), m.tag[:]...))
}

// ParseRequestMessage reads a message; only Open can say whether it is genuine.
func ParseRequestMessage(s string) (RequestMessage, error) {
	if len(s) > 2*maxRequestMessage || len(s) < 2*(requestHeaderSize+requestTagSize+2) {
		return RequestMessage{}, fmt.Errorf("%w: %d characters, must be %d to %d", ErrRequest, len(s), 2*(requestHeaderSize+requestTagSize+2), 2*maxRequestMessage)
	}
	b, err := DecodeHex(s, len(s)/2)
	if err != nil {
		return RequestMessage{}, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if b[0] != 1 {
		return RequestMessage{}, fmt.Errorf("%w: is of version %d, must be 1", ErrRequest, b[0])
	}
	m := RequestMessage{
		RequestHeader: RequestHeader{
			Kind: RequestKind(b[1]), SerialNumber: string(b[2:12]), SequenceNumber: b[12], Nonce: [8]byte(b[13:21]),
			Expiry: time.Unix(int64(binary.BigEndian.Uint32(b[21:25])), 0).UTC(),
		},
		ciphertext: b[requestHeaderSize : len(b)-requestTagSize],
		tag:        [requestTagSize]byte(b[len(b)-requestTagSize:]),
	}
	return m, m.check()
}

// Question returns what the device answers: the hash of the request.
func (r Request) Question() (Question, error) {
	text, err := r.text()
	if err != nil {
		return Question{}, err
	}
	return sha256.Sum256(append(append([]byte("dsapp/1 request"), r.header()...), text...)), nil
}

// Answer returns the device's answer to a request: OCRA (RFC 6287) over the
// request alone, with the algorithm and digits of the authenticator.
func Answer(secret []byte, p oath.Parameters, q Question) (string, error) {
	suite, err := suiteOf(p, "QH64")
	if err != nil {
		return "", err
	}
	return suite.Response(secret, oath.OCRAInput{Question: EncodeHex(q[:])})
}

// MatchAnswer reports in constant time whether a text is the answer.
func MatchAnswer(secret []byte, answer string, p oath.Parameters, q Question) bool {
	want, err := Answer(secret, p, q)
	return err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(answer)) == 1
}

func (h RequestHeader) check() error {
	if h.Kind != LoginRequest && h.Kind != SignatureRequest {
		return fmt.Errorf("%w: is of kind %d, must be %d or %d", ErrRequest, h.Kind, LoginRequest, SignatureRequest)
	}
	if err := CheckSerialNumber(h.SerialNumber); err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if seconds := h.Expiry.Unix(); seconds < 0 || seconds > math.MaxUint32 {
		return fmt.Errorf("%w: the expiry does not fit into 32 bits of Unix seconds", ErrRequest)
	}
	return nil
}

func (h RequestHeader) header() []byte {
	b := append([]byte{1, byte(h.Kind)}, h.SerialNumber...)
	b = append(append(b, h.SequenceNumber), h.Nonce[:]...)
	return binary.BigEndian.AppendUint32(b, uint32(h.Expiry.Unix()))
}

// keys derives the message's keys from the secret of its authenticator.
func (h RequestHeader) keys(secret []byte) (encrypt, authentic []byte, err error) {
	if len(secret) == 0 {
		return nil, nil, fmt.Errorf("%w: the secret is empty", ErrKey)
	}
	keys, err := hkdf.Key(sha256.New, secret, h.Nonce[:], "dsapp/1 request"+string(h.header()), 64)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return keys[:32], keys[32:], nil
}

// text checks the request and returns what is encrypted of it.
func (r Request) text() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	all := []string{r.Title}
	for _, f := range r.Fields {
		all = append(all, f.Key, f.Value)
	}
	var text []byte
	for _, one := range all {
		if len(one) > MaxRequestText || !utf8.ValidString(one) {
			return nil, fmt.Errorf("%w: a text is too long or not UTF-8", ErrRequest)
		}
		text = appendText(text, one)
	}
	if len(text) > MaxRequestText {
		return nil, fmt.Errorf("%w: the texts take %d bytes, at most %d", ErrRequest, len(text), MaxRequestText)
	}
	return text, nil
}

// read takes the texts apart.
func (r *Request) read(text []byte) error {
	malformed := fmt.Errorf("%w: its texts are not a title and pairs of key and value", ErrRequest)
	var ok bool
	if r.Title, text, ok = cutText(text); !ok {
		return malformed
	}
	for len(text) > 0 {
		var f RequestField
		if f.Key, text, ok = cutText(text); !ok {
			return malformed
		}
		if f.Value, text, ok = cutText(text); !ok {
			return malformed
		}
		r.Fields = append(r.Fields, f)
	}
	return nil
}
