package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dsappd/dsappd/internal/apply"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type applyCommand struct {
	doorFlags
	File  string `arg:"" placeholder:"FILE" help:"A file of domains, policies, components, users, authenticators and keys, in TOML; - for stdin."`
	Plan  bool   `help:"Print what would be done, and do nothing."`
	Prune bool   `help:"Delete what the tables in the file do not name."`
}

// Run makes the records what the file says, and prints each change.
func (c *applyCommand) Run(ctx context.Context, std streams) error {
	file, err := readApplied(std, c.File)
	if err != nil {
		return err
	}
	door, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	err = c.run(ctx, std, &door.Client, file)
	return errors.Join(err, door.Close())
}

func (c *applyCommand) run(ctx context.Context, std streams, client *admin.Client, file apply.File) error {
	plan, err := apply.Plan(ctx, client, file, c.Prune)
	if err != nil {
		return err
	}
	done := []apply.Change{}
	say := func(change apply.Change) {
		done = append(done, change)
		if !c.JSON {
			fmt.Fprintln(std.Out, change)
		}
	}
	if c.Plan {
		for _, change := range plan {
			say(change)
		}
	} else if err := apply.Make(ctx, client, plan, say); err != nil {
		return err
	}
	switch {
	case c.JSON:
		return printJSON(std.Out, done)
	case len(plan) == 0:
		_, err = fmt.Fprintln(std.Out, "Nothing to do: all is as the file says.")
	case c.Plan:
		_, err = fmt.Fprintf(std.Out, "%s would be made. Nothing was changed.\n", counted(len(plan), "change"))
	default:
		_, err = fmt.Fprintf(std.Out, "%s made.\n", counted(len(plan), "change"))
	}
	return err
}

// readApplied reads the file of an apply.
func readApplied(std streams, name string) (apply.File, error) {
	text, err := readFile(std, name)
	if err != nil {
		return apply.File{}, err
	}
	file, err := apply.Parse(string(text))
	if err != nil {
		return apply.File{}, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// readFile reads a whole file, or standard input.
func readFile(std streams, name string) ([]byte, error) {
	if name == stdin {
		return io.ReadAll(std.In)
	}
	return os.ReadFile(name)
}
