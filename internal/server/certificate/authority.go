package certificate

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"time"
)

// keyBits is the size of RSA keys: clients of the SOAP interface expect RSA,
// also in what signed the certificate.
const keyBits = 2048

// How long certificates are valid. Apple's systems refuse a server's that is
// valid for more than 825 days; the hour before now is for slow clocks.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	serverLife    = 820 * 24 * time.Hour
	backdated     = time.Hour
)

// Authority is a CA that signs certificates of servers and clients. It is not constrained to
// names, as a server gets new ones, and nothing stands between it and them.
type Authority struct {
	Certificate *x509.Certificate
	key         *rsa.PrivateKey
}

// NewAuthority draws the key of a CA of this common name.
func NewAuthority(rand io.Reader, name string, now time.Time) (*Authority, error) {
	key, err := rsa.GenerateKey(rand, keyBits)
	if err != nil {
		return nil, fmt.Errorf("draw the key of the CA: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"dsappd"}, CommonName: name},
		NotBefore:             now.Add(-backdated),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the CA: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	return &Authority{Certificate: made, key: key}, err
}

// ReadAuthority reads a CA from the files of its certificate and of its key,
// which only its owner may read.
func ReadAuthority(certificateFile, keyFile string) (*Authority, error) {
	certificates, err := Read(certificateFile)
	if err != nil {
		return nil, err
	}
	text, err := readKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: %w", keyFile, errNoKey)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s holds no key in PKCS #8: %w", keyFile, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(certificates[0].PublicKey) {
		return nil, fmt.Errorf("%s is not the key of %s", keyFile, certificateFile)
	}
	return &Authority{Certificate: certificates[0], key: key}, nil
}

// PEM returns the contents of the two files that ReadAuthority reads.
func (a *Authority) PEM() (certificate, key []byte, err error) {
	key, err = keyPEM(a.key)
	return certificatePEM(a.Certificate.Raw), key, err
}

// Issue makes a server's certificate for the hosts, names and IP addresses in
// the form of ParseHost, under a key of its own. What it returns is one file
// that holds both, so that they are replaced at once.
func (a *Authority) Issue(rand io.Reader, hosts []string, now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"dsappd"}, CommonName: commonName(hosts)},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, // the latter for RSA key exchange
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	addHosts(template, hosts)
	return a.sign(rand, template, now)
}

// IssueClient makes a certificate by which a client of this name calls, in the
// form of Issue.
func (a *Authority) IssueClient(rand io.Reader, name string, now time.Time) ([]byte, error) {
	return a.sign(rand, &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"dsappd"}, CommonName: name},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, now)
}

// sign draws a key and signs its certificate.
func (a *Authority) sign(rand io.Reader, template *x509.Certificate, now time.Time) ([]byte, error) {
	if !now.Before(a.Certificate.NotAfter) {
		return nil, fmt.Errorf("the CA has expired at %s", a.Certificate.NotAfter.Format(time.RFC3339))
	}
	key, err := rsa.GenerateKey(rand, keyBits)
	if err != nil {
		return nil, fmt.Errorf("draw the key of a certificate: %w", err)
	}
	template.NotBefore, template.NotAfter = now.Add(-backdated), earlier(now.Add(serverLife), a.Certificate.NotAfter)
	der, err := x509.CreateCertificate(rand, template, a.Certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	text, err := keyPEM(key)
	return append(certificatePEM(der), text...), err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func keyPEM(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}
