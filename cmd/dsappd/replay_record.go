package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/replay"
)

type replayRecordCommand struct {
	Listen   string `required:"" placeholder:"HOST:PORT" help:"Where clients are to send their requests; port 0 takes a free one."`
	Upstream string `required:"" placeholder:"URL" help:"The server that answers."`
	Out      string `required:"" placeholder:"DIR" help:"The folder for the transcripts, one for each registration."`
	CA       string `name:"ca" placeholder:"FILE" help:"Certificates (PEM) by which the server at --upstream is trusted."`
	Cert     string `and:"pair" placeholder:"FILE" help:"The certificate (PEM) that clients are shown."`
	Key      string `and:"pair" placeholder:"FILE" help:"Its key (PEM)."`
	Plain    bool   `help:"Listen unencrypted also where other machines can reach it, although passwords travel there."`
}

// Run prints a line with the URL and one for each exchange, and records until
// ctx ends.
func (c *replayRecordCommand) Run(ctx context.Context, std streams) error {
	upstream, err := url.Parse(c.Upstream)
	if err != nil || upstream.Scheme != "http" && upstream.Scheme != "https" || upstream.Host == "" {
		return fmt.Errorf("--upstream is %q: give http://HOST:PORT/ or https://HOST:PORT/", c.Upstream)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true}
	if c.CA != "" {
		if transport.TLSClientConfig, err = trusting(c.CA); err != nil {
			return err
		}
	}
	proxy, err := dsappd.OpenRecordingProxy(ctx, dsappd.RecordConfig{
		Listen: c.Listen, Upstream: upstream, Dir: c.Out, CertFile: c.Cert, KeyFile: c.Key, Plain: c.Plain,
		Transport: transport, Took: func(t replay.Taken) { c.print(std.Out, t) }, Logger: slog.New(slog.NewTextHandler(std.Err, nil)),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.Out, "dsappd records at %s what %s answers, into %s\n", proxy.URL(), c.Upstream, c.Out)
	if err == nil {
		select {
		case <-ctx.Done():
		case <-proxy.Done():
		}
	}
	return errors.Join(err, proxy.Close())
}

// print prints what was recorded: when, what was asked, what was answered, and
// the transcript.
func (c *replayRecordCommand) print(out io.Writer, t replay.Taken) {
	status := ""
	if t.Status != "" {
		status = " " + t.Status
	}
	line := fmt.Sprintf("%s %s:%s, HTTP %d, in %s", t.At.UTC().Format(time.TimeOnly), t.Operation, status, t.HTTP, t.File)
	fmt.Fprintln(out, withoutControls(line)) // whoever reads it may be gone
}
