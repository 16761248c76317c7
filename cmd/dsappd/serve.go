package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/dsappd/dsappd"
)

type serveCommand struct {
	Dir         string `required:"" placeholder:"DIR" help:"The data folder, made by: dsappd init."`
	Addr        string `placeholder:"HOST:PORT" help:"Where the SOAP interface listens, in place of the setting soap.listen; port 0 takes a free one, and another for the gateway and the console unless they are given."`
	GatewayAddr string `placeholder:"HOST:PORT" help:"Where the gateway listens, in place of the setting gateway.listen; none: nowhere."`
	ConsoleAddr string `placeholder:"HOST:PORT" help:"Where the console listens, in place of the setting console.listen; none: nowhere."`
	Trace       bool   `help:"Print each envelope in and out on stderr, secrets redacted."`
	Record      string `placeholder:"DIR" help:"Record what the SOAP interface is asked and answers as transcripts in this folder, secrets redacted."`
	Strict      bool   `help:"Hold requests to the order, occurrence, namespaces and simple types of the schema."`
	StatusTable string `placeholder:"FILE" help:"Numbers and names of statuses in place of the published ones, as docs/statuses.toml shows."`
	TLS         bool   `name:"tls" xor:"tls" help:"TLS for every listener whose setting tls is auto, on loopback too."`
	Plain       bool   `xor:"tls" help:"Serve unencrypted, unless the setting tls is on, also where other machines can reach it, although passwords travel there."`
	LegacyTLS   bool   `name:"legacy-tls" help:"Allow RSA key exchange, in TLS 1.2, to clients that cannot do better."`
}

// Run prints a line with each URL when the server answers, and serves until
// ctx ends or a listener fails.
func (c *serveCommand) Run(ctx context.Context, std streams) error {
	server, err := dsappd.Open(ctx, c.config(std.Err))
	if err != nil {
		return err
	}
	_, err = io.WriteString(std.Out, servedLines(server.URLs()))
	if err == nil {
		select {
		case <-ctx.Done():
		case <-server.Done():
		}
	}
	return errors.Join(err, server.Close())
}

// servedLines say where the server answers, SOAP first.
func servedLines(urls dsappd.URLs) string {
	var lines strings.Builder
	for _, served := range []struct{ name, url string }{
		{"SOAP", urls.SOAP}, {"the gateway", urls.Gateway}, {"the console", urls.Console},
	} {
		if served.url != "" {
			fmt.Fprintf(&lines, "dsappd serves %s at %s\n", served.name, served.url)
		}
	}
	return lines.String()
}

func (c *serveCommand) config(log io.Writer) dsappd.Config {
	config := dsappd.Config{
		Dir: c.Dir, Addr: c.Addr, GatewayAddr: c.GatewayAddr, ConsoleAddr: c.ConsoleAddr,
		TLS: c.TLS, Plain: c.Plain, LegacyTLS: c.LegacyTLS, Strict: c.Strict, StatusTable: c.StatusTable, Record: c.Record,
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	if c.Trace {
		config.Trace = log
	}
	return config
}
