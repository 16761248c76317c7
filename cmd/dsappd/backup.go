package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	agelib "filippo.io/age"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
)

type backupCommand struct {
	doorFlags
	File          string   `arg:"" placeholder:"FILE" help:"Write the backup into this new file, which only you may read."`
	Recipient     []string `placeholder:"AGE1..." help:"Add the master key and the certificates, sealed to this recipient of age; may be repeated."`
	RecipientFile string   `placeholder:"FILE" help:"Likewise, to the recipients that FILE has, one a line."`
}

// Help says what a backup holds.
func (backupCommand) Help() string {
	return `A backup holds the store as one moment has it, and the settings. A server goes on serving meanwhile.

It does not hold the master key, without which nobody can read the store's secrets: keep that apart, or add it with --recipient, sealed to a key that age-keygen has made.`
}

func (c *backupCommand) Run(ctx context.Context, std streams) error {
	recipients, err := c.recipients()
	if err != nil {
		return err
	}
	var manifest datafolder.Manifest
	size, err := writeNewFile(c.File, func(to io.Writer) error {
		door, err := c.doorFlags.open(ctx, std)
		if err != nil {
			return err
		}
		manifest, err = datafolder.WriteBackup(ctx, to, c.Dir, time.Now(), recipients, func(begin func(int64) (io.Writer, error)) error {
			return door.CopyStore(ctx, begin)
		})
		return errors.Join(err, door.Close())
	})
	if err != nil {
		return err
	}
	return c.print(std, manifest, size)
}

func (c *backupCommand) recipients() ([]agelib.Recipient, error) {
	return recipientsOf(c.Recipient, c.RecipientFile)
}

// recipientsOf reads recipients from words, and from a file if one is named.
func recipientsOf(words []string, name string) ([]agelib.Recipient, error) {
	var all []agelib.Recipient
	for _, text := range words {
		recipient, err := agelib.ParseX25519Recipient(text)
		if err != nil {
			return nil, hint.Add(fmt.Errorf("--recipient %q: %w", text, err), "give what age-keygen prints as the public key, age1...")
		}
		all = append(all, recipient)
	}
	if name == "" {
		return all, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	more, err := agelib.ParseRecipients(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return append(all, more...), nil
}

func (c *backupCommand) print(std streams, manifest datafolder.Manifest, size int64) error {
	if c.JSON {
		return printJSON(std.Out, struct {
			File string `json:"file"`
			Size int64  `json:"size"`
			datafolder.Manifest
		}{c.File, size, manifest})
	}
	_, err := fmt.Fprintf(std.Out, "backed up %s into %s, %d KiB\n", c.Dir, c.File, size>>10)
	if err == nil && !manifest.Secrets {
		fmt.Fprintf(std.Err, "the backup does not hold the master key: keep %s apart, or add it with --recipient\n", filepath.Join(c.Dir, "master.key"))
	}
	return err
}

type restoreCommand struct {
	jsonFlag
	Dir  string `env:"DSAPPD_DIR" placeholder:"DIR" help:"Restore to this data folder. One that is there is kept beside it."`
	File string `arg:"" placeholder:"FILE" help:"The backup."`
	restoreKeyFlags
	Verify bool `help:"Only verify the backup. Without a key, its records are not looked into."`
}

// restoreKeyFlags say what opens a backup.
type restoreKeyFlags struct {
	Identity string `placeholder:"FILE" help:"Open the secrets of the backup with this identity file of age."`
	KeyFile  string `placeholder:"FILE" help:"Take the master key from FILE. Without it, it is the backup's or that of the folder that is replaced."`
}

// Run restores a backup, or verifies it.
func (c *restoreCommand) Run(ctx context.Context, std streams) error {
	options := datafolder.RestoreOptions{KeyFile: c.KeyFile}
	if c.Identity != "" {
		var err error
		if options.Identities, err = readIdentities(c.Identity); err != nil {
			return err
		}
	}
	var done datafolder.Restored
	var err error
	if c.Verify {
		done, err = datafolder.VerifyBackup(ctx, c.File, options)
	} else {
		done, err = datafolder.Restore(ctx, c.File, c.Dir, options)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, done)
	}
	return c.print(std, done)
}

func (c *restoreCommand) print(std streams, done datafolder.Restored) error {
	made := "the backup of " + moment(done.Made)
	var text string
	switch {
	case done.Unchecked:
		text = made + " is whole; to look into its records, give --identity or --key-file\n"
	case c.Verify:
		text = made + ": no fault found\n"
	default:
		text = fmt.Sprintf("restored %s to %s\n", made, done.Dir)
	}
	if done.Kept != "" {
		text += "kept the folder that was there: " + done.Kept + "\n"
	}
	if !c.Verify && !done.Certificates {
		text += "the backup holds no certificates; make new ones, which clients have to trust, with: dsappd tls renew --dir " + hint.ShellWord(done.Dir) + "\n"
	}
	_, err := io.WriteString(std.Out, text)
	return err
}
