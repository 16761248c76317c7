package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/dsappd/dsappd/internal/datafolder"
)

type compactCommand struct {
	Dir string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Compact this data folder, which no server may serve."`
	jsonFlag
}

// Run gives back the space that a data folder's store no longer uses.
func (c *compactCommand) Run(ctx context.Context, std streams) error {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	done, err := datafolder.Compact(ctx, c.Dir, datafolder.CompactOptions{Operator: operatorName(), Logger: log})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, done)
	}
	_, err = fmt.Fprintf(std.Out, "compacted the store of %s from %d to %d KiB\n", c.Dir, done.Before>>10, done.After>>10)
	return err
}
