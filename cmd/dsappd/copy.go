package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
)

type copyCommand struct {
	From string `required:"" placeholder:"DIR" help:"Copy the store of this data folder, which no server may serve."`
	To   string `required:"" placeholder:"URL|DIR" help:"Copy it to this PostgreSQL database, which holds no store, or make this data folder."`
	jsonFlag
}

// Help says what a copy is.
func (copyCommand) Help() string {
	return `The copy has every record as it was, under the same master key. It is compared with the original, record by record, before it counts as a store. The original stays as it is: serve one of the two from then on.`
}

// Run copies a store.
func (c *copyCommand) Run(ctx context.Context, std streams) error {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	done, err := datafolder.Copy(ctx, c.From, c.To, datafolder.Source{Logger: log})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, done)
	}
	_, err = fmt.Fprintf(std.Out, "copied %d records from %s to %s\nSHA-256 of both: %s\n", done.Records, done.From, done.To, done.SHA256)
	if err == nil && datafolder.IsDatabase(c.To) {
		_, err = fmt.Fprintf(std.Out, "make the folder of each server with: dsappd init --dir NEW --store %s --key-file %s\n",
			hint.ShellWord(done.To), hint.ShellWord(c.From+"/master.key"))
	}
	return err
}
