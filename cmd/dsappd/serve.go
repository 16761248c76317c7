package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/dsappd/dsappd"
)

type serveCommand struct {
	Dir         string `required:"" placeholder:"DIR" help:"The data folder, made by: dsappd init."`
	Addr        string `placeholder:"HOST:PORT" help:"Where the SOAP interface listens, in place of the setting soap.listen; port 0 takes a free one."`
	Trace       bool   `help:"Print each envelope in and out on stderr, secrets redacted."`
	Strict      bool   `help:"Hold requests to the order, occurrence, namespaces and simple types of the schema."`
	StatusTable string `placeholder:"FILE" help:"Numbers and names of statuses in place of the published ones, as docs/statuses.toml shows."`
	Plain       bool   `help:"Allow an address that other machines can reach, although passwords travel unencrypted."`
}

// Run prints one line with the URL when the server answers, and serves until
// ctx ends or a listener fails.
func (c *serveCommand) Run(ctx context.Context, std streams) error {
	server, err := dsappd.Open(ctx, c.config(std.Err))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.Out, "dsappd serves %s\n", server.URLs().SOAP)
	if err == nil {
		select {
		case <-ctx.Done():
		case <-server.Done():
		}
	}
	return errors.Join(err, server.Close())
}

func (c *serveCommand) config(log io.Writer) dsappd.Config {
	config := dsappd.Config{
		Dir: c.Dir, Addr: c.Addr, Plain: c.Plain, Strict: c.Strict, StatusTable: c.StatusTable,
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	if c.Trace {
		config.Trace = log
	}
	return config
}
