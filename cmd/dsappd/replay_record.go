package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/dsappd/dsappd"
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

// Run prints a line with the URL, and records until ctx ends.
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
		Transport: transport, Logger: slog.New(slog.NewTextHandler(std.Err, nil)),
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
