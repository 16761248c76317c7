package admin

import (
	"context"
	"log/slog"

	"github.com/dsappd/dsappd/internal/provision"
)

// LogLevel is from which level on a server logs: debug, info, warn or error. In a
// request, empty: as it is.
type LogLevel struct {
	Level string `json:"level"`
}

func (d *Door) setLogLevel(ctx context.Context, operator provision.Operator, in LogLevel) (LogLevel, error) {
	if d.Level == nil {
		return LogLevel{}, malformed("No server serves this folder, so there is no log whose level could be set: see the setting log.level.")
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(in.Level)); err != nil {
		return LogLevel{}, malformed("The level of a log is debug, info, warn or error.")
	}
	d.Level.Set(level)
	d.Log.LogAttrs(ctx, max(level, slog.LevelWarn), "log level set", slog.String("operator", operator.Name), slog.String("level", level.String()))
	return d.showLogLevel(ctx, LogLevel{})
}

func (d *Door) showLogLevel(context.Context, LogLevel) (LogLevel, error) {
	if d.Level == nil {
		return LogLevel{}, malformed("No server serves this folder.")
	}
	return LogLevel{Level: d.Level.Level().String()}, nil
}
