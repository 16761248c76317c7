package datafolder

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/server/certificate"
)

// What the folder tls in a data folder holds.
const (
	tlsFolder         = "tls"
	authorityFile     = tlsFolder + "/ca.pem"
	authorityKey      = tlsFolder + "/ca.key"
	ServerCertificate = tlsFolder + "/server.pem" // with its key
)

// CertificateOptions say what a data folder's certificate is for.
type CertificateOptions struct {
	// Hosts are names and IP addresses besides this machine's name, localhost
	// and its addresses, and besides those of the certificate that is renewed.
	Hosts []string

	// NewCA makes a new CA, which clients have to trust anew.
	NewCA bool

	// Now and Rand are the clock and the source of randomness; nil: the
	// system's.
	Now  func() time.Time
	Rand io.Reader
}

func (o CertificateOptions) withDefaults() CertificateOptions {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

// RenewCertificate makes a new server's certificate in the data folder dir,
// under its CA; where it has none, it makes one. A server that is running
// takes the certificate within a second, at the next connection.
func RenewCertificate(dir string, options CertificateOptions) error {
	if err := checkFolder(dir); err != nil {
		return err
	}
	if err := checkModes(dir); err != nil {
		return err
	}
	return renewCertificate(dir, options.withDefaults())
}

func renewCertificate(dir string, options CertificateOptions) error {
	hosts, err := certifiedHosts(dir, options.Hosts)
	if err != nil {
		return err
	}
	ca, err := authority(dir, options)
	if err != nil {
		return err
	}
	pem, err := ca.Issue(options.Rand, hosts, options.Now())
	if err != nil {
		return hint.Add(fmt.Errorf("%w: %w", ErrCertificate, err),
			"make another CA, which clients have to trust anew, with: dsappd tls renew --new-ca --dir %s", hint.ShellWord(dir))
	}
	return atomicfile.Write(filepath.Join(dir, ServerCertificate), pem, 0o600)
}

// IssueClientCertificate writes a new certificate and its key into file, which
// must not exist. Whoever has it calls the listeners whose client_ca is the
// folder's CA, under this name.
func IssueClientCertificate(dir, name, file string, options CertificateOptions) error {
	options = options.withDefaults()
	if err := checkFolder(dir); err != nil {
		return err
	}
	if name == "" || len(name) > 64 || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%w: the client's name is %q; it must have 1 to 64 characters", ErrCertificate, name)
	}
	ca, err := authority(dir, options)
	if err != nil {
		return err
	}
	pem, err := ca.IssueClient(options.Rand, name, options.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return hint.Add(fmt.Errorf("%w: %w", ErrCertificate, err), "name a file that does not exist")
	}
	_, err = made.Write(pem)
	return errors.Join(err, made.Sync(), made.Close())
}

// authority returns the CA of a data folder. It makes a new one where there is
// none or a new one is asked for.
func authority(dir string, options CertificateOptions) (*certificate.Authority, error) {
	name, keyName := filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKey)
	if options.NewCA || isMissing(name) && isMissing(keyName) {
		return newAuthority(dir, options)
	}
	ca, err := certificate.ReadAuthority(name, keyName)
	if open, ok := errors.AsType[*certificate.OpenKeyError](err); ok {
		return nil, hint.Add(fmt.Errorf("%w: %w", ErrCertificate, err), "chmod 600 %s", hint.ShellWord(open.Name))
	}
	if err != nil {
		return nil, hint.Add(fmt.Errorf("%w: the CA of %s: %w", ErrCertificate, dir, err),
			"bring it back from a backup, or make another, which clients have to trust anew, with --new-ca")
	}
	return ca, nil
}

func isMissing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// newAuthority writes the key first: a CA whose key is another's is refused,
// and made anew.
func newAuthority(dir string, options CertificateOptions) (*certificate.Authority, error) {
	mark := make([]byte, 4)
	if _, err := io.ReadFull(options.Rand, mark); err != nil {
		return nil, fmt.Errorf("draw the name of the CA: %w", err)
	}
	// The mark tells CAs apart where people see them in a list.
	ca, err := certificate.NewAuthority(options.Rand, "dsappd CA "+hex.EncodeToString(mark), options.Now())
	if err != nil {
		return nil, err
	}
	pem, key, err := ca.PEM()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, tlsFolder), 0o700); err != nil {
		return nil, err
	}
	if err := atomicfile.Write(filepath.Join(dir, authorityKey), key, 0o600); err != nil {
		return nil, err
	}
	return ca, atomicfile.Write(filepath.Join(dir, authorityFile), pem, 0o600)
}

// certifiedHosts lists the hosts of this machine, of the certificate that there
// is, and more, each once.
func certifiedHosts(dir string, more []string) ([]string, error) {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		if name, err = certificate.ParseHost(name); err == nil {
			hosts = append([]string{name}, hosts...)
		}
	}
	if old, err := certificate.Read(filepath.Join(dir, ServerCertificate)); err == nil {
		hosts = append(hosts, certificate.Hosts(old[0])...)
	}
	for _, text := range more {
		host, err := certificate.ParseHost(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
		}
		hosts = append(hosts, host)
	}
	var once []string
	for _, host := range hosts {
		if !slices.Contains(once, host) {
			once = append(once, host)
		}
	}
	return once, nil
}
