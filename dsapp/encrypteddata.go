package dsapp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Item names what is encrypted, so that one item cannot stand for another.
type Item string

const (
	ItemActivationCode           Item = "activationCode"
	ItemEventReactivationCounter Item = "eventReactivationCounter"
	ItemActivationMessage        Item = "activationMessage"
)

// SessionKeySize is the length in bytes of K.
const SessionKeySize = sha256.Size

// MaxText is the length in bytes of the longest text that an item can hold:
// room for the longest URI of section 4, every byte of its names escaped.
const MaxText = 10240

// EncryptedData is one item on the wire (section 2): three hex strings.
type EncryptedData struct {
	EncryptedData    string // as many bytes as the text, at most MaxText
	EncryptedCounter string // 16 characters
	MAC              string // 64 characters
}

// Encrypt seals the ASCII text of an item under the session key K. The
// counter is 8 random bytes, another for every item of an answer.
func Encrypt(K []byte, counter [8]byte, item Item, text string) (EncryptedData, error) {
	if err := item.check(text); err != nil {
		return EncryptedData{}, err
	}
	keys, err := newItemKeys(K)
	if err != nil {
		return EncryptedData{}, err
	}
	ciphertext, err := counterMode(keys.encrypt, counter[:], []byte(text))
	if err != nil {
		return EncryptedData{}, err
	}
	return EncryptedData{
		EncryptedData:    EncodeHex(ciphertext),
		EncryptedCounter: EncodeHex(counter[:]),
		MAC:              EncodeHex(keys.mac(item, counter[:], ciphertext)),
	}, nil
}

// Decrypt opens an item. Nothing is decrypted before the MAC was found right;
// a wrong one is ErrAuthentication.
func Decrypt(K []byte, item Item, e EncryptedData) (string, error) {
	counter, err := DecodeHex(e.EncryptedCounter, 8)
	if err != nil {
		return "", fmt.Errorf("encryptedCounter: %w", err)
	}
	mac, err := DecodeHex(e.MAC, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("mac: %w", err)
	}
	ciphertext, err := hex.DecodeString(e.EncryptedData)
	if err != nil || len(ciphertext) < 1 || len(ciphertext) > MaxText {
		return "", fmt.Errorf("encryptedData: %w: must be hex of 1 to %d bytes", ErrHex, MaxText)
	}
	keys, err := newItemKeys(K)
	if err != nil {
		return "", err
	}
	if !hmac.Equal(mac, keys.mac(item, counter, ciphertext)) {
		return "", fmt.Errorf("%s: %w", item, ErrAuthentication)
	}
	text, err := counterMode(keys.encrypt, counter, ciphertext)
	if err != nil {
		return "", err
	}
	if err := item.check(string(text)); err != nil {
		return "", err
	}
	return string(text), nil
}

// check refuses an unknown item, and a text that is empty, too long or not
// printable ASCII.
func (i Item) check(text string) error {
	if i != ItemActivationCode && i != ItemEventReactivationCounter && i != ItemActivationMessage {
		return fmt.Errorf("%w: %q is not one of the profile", ErrItem, string(i))
	}
	if len(text) < 1 || len(text) > MaxText {
		return fmt.Errorf("%w %s: %d bytes of text, must be 1 to %d", ErrItem, i, len(text), MaxText)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Errorf("%w %s: the text is not printable ASCII", ErrItem, i)
	}
	return nil
}

// itemKeys are ek and mk of section 2.
type itemKeys struct{ encrypt, authenticate []byte }

func newItemKeys(K []byte) (itemKeys, error) {
	if len(K) != SessionKeySize {
		return itemKeys{}, fmt.Errorf("%w: a session key has %d bytes, not %d", ErrKey, SessionKeySize, len(K))
	}
	encrypt, err := hkdf.Key(sha256.New, K, nil, "dsapp-srp/1 encrypt", 32)
	if err != nil {
		return itemKeys{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	authenticate, err := hkdf.Key(sha256.New, K, nil, "dsapp-srp/1 mac", 32)
	if err != nil {
		return itemKeys{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return itemKeys{encrypt, authenticate}, nil
}

func (k itemKeys) mac(item Item, counter, ciphertext []byte) []byte {
	return authenticate(k.authenticate, []byte(item), []byte{0}, counter, ciphertext)
}

// authenticate returns HMAC-SHA-256 over all parts in a row.
func authenticate(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// counterMode returns AES-256-CTR from a first block that begins with start and
// goes on with zero bytes. Encrypting and decrypting are the same.
func counterMode(key, start, text []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	first := make([]byte, aes.BlockSize)
	copy(first, start)
	out := make([]byte, len(text))
	cipher.NewCTR(block, first).XORKeyStream(out, text)
	return out, nil
}
