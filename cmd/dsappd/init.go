package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd"
)

type initCommand struct {
	Dir    string `required:"" placeholder:"DIR" help:"The data folder to make: a new one, or an empty one."`
	Sample bool   `help:"Fill it with the users, authenticators and components of a lab. Their passwords are public."`
}

func (c *initCommand) Run(ctx context.Context, std streams) error {
	if err := dsappd.Init(ctx, c.Dir, dsappd.InitOptions{Sample: c.Sample}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.Out, "made the data folder %s; serve it with: dsappd serve --dir %s\n", c.Dir, dsappd.ShellWord(c.Dir))
	return err
}
