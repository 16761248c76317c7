package pskc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// maxIterations bounds the work that a file can ask for: some seconds.
const maxIterations = 10_000_000

// encryptionKey and macMethod are elements as they stand in a file.
type encryptionKey struct {
	KeyName  *string
	X509Data *struct{}
	Derived  *struct {
		Method struct {
			Algorithm  string `xml:",attr"`
			Parameters struct {
				Salt struct {
					Specified string
				}
				IterationCount string
				KeyLength      string
				PRF            struct {
					Algorithm string `xml:",attr"`
				}
			} `xml:"PBKDF2-params"`
		} `xml:"KeyDerivationMethod"`
	} `xml:"DerivedKey"`
}

type macMethod struct {
	Algorithm string          `xml:",attr"`
	Key       *encryptedValue `xml:"MACKey"`
}

// keys are those that open the values of a container.
type keys struct {
	encryption []byte // nil: nothing is encrypted
	macHash    func() hash.Hash
	mac        []byte // nil: there is no MAC
}

// open takes the shared key, or derives one from the password.
func (k *keys) open(e encryptionKey, options Options) (err error) {
	switch {
	case e.Derived != nil && options.Password == "":
		return fmt.Errorf("%w under a password: give it", ErrEncrypted)
	case e.Derived != nil:
		k.encryption, err = e.derive(options.Password)
		return err
	case e.X509Data != nil:
		return fmt.Errorf("%w: the keys are encrypted to a certificate; ask for a file that is encrypted under a shared key or a password", ErrUnsupported)
	case len(options.Key) == 0:
		name := ""
		if e.KeyName != nil {
			name = ", which the file calls " + strconv.Quote(text(*e.KeyName))
		}
		return fmt.Errorf("%w under a shared key%s: give it", ErrEncrypted, name)
	}
	k.encryption = options.Key
	return nil
}

// derive derives a key by PBKDF2 (RFC 8018), whose parameters RFC 6030 section
// 6.2 names.
func (e encryptionKey) derive(password string) ([]byte, error) {
	method := e.Derived.Method
	if !strings.HasSuffix(text(method.Algorithm), "pbkdf2") {
		return nil, fmt.Errorf("%w: the key derivation %q; pbkdf2 is supported", ErrUnsupported, method.Algorithm)
	}
	parameters := method.Parameters
	salt, err := decodeBase64("salt", parameters.Salt.Specified)
	var iterations, length int
	err = errors.Join(err, readInt("IterationCount", parameters.IterationCount, &iterations), readInt("KeyLength", parameters.KeyLength, &length))
	if err != nil {
		return nil, err
	}
	if iterations < 1 || iterations > maxIterations || length < 16 || length > 32 {
		return nil, fmt.Errorf("%w: a key of %d bytes by %d rounds of PBKDF2; 16 to 32 bytes and up to %d rounds are supported", ErrUnsupported, length, iterations, maxIterations)
	}
	prf := sha1.New
	if name := text(parameters.PRF.Algorithm); name != "" {
		if prf = hmacHash(name); prf == nil {
			return nil, fmt.Errorf("%w: PBKDF2 with %q", ErrUnsupported, name)
		}
	}
	return pbkdf2.Key(prf, password, salt, iterations, length)
}

// hmacHash returns the hash of an HMAC by its URI, whose prefixes files
// mistake; nil: it is not supported.
func hmacHash(uri string) func() hash.Hash {
	uri = strings.ToLower(text(uri))
	for _, known := range []struct {
		name string
		hash func() hash.Hash
	}{
		{"hmac-sha1", sha1.New}, {"hmac-sha224", sha256.New224}, {"hmac-sha256", sha256.New}, {"hmac-sha384", sha512.New384}, {"hmac-sha512", sha512.New},
		{"hmacwithsha1", sha1.New}, {"hmacwithsha256", sha256.New}, {"hmacwithsha512", sha512.New},
	} {
		if strings.HasSuffix(uri, known.name) {
			return known.hash
		}
	}
	return nil
}

// openMAC opens the key of the MAC; without one, files of before RFC 6030 mean
// the encryption key.
func (k *keys) openMAC(m macMethod) error {
	if k.macHash = hmacHash(m.Algorithm); k.macHash == nil {
		return fmt.Errorf("%w: the MAC %q; HMAC with SHA-1 and SHA-2 is supported", ErrUnsupported, m.Algorithm)
	}
	if m.Key == nil {
		k.mac = k.encryption
		return nil
	}
	if k.encryption == nil {
		return fmt.Errorf("%w: it has a MACKey and no EncryptionKey before it", ErrSyntax)
	}
	plain, err := k.decipher(*m.Key)
	if errors.Is(err, errPadding) {
		return fmt.Errorf("%w: the key of the MACs does not open", ErrWrongKey)
	}
	k.mac = plain
	return err
}

// decrypt checks the MAC of a value, and opens it.
func (k *keys) decrypt(e encryptedValue, mac string, options Options) ([]byte, error) {
	if k.encryption == nil {
		return nil, fmt.Errorf("%w: it has a value that is encrypted and no EncryptionKey before it", ErrSyntax)
	}
	if text(mac) == "" {
		if !options.WithoutMAC && !isKeyWrap(e.Method.Algorithm) {
			return nil, fmt.Errorf("%w: the value has none, which %s asks for", ErrMAC, e.Method.Algorithm)
		}
		return k.opened(e)
	}
	if k.mac == nil {
		return nil, fmt.Errorf("%w: the file does not say how it is made", ErrMAC)
	}
	want, err := decodeBase64("ValueMAC", mac)
	if err != nil {
		return nil, err
	}
	sealed, err := decodeBase64("CipherValue", e.Data.Value)
	if err != nil {
		return nil, err
	}
	if hmac.Equal(k.sum(sealed), want) {
		return k.opened(e)
	}
	// Some makers have the MAC over what was encrypted.
	plain, err := k.decipher(e)
	if err != nil || !hmac.Equal(k.sum(plain), want) {
		return nil, fmt.Errorf("%w: the value was changed, or the key or the password is wrong", ErrMAC)
	}
	return plain, nil
}

func (k *keys) sum(of []byte) []byte {
	mac := hmac.New(k.macHash, k.mac)
	mac.Write(of)
	return mac.Sum(nil)
}

var errPadding = errors.New("the padding is wrong")

func (k *keys) opened(e encryptedValue) ([]byte, error) {
	plain, err := k.decipher(e)
	if errors.Is(err, errPadding) {
		return nil, ErrWrongKey
	}
	return plain, err
}

const xmlEncryption = "http://www.w3.org/2001/04/xmlenc#"

func isKeyWrap(algorithm string) bool {
	return strings.HasPrefix(text(algorithm), xmlEncryption+"kw-aes")
}

// decipher opens a value by its algorithm.
func (k *keys) decipher(e encryptedValue) ([]byte, error) {
	sealed, err := decodeBase64("CipherValue", e.Data.Value)
	if err != nil {
		return nil, err
	}
	algorithm := strings.TrimPrefix(text(e.Method.Algorithm), xmlEncryption)
	size, known := map[string]int{
		"aes128-cbc": 16, "aes192-cbc": 24, "aes256-cbc": 32, "tripledes-cbc": 0, "kw-aes128": 16, "kw-aes192": 24, "kw-aes256": 32,
	}[algorithm]
	if !known {
		return nil, fmt.Errorf("%w: the encryption %q", ErrUnsupported, e.Method.Algorithm)
	}
	if size == 0 {
		return k.decipherTripleDES(sealed)
	}
	if len(k.encryption) != size {
		return nil, fmt.Errorf("%w: %s takes a key of %d bytes, and the one given has %d", ErrWrongKey, algorithm, size, len(k.encryption))
	}
	block, err := aes.NewCipher(k.encryption)
	if err != nil {
		return nil, err
	}
	if isKeyWrap(e.Method.Algorithm) {
		return unwrap(block, sealed)
	}
	return decipherCBC(block, sealed)
}

// decipherTripleDES takes keys of 24 bytes, and of 16, whose first 8 come again.
func (k *keys) decipherTripleDES(sealed []byte) ([]byte, error) {
	key := k.encryption
	if len(key) == 16 {
		key = append(key[:16:16], key[:8]...)
	}
	block, err := des.NewTripleDESCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: tripledes-cbc takes a key of 16 or 24 bytes, and the one given has %d", ErrWrongKey, len(k.encryption))
	}
	return decipherCBC(block, sealed)
}

// decipherCBC takes the IV from the beginning, and the padding of XML
// Encryption from the end: the last byte says how long it is.
func decipherCBC(block cipher.Block, sealed []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(sealed) < 2*size || len(sealed)%size != 0 {
		return nil, errPadding
	}
	plain := make([]byte, len(sealed)-size)
	cipher.NewCBCDecrypter(block, sealed[:size]).CryptBlocks(plain, sealed[size:])
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size {
		return nil, errPadding
	}
	return plain[:len(plain)-padding], nil
}

// unwrap undoes AES Key Wrap (RFC 3394 section 2.2.2), which has its own check.
func unwrap(block cipher.Block, sealed []byte) ([]byte, error) {
	n := len(sealed)/8 - 1
	if n < 2 || len(sealed)%8 != 0 {
		return nil, errPadding
	}
	var a, b [16]byte
	copy(a[:8], sealed)
	plain := append([]byte{}, sealed[8:]...)
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			t := binary.BigEndian.Uint64(a[:8]) ^ uint64(n*j+i)
			binary.BigEndian.PutUint64(b[:8], t)
			copy(b[8:], plain[(i-1)*8:i*8])
			block.Decrypt(b[:], b[:])
			copy(a[:8], b[:8])
			copy(plain[(i-1)*8:], b[8:])
		}
	}
	want := [8]byte{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6}
	if subtle.ConstantTimeCompare(a[:8], want[:]) != 1 {
		return nil, errPadding
	}
	return plain, nil
}
