package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"
)

// doorFlags are those of every command that an operator gives.
type doorFlags struct {
	Dir  string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Use this data folder, through its server if one serves it."`
	JSON bool   `name:"json" help:"Print JSON, errors too."`
}

// open reaches the operators' door of the data folder.
func (f doorFlags) open(ctx context.Context, std streams) (*operators.Door, error) {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return operators.Open(ctx, f.Dir, operators.Config{Operator: operatorName(), Logger: log})
}

// operatorName returns the name of the account, which the audit notes.
func operatorName() string {
	account, err := user.Current()
	if err != nil {
		return fmt.Sprintf("uid %d", os.Getuid())
	}
	return account.Username
}

// order runs one operation and prints what came of it.
func order[R any](ctx context.Context, std streams, f doorFlags,
	do func(*operators.Door) (R, error), say func(R) string) error {
	door, err := f.open(ctx, std)
	if err != nil {
		return err
	}
	result, err := do(door)
	if err = errors.Join(err, door.Close()); err != nil {
		return err
	}
	if f.JSON {
		return printJSON(std.Out, result)
	}
	_, err = fmt.Fprintln(std.Out, say(result))
	return err
}

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// printJSONLine prints a value as one line, to a reader who may go away.
func printJSONLine(w io.Writer, v any) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
}

// fields writes the lines of a record from names and values by turns.
func fields(pairs ...string) string {
	var text strings.Builder
	table := newTable(&text)
	for pair := range slices.Chunk(pairs, 2) {
		fmt.Fprintf(table, "%s\t%s\n", pair[0], names.Shown(pair[1]))
	}
	table.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

// moment writes a time as people read it, in UTC; a dash for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// orDash stands for what is absent.
func orDash(s string) string { return cmp.Or(s, "-") }

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
