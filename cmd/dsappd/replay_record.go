package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/recording"
)

type replayRecordCommand struct {
	Listen   string `required:"" placeholder:"HOST:PORT" help:"Listen for clients here; port 0 takes a free one."`
	Upstream string `required:"" placeholder:"URL" help:"Pass requests on to this server."`
	Out      string `required:"" placeholder:"DIR" help:"Write the transcripts into this folder, one for each registration."`
	CA       string `name:"ca" placeholder:"FILE" help:"Trust the server at --upstream by the certificates (PEM) in FILE."`
	Cert     string `and:"pair" placeholder:"FILE" help:"Show clients the certificate (PEM) in FILE."`
	Key      string `and:"pair" placeholder:"FILE" help:"Read the key (PEM) of --cert from FILE."`
	Plain    bool   `help:"Listen without TLS also where other machines can reach it, although passwords travel there."`
	JSON     bool   `name:"json" help:"Print the URL and each exchange as JSON, and the log as lines of JSON, errors too."`
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
	proxy, err := recording.Open(ctx, recording.Config{
		Listen: c.Listen, Upstream: upstream, Dir: c.Out, CertFile: c.Cert, KeyFile: c.Key, Plain: c.Plain,
		Transport: transport, Took: func(t drafting.Taken) { c.print(std.Out, t) }, Logger: newLogger(std.Err, c.JSON),
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(std.Out, map[string]string{"url": proxy.URL(), "upstream": c.Upstream, "out": c.Out})
	} else {
		_, err = fmt.Fprintf(std.Out, "dsappd records at %s what %s answers, into %s\n", proxy.URL(), c.Upstream, c.Out)
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case <-proxy.Done():
		}
	}
	return errors.Join(err, proxy.Close())
}

// recorded is an exchange in JSON.
type recorded struct {
	At        time.Time `json:"at"`
	Operation string    `json:"operation"`
	Status    string    `json:"status"`
	HTTP      int       `json:"http"`
	File      string    `json:"file"`
}

// print prints what was recorded: when, what was asked, what was answered, and
// the transcript.
func (c *replayRecordCommand) print(out io.Writer, t drafting.Taken) {
	if c.JSON {
		printJSONLine(out, recorded{t.At.UTC(), t.Operation, t.Status, t.HTTP, t.File})
		return
	}
	status := ""
	if t.Status != "" {
		status = ": " + t.Status
	}
	line := fmt.Sprintf("%s %s%s, HTTP %d, in %s", t.At.UTC().Format(time.TimeOnly), t.Operation, status, t.HTTP, t.File)
	fmt.Fprintln(out, withoutControls(line)) // whoever reads it may be gone
}
