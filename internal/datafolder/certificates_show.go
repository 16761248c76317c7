package datafolder

import (
	"crypto/x509"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/server/certificate"
)

// Certificates are what a data folder's listeners show, and its own CA.
type Certificates struct {
	CA      *Certificate  `json:"ca,omitempty"` // nil: it has none
	Servers []Certificate `json:"servers"`      // each file of the settings once
}

// Certificate is what is known of one without its key.
type Certificate struct {
	File      string    `json:"file"`
	Listeners []string  `json:"listeners,omitempty"` // that show it
	Subject   string    `json:"subject"`
	Hosts     []string  `json:"hosts,omitempty"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	SHA256    string    `json:"sha256"`
}

// ShowCertificates reads the certificates of the data folder dir. Those that
// are not there are left out; another fault wraps ErrCertificate.
func ShowCertificates(dir string) (Certificates, error) {
	if err := checkFolder(dir); err != nil {
		return Certificates{}, err
	}
	settings, err := ReadSettings(dir)
	if err != nil {
		return Certificates{}, err
	}
	shown := Certificates{Servers: []Certificate{}}
	shown.CA, err = showCertificate(filepath.Join(dir, authorityFile))
	for _, l := range settings.listeners() {
		if err == nil {
			err = shown.add(l.name, inFolder(dir, l.Certificate))
		}
	}
	return shown, err
}

// add notes that a listener shows the certificate of a file.
func (c *Certificates) add(listener, file string) error {
	i := slices.IndexFunc(c.Servers, func(known Certificate) bool { return known.File == file })
	if i < 0 {
		found, err := showCertificate(file)
		if found == nil {
			return err
		}
		i = len(c.Servers)
		c.Servers = append(c.Servers, *found)
	}
	c.Servers[i].Listeners = append(c.Servers[i].Listeners, listener)
	return nil
}

// showCertificate returns nil where there is no such file.
func showCertificate(file string) (*Certificate, error) {
	if isMissing(file) {
		return nil, nil
	}
	chain, err := certificate.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	return describe(file, chain[0]), nil
}

func describe(file string, c *x509.Certificate) *Certificate {
	return &Certificate{
		File: file, Subject: c.Subject.String(), Hosts: certificate.Hosts(c),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), SHA256: certificate.Fingerprint(c),
	}
}
