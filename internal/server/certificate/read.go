package certificate

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"strings"
)

// Error is a fault of a file, in constant words.
type Error string

func (e Error) Error() string { return string(e) }

const (
	errNoCertificate = Error("the file holds no certificate in PEM")
	errNoKey         = Error("the file holds no private key in PEM")
	errLegacyKey     = Error("RSA key exchange needs an RSA certificate")
)

// Read reads the certificates of a file in PEM, at least one. Keys beside them
// are passed over.
func Read(name string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var found []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: %w", name, errNoCertificate)
	}
	return found, nil
}

// readKeyFile refuses a key that others can read.
func readKeyFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); mode.Perm()&0o077 != 0 {
		return nil, &OpenKeyError{Name: name, Mode: mode}
	}
	return io.ReadAll(file)
}

// OpenKeyError is a file with a private key that others than its owner can
// read.
type OpenKeyError struct {
	Name string
	Mode os.FileMode
}

func (e *OpenKeyError) Error() string {
	return fmt.Sprintf("%s holds a private key and can be read by others (%v)", e.Name, e.Mode)
}

// Fingerprint returns the SHA-256 of a certificate, as openssl and browsers
// show it.
func Fingerprint(c *x509.Certificate) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(c.Raw)), " ", ":")
}
