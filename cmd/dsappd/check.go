package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type checkCommand struct {
	doorFlags
	Dump bool `help:"Print every record as a line of JSON instead, with its secrets sealed. No server may serve the folder."`
}

// Run prints what is wrong with a data folder, and fails where anything is.
func (c *checkCommand) Run(ctx context.Context, std streams) error {
	if c.Dump {
		return c.dump(ctx, std)
	}
	found := 0
	err := order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Checked, error) {
			checked, err := door.Check(ctx)
			found = len(checked.Problems)
			return checked, err
		}, c.said)
	if found > 0 {
		err = errors.Join(err, fmt.Errorf("%w: %d faults in %s", datafolder.ErrDamagedStore, found, c.Dir))
	}
	return err
}

func (c *checkCommand) said(checked admin.Checked) string {
	if len(checked.Problems) == 0 {
		return fmt.Sprintf("%s: no fault found\nthe sealing key has sealed %d secrets, of %d at most", c.Dir, checked.SealedSecrets, checked.MaxSealedSecrets)
	}
	text := c.Dir + ":"
	for _, problem := range checked.Problems {
		text += "\n" + problem.String()
	}
	return text
}
