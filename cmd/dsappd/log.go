package main

import (
	"context"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type logCommand struct {
	Level logLevelCommand `cmd:"" help:"Show from which level on a server logs, or set it."`
}

type logLevelCommand struct {
	doorFlags
	Level string `arg:"" optional:"" placeholder:"LEVEL" enum:"debug,info,warn,error," default:"" help:"Log from this level on: debug, info, warn or error. It holds until the server reads its settings again."`
}

// Run shows or sets the level.
func (c *logLevelCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (admin.LogLevel, error) {
		if c.Level == "" {
			return door.ShowLogLevel(ctx, admin.LogLevel{})
		}
		return door.SetLogLevel(ctx, admin.LogLevel{Level: c.Level})
	}, func(level admin.LogLevel) string {
		return "the server logs from level " + strings.ToLower(level.Level) + " on"
	})
}
