package phone

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The versions of a state file. A state that the first can hold is written as
// such, so that older programs still open it.
const (
	versionSingle = 1
	versionMDL    = 2
)

const (
	saltSize = 16
	keySize  = 32
	minPIN   = 4
	maxPIN   = 64
)

// header is the part of a sealed state that is not secret. It is the
// associated data of the rest, so a change of it is found.
type header struct {
	Version int
	KDF     kdf
	Nonce   []byte
}

// kdf turns the PIN into a key: Argon2id (RFC 9106), with its parameters
// stored so that they may grow.
type kdf struct {
	Name    string
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
	Salt    []byte
}

type sealed struct {
	Header header
	State  []byte
}

// Seal encrypts a state under a PIN of 4 to 64 characters.
func Seal(rand io.Reader, pin string, s State) ([]byte, error) {
	if err := CheckPIN(pin); err != nil {
		return nil, err
	}
	drawn := make([]byte, saltSize+12)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return nil, fmt.Errorf("draw a salt and nonce: %w", err)
	}
	h := header{
		Version: s.version(),
		KDF:     kdf{Name: "argon2id", Time: 2, Memory: 19 * 1024, Threads: 1, Salt: drawn[:saltSize]},
		Nonce:   drawn[saltSize:],
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode the state: %w", err)
	}
	aead, associated, err := h.open(pin)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(sealed{Header: h, State: aead.Seal(nil, h.Nonce, text, associated)}, "", "  ")
}

func (s State) version() int {
	if s.MDL.Opening == nil && len(s.MDL.Instances) == 0 {
		return versionSingle
	}
	return versionMDL
}

// CheckPIN refuses a PIN that Seal would not take, with ErrPINLength.
func CheckPIN(pin string) error {
	if length := utf8.RuneCountInString(pin); length < minPIN || length > maxPIN {
		return fmt.Errorf("%w: a PIN has %d to %d characters, not %d", ErrPINLength, minPIN, maxPIN, length)
	}
	return nil
}

// Open decrypts what Seal made. A wrong PIN is ErrPIN; a file that cannot be
// read with any PIN is ErrFile.
func Open(pin string, file []byte) (State, error) {
	var content sealed
	if err := json.Unmarshal(file, &content); err != nil {
		return State{}, fmt.Errorf("%w: not a sealed state: %w", ErrFile, err)
	}
	if err := content.Header.check(); err != nil {
		return State{}, err
	}
	aead, associated, err := content.Header.open(pin)
	if err != nil {
		return State{}, err
	}
	text, err := aead.Open(nil, content.Header.Nonce, content.State, associated)
	if err != nil {
		return State{}, ErrPIN
	}
	var s State
	if err := json.Unmarshal(text, &s); err != nil {
		return State{}, fmt.Errorf("%w: the state inside is of another form", ErrFile)
	}
	return s, nil
}

// check refuses other versions, and costs that would stall the machine.
func (h header) check() error {
	if h.Version != versionSingle && h.Version != versionMDL {
		return fmt.Errorf("%w: version %d, this program reads versions %d and %d", ErrFile, h.Version, versionSingle, versionMDL)
	}
	k := h.KDF
	if k.Name != "argon2id" || k.Time < 1 || k.Time > 16 || k.Memory < 8*1024 || k.Memory > 256*1024 ||
		k.Threads < 1 || k.Threads > 16 || len(k.Salt) != saltSize || len(h.Nonce) != 12 {
		return fmt.Errorf("%w: parameters of the key derivation outside their limits", ErrFile)
	}
	return nil
}

// open returns the cipher under the PIN and the header as associated data.
func (h header) open(pin string) (cipher.AEAD, []byte, error) {
	key := argon2.IDKey([]byte(pin), h.KDF.Salt, h.KDF.Time, h.KDF.Memory, h.KDF.Threads, keySize)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, fmt.Errorf("cipher: %w", err)
	}
	associated, err := json.Marshal(h)
	return aead, associated, err
}
