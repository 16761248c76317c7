package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/dsappd/dsappd/internal/datafolder"
)

type migrateCommand struct {
	Dir    string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Migrate this data folder, which no server may serve."`
	DryRun bool   `help:"Migrate a copy, say what would change, and remove the copy."`
	jsonFlag
}

// Run brings a data folder of an older program up to date.
func (c *migrateCommand) Run(ctx context.Context, std streams) error {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	done, err := datafolder.Migrate(ctx, c.Dir, datafolder.MigrateOptions{DryRun: c.DryRun, Operator: operatorName(), Logger: log})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, done)
	}
	_, err = fmt.Fprintln(std.Out, c.said(done))
	return err
}

func (c *migrateCommand) said(done datafolder.Migrated) string {
	if done.From == done.To {
		return fmt.Sprintf("%s has schema version %d already: nothing to migrate", c.Dir, done.To)
	}
	lines := []string{fmt.Sprintf("migrated %s from schema version %d to %d", c.Dir, done.From, done.To)}
	if done.DryRun {
		lines[0] = fmt.Sprintf("would migrate %s from schema version %d to %d; nothing was changed", c.Dir, done.From, done.To)
	}
	lines = append(lines, done.Notes...)
	if done.Backup != "" {
		lines = append(lines, "kept the old store: "+done.Backup)
	}
	return strings.Join(lines, "\n")
}
