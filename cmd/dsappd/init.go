package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
)

type initCommand struct {
	newFolderFlags
	Host    []string `placeholder:"NAME" help:"Name this host in the certificate, by name or IP address, besides this machine's name and localhost; may be repeated."`
	Store   string   `placeholder:"URL" help:"Keep the records in this PostgreSQL database, which several servers may share: postgres://USER@HOST:PORT/DATABASE."`
	KeyFile string   `placeholder:"FILE" help:"Join the servers of the store at --store, whose master key FILE holds."`
	Sample  bool     `help:"Fill it with the users, authenticators and components of a lab. Their passwords are public."`
}

// newFolderFlags are those of the commands that make a data folder.
type newFolderFlags struct {
	Dir string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Make this data folder: a new one, or an empty one."`
	jsonFlag
}

// madeFolder is what init made.
type madeFolder struct {
	Dir          string                   `json:"dir"`
	Sample       bool                     `json:"sample"`
	Certificates *datafolder.Certificates `json:"certificates,omitempty"`
}

// Validate refuses what does not go together.
func (c *initCommand) Validate() error {
	switch {
	case c.KeyFile != "" && c.Store == "":
		return errors.New("--key-file goes with --store")
	case c.KeyFile != "" && c.Sample:
		return errors.New("--sample is for a new store, and --key-file joins one that is there")
	}
	return nil
}

func (c *initCommand) Run(ctx context.Context, std streams) error {
	if err := datafolder.Init(ctx, c.Dir, datafolder.InitOptions{Sample: c.Sample, Store: c.Store, KeyFile: c.KeyFile, Certificate: &datafolder.CertificateOptions{Hosts: c.Host}}); err != nil {
		return err
	}
	shown, err := datafolder.ShowCertificates(c.Dir)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, madeFolder{c.Dir, c.Sample, &shown})
	}
	if err := c.next(std.Out); err != nil || len(c.Host) == 0 {
		return err
	}
	fmt.Fprintln(std.Out)
	return printCertificates(std.Out, c.Dir, shown)
}

// saidMade says where the folder is and how it is served.
func (f newFolderFlags) saidMade() string {
	return fmt.Sprintf("made the data folder %s; serve it with: dsappd serve --dir %s\n", f.Dir, hint.ShellWord(f.Dir))
}

// next says what to do with a new folder.
func (c *initCommand) next(w io.Writer) error {
	settings, err := datafolder.ReadSettings(c.Dir)
	if err != nil {
		return err
	}
	text := emptyNext
	switch {
	case c.Sample:
		text = sampleNext
	case c.KeyFile != "":
		text = joinedNext
	}
	_, err = io.WriteString(w, c.saidMade()+strings.NewReplacer("{dir}", hint.ShellWord(c.Dir),
		"{settings}", filepath.Join(c.Dir, "settings.toml"),
		"{soap}", settings.SOAP.Listen, "{gateway}", settings.Gateway.Listen, "{console}", settings.Console.Listen, "{platform}", settings.Platform.Listen).Replace(text))
	return err
}

const sampleNext = `
Its users are user1 to user7, each with the password Password2. Once it is served:
  for SOAP clients   http://{soap}/?wsdl, with the componentType srp-component
  for phones         http://{gateway}/, with the key lab-front-key
  for browsers       http://{console}/, to set up a phone
  for REST clients   http://{platform}/v1/, with the key lab-platform-key
  for you            dsappd audit tail --dir {dir} --follow
Settings are in {settings}; certificates for TLS: dsappd tls show --dir {dir}
`

const joinedNext = `
It serves the records that the other servers of the store serve. See them: dsappd cluster --dir {dir}
Settings are in {settings}; certificates for TLS: dsappd tls show --dir {dir}
`

const emptyNext = `
A first activation needs a user, an authenticator and a component, such as:
  dsappd user add --dir {dir} anna
  dsappd authenticator add --dir {dir} VDS2000001
  dsappd authenticator assign --dir {dir} VDS2000001 anna
  dsappd component add --dir {dir} my-bank 127.0.0.1 --policy Provisioning
Settings are in {settings}; certificates for TLS: dsappd tls show --dir {dir}
`
