package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
)

type readyCommand struct {
	Dir  string        `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Ask the server of this data folder."`
	Wait time.Duration `placeholder:"TIME" help:"Keep asking for this long, such as 10s, until the server is ready."`
	jsonFlag
}

// Help says what a script can tell by the exit code.
func (readyCommand) Help() string {
	return "The exit code is 0 when the server answers requests, and 1 when it does not, or when there is none."
}

func (c *readyCommand) Run(ctx context.Context, std streams) error {
	var err error
	if c.Wait > 0 {
		err = operators.AwaitReady(ctx, c.Dir, c.Wait)
	} else {
		err = operators.Ready(ctx, c.Dir)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, struct {
			Ready bool `json:"ready"`
		}{true})
	}
	_, err = fmt.Fprintln(std.Out, "ready")
	return err
}
