package dsappd

import (
	"context"
	"io"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// InitOptions say what a new data folder begins with. The zero value makes an
// empty folder without a certificate.
type InitOptions struct {
	// Sample fills the folder with the users, authenticators and components of
	// a lab. Their passwords are public.
	Sample bool

	// Settings is the text of settings.toml; empty: the defaults, each with
	// its comment.
	Settings string

	// Certificate makes a CA and a certificate for localhost, this machine's
	// name and Hosts. Without one, only this machine can be served.
	Certificate bool
	Hosts       []string // names and IP addresses

	// Now and Rand are the clock and the source of randomness; nil: the
	// system's.
	Now  func() time.Time
	Rand io.Reader
}

// Init makes a data folder at dir, whole or not at all. A dir that exists must
// be empty. The error wraps ErrNotEmpty, ErrNoFolder, ErrSettings or
// ErrCertificate, or is the file system's.
func Init(ctx context.Context, dir string, options InitOptions) error {
	inner := datafolder.InitOptions{Sample: options.Sample, Settings: options.Settings, Now: options.Now, Rand: options.Rand}
	if options.Certificate {
		inner.Certificate = &datafolder.CertificateOptions{Hosts: options.Hosts}
	}
	return datafolder.Init(ctx, dir, inner)
}
