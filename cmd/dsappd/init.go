package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd"
)

type initCommand struct {
	Dir    string   `required:"" placeholder:"DIR" help:"The data folder to make: a new one, or an empty one."`
	Host   []string `placeholder:"NAME" help:"A name or an IP address that the certificate is for, besides this machine's name and localhost; may be repeated."`
	Sample bool     `help:"Fill it with the users, authenticators and components of a lab. Their passwords are public."`
}

func (c *initCommand) Run(ctx context.Context, std streams) error {
	if err := dsappd.Init(ctx, c.Dir, dsappd.InitOptions{Sample: c.Sample, Certificate: &dsappd.CertificateOptions{Hosts: c.Host}}); err != nil {
		return err
	}
	shown, err := dsappd.ShowCertificates(c.Dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.Out, "made the data folder %s; serve it with: dsappd serve --dir %s\n\n", c.Dir, dsappd.ShellWord(c.Dir))
	return errors.Join(err, printCertificates(std.Out, c.Dir, shown))
}
