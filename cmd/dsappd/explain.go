package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type explainCommand struct {
	doorFlags
	RequestID string `arg:"" optional:"" name:"request-id" help:"The Request-Id header of the answer; the log has it too. Without one, dsappd explains the last refusal."`
	Last      int    `placeholder:"N" help:"List the last N refusals, the newest first: 1 to 100."`
}

// Validate refuses what excludes each other.
func (c *explainCommand) Validate() error {
	switch {
	case c.RequestID != "" && c.Last != 0:
		return errors.New("give a request ID or --last, not both")
	case c.Last < 0:
		return fmt.Errorf("--last is %d: give a number from 1 to 100", c.Last)
	}
	return nil
}

func (c *explainCommand) Run(ctx context.Context, std streams) error {
	say := explanations
	if c.Last > 0 {
		say = refusals
	}
	return order(ctx, std, c.doorFlags, func(door *operators.Door) ([]admin.Explanation, error) {
		if c.RequestID != "" {
			return door.ExplainRequest(ctx, admin.NameRequest{RequestID: c.RequestID})
		}
		return door.ListRefusals(ctx, admin.ListRefusals{Last: max(1, c.Last)})
	}, say)
}

const nothingRefused = "Nothing was refused, as far as the audit and the running server know."

func explanations(all []admin.Explanation) string {
	var texts []string
	for _, explanation := range all {
		texts = append(texts, explanation.Text)
	}
	return cmp.Or(strings.Join(texts, "\n\n"), nothingRefused)
}

// refusals writes a line for each refusal.
func refusals(all []admin.Explanation) string {
	var text strings.Builder
	table := newTable(&text)
	fmt.Fprintln(table, "AT\tREQUEST\tASKED\tSTATUS\tREASON")
	for _, e := range all {
		at := moment(e.Time())
		if event := e.Event; event != nil {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", at, orDash(event.RequestID), event.Operation, event.Status, event.Reason)
			continue
		}
		entry := e.TurnedAway
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", at, orDash(entry.RequestID), strings.TrimSpace(entry.Door+" "+entry.Request), entry.Status, entry.Reason)
	}
	table.Flush()
	if len(all) == 0 {
		return nothingRefused
	}
	return strings.TrimSuffix(text.String(), "\n")
}
