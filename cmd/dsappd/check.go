package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd"
)

type checkCommand struct {
	Dir string `required:"" placeholder:"DIR" help:"The data folder; no server may be serving it."`
}

func (c *checkCommand) Run(ctx context.Context, std streams) error {
	faults, err := dsappd.Check(ctx, c.Dir)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		if _, err := fmt.Fprintln(std.Out, fault); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %d faults: restore %s from a backup", dsappd.ErrDamagedStore, len(faults), c.Dir)
	}
	_, err = fmt.Fprintf(std.Out, "%s: no fault found\n", c.Dir)
	return err
}
