package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	agelib "filippo.io/age"

	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/internal/hint"
)

// recipientFlags say to whom a file is sealed.
type recipientFlags struct {
	Recipient     []string `placeholder:"AGE1..." help:"Seal it to this recipient of age; may be repeated."`
	RecipientFile string   `placeholder:"FILE" help:"Likewise, to the recipients that FILE has, one a line."`
}

// recipients reads them; none: nothing is sealed.
func (f recipientFlags) recipients() ([]agelib.Recipient, error) {
	return recipientsOf(f.Recipient, f.RecipientFile)
}

// exportFlags are those of every command that exports.
type exportFlags struct {
	doorFlags
	File string `arg:"" placeholder:"FILE" help:"Write this new file, which only you may read."`
	recipientFlags
}

type userExportCommand struct {
	exportFlags
	Domain    string `placeholder:"DOMAIN" help:"Export the users of this domain; of all if not given."`
	Format    string `enum:"csv,json" default:"csv" help:"Write the file as this: csv,json."`
	Passwords bool   `help:"Add the hashes of the static passwords. The file is then sealed to a recipient."`
}

// Run exports users in a form that an import reads.
func (c *userExportCommand) Run(ctx context.Context, std streams) error {
	return c.export(ctx, std, c.Passwords, func(office bulk.Office, to io.Writer) (bulk.Exported, error) {
		users := bulk.JSONUsers(to)
		if c.Format == "csv" {
			var err error
			if users, err = bulk.CSVUsers(to); err != nil {
				return bulk.Exported{}, err
			}
		}
		return bulk.ExportUsers(ctx, office, users, c.Domain, c.Passwords)
	})
}

type authenticatorExportCommand struct {
	exportFlags
	Domain string `default:"master" placeholder:"DOMAIN" help:"Export the authenticators of this domain."`
}

// Help says what is exported.
func (authenticatorExportCommand) Help() string {
	return `The file is a PSKC container (RFC 6030) with the current secrets and moving factors, and the users who have the authenticators, sealed to the recipients by age. Licences for several devices, PINs and locks have no form in PSKC, and are left out.`
}

// Run exports authenticators in a form that an import reads.
func (c *authenticatorExportCommand) Run(ctx context.Context, std streams) error {
	return c.export(ctx, std, true, func(office bulk.Office, to io.Writer) (bulk.Exported, error) {
		return bulk.ExportAuthenticators(ctx, office, to, c.Domain)
	})
}

// export writes a file whole or not at all. secrets says that it has to be sealed.
func (f exportFlags) export(ctx context.Context, std streams, secrets bool, write func(bulk.Office, io.Writer) (bulk.Exported, error)) error {
	recipients, err := f.recipients()
	if err == nil && secrets && len(recipients) == 0 {
		err = hint.Add(errors.New("secrets leave the server sealed only"), "name who may open the file with --recipient, a key that age-keygen has made")
	}
	if err != nil {
		return err
	}
	var done bulk.Exported
	_, err = writeNewFile(f.File, func(to io.Writer) error {
		door, err := f.open(ctx, std)
		if err != nil {
			return err
		}
		done, err = sealedTo(to, recipients, func(to io.Writer) (bulk.Exported, error) { return write(door, to) })
		return errors.Join(err, door.Close())
	})
	if err != nil {
		return err
	}
	return f.tell(std, done)
}

// sealedTo lets write write through age, where there are recipients.
func sealedTo(file io.Writer, recipients []agelib.Recipient, write func(io.Writer) (bulk.Exported, error)) (bulk.Exported, error) {
	if len(recipients) == 0 {
		return write(file)
	}
	sealing, err := agelib.Encrypt(file, recipients...)
	if err != nil {
		return bulk.Exported{}, err
	}
	done, err := write(sealing)
	return done, errors.Join(err, sealing.Close())
}

func (f exportFlags) tell(std streams, done bulk.Exported) error {
	if f.JSON {
		return printJSON(std.Out, done)
	}
	what := counted(done.Users, "user")
	if done.Users == 0 {
		what = counted(done.Authenticators, "authenticator")
	}
	_, err := fmt.Fprintf(std.Out, "exported %s into %s\n", what, f.File)
	if done.Skipped > 0 {
		fmt.Fprintf(std.Err, "left out %s for several devices, for which PSKC has no form\n", counted(done.Skipped, "licence"))
	}
	return err
}

// ageHeader begins a file that age has sealed.
const ageHeader = "age-encryption.org/"

// opened reads through age where a file is sealed.
func (f importFlags) opened(in interface {
	io.Reader
	Peek(int) ([]byte, error)
}) (io.Reader, error) {
	if begin, _ := in.Peek(len(ageHeader)); string(begin) != ageHeader {
		return in, nil
	}
	if f.Identity == "" {
		return nil, hint.Add(fmt.Errorf("%w: it is sealed by age", bulk.ErrFile), "give the identity that opens it with --identity FILE")
	}
	identities, err := readIdentities(f.Identity)
	if err != nil {
		return nil, err
	}
	plain, err := agelib.Decrypt(in, identities...)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not open with this identity: %w", bulk.ErrFile, err)
	}
	return plain, nil
}

func readIdentities(name string) ([]agelib.Identity, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	identities, err := agelib.ParseIdentities(file)
	if err != nil {
		return nil, secretError(name + " is no identity file of age") // the library's words quote it
	}
	return identities, nil
}
