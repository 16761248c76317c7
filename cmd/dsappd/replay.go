package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
)

// replayCommand plays transcripts, which docs/replay.md describes.
type replayCommand struct {
	Run    replayRunCommand    `cmd:"" help:"Play transcripts and compare the replies."`
	Record replayRecordCommand `cmd:"" help:"Pass requests on to a server, and record them and its replies as transcripts."`
	Import replayImportCommand `cmd:"" help:"Make transcripts of SoapUI projects, HAR and other files, and folders of requests and replies."`
	Init   replayInitCommand   `cmd:"" help:"Make a data folder with the sample data of transcripts, to serve and to play against with --url."`
}

type replayRunCommand struct {
	Paths     []string      `arg:"" name:"path" help:"Transcripts, and folders of them."`
	URL       string        `name:"url" placeholder:"URL" help:"Play against this server; if not given, against a throw-away server for each transcript, with its clock, seed and sample."`
	Platform  string        `name:"platform" placeholder:"URL" help:"Play what asks the Platform API against this one."`
	Gateway   string        `name:"gateway" placeholder:"URL" help:"Play what asks the gateway for phones against this one."`
	Key       string        `name:"platform-key" env:"DSAPPD_PLATFORM_KEY" placeholder:"KEY" help:"Send this key to --platform instead of that of the transcripts."`
	Dir       string        `placeholder:"DIR" help:"Give the operators' orders in transcripts to this data folder, which the server at --url serves."`
	CA        string        `name:"ca" placeholder:"FILE" help:"Trust that server by the certificates (PEM) in FILE."`
	Client    string        `name:"client-cert" placeholder:"FILE" help:"Show the client's certificate in FILE, which has its key too (PEM)."`
	Strict    bool          `help:"Play the transcripts that need strict mode too: the server at --url is in it."`
	Component string        `placeholder:"TYPE" help:"Replace the component types in the requests by this one."`
	Timeout   time.Duration `default:"30s" placeholder:"TIME" help:"Wait this long for each answer of --url; ${default} if not given."`
	Parallel  int           `short:"j" default:"1" placeholder:"N" help:"Play this many transcripts at once."`
	Repeat    int           `default:"1" placeholder:"N" help:"Play each this many times."`
	Update    bool          `help:"Write the actual replies where an expectation failed, and show the difference."`
	JUnit     string        `name:"junit" placeholder:"FILE" help:"Write a report in JUnit's XML; - is the standard output."`
	JSON      string        `name:"json" placeholder:"FILE" help:"Write a report in JSON; - is the standard output."`
	Quiet     bool          `short:"q" help:"Print only what did not pass."`
}

// errDiffered and errBroken have been told, and say how the program ends.
const (
	errDiffered replayError = "replies differed from what was expected"
	errBroken   replayError = "transcripts are broken"
)

type replayError string

func (e replayError) Error() string { return string(e) }

func (c *replayRunCommand) Run(ctx context.Context, std streams) (err error) {
	player, err := c.player()
	if err != nil {
		return err
	}
	if c.Dir != "" {
		door, refused := operators.Open(ctx, c.Dir, operators.Config{Operator: operatorName()})
		if refused != nil {
			return refused
		}
		defer func() { err = errors.Join(err, door.Close()) }()
		player.Order = door.ReplayOrder
	}
	reports, err := c.reports(std)
	if err != nil {
		return err
	}
	run := replay.Run{Player: player, Parallel: c.Parallel, Repeat: c.Repeat, Update: c.Update, Report: reports.report}
	summary, err := run.Paths(ctx, c.Paths)
	err = errors.Join(err, reports.end(summary))
	switch {
	case err != nil:
		return err
	case summary.Broken > 0:
		return errBroken
	case summary.Failed > 0:
		return errDiffered
	}
	return nil
}

func (c *replayRunCommand) player() (*replay.Player, error) {
	if c.Parallel < 1 || c.Repeat < 1 {
		return nil, errors.New("-j and --repeat are numbers from 1 on")
	}
	if c.URL == "" && c.Platform == "" && c.Gateway == "" {
		if c.CA != "" || c.Client != "" || c.Dir != "" || c.Strict {
			return nil, errors.New("--ca, --client-cert, --dir and --strict belong to --url, --platform and --gateway")
		}
		return &replay.Player{Start: playserver.Start, Component: c.Component}, nil
	}
	for _, given := range []struct{ flag, url string }{{"url", c.URL}, {"platform", c.Platform}, {"gateway", c.Gateway}} {
		if err := checkURL(given.flag, given.url); given.url != "" && err != nil {
			return nil, err
		}
	}
	transport := &http.Transport{MaxIdleConnsPerHost: c.Parallel, Proxy: http.ProxyFromEnvironment}
	if c.CA != "" {
		var err error
		if transport.TLSClientConfig, err = trusting(c.CA); err != nil {
			return nil, err
		}
	}
	if c.Client != "" {
		pair, err := tls.LoadX509KeyPair(c.Client, c.Client)
		if err != nil {
			return nil, fmt.Errorf("--client-cert: %w: dsappd tls client makes such a file", err)
		}
		if transport.TLSClientConfig == nil {
			transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		transport.TLSClientConfig.Certificates = []tls.Certificate{pair}
	}
	return &replay.Player{
		URL: c.URL, Doors: map[string]string{transcript.Platform: c.Platform, transcript.Gateway: c.Gateway}, PlatformKey: c.Key,
		Strict: c.Strict, Component: c.Component, HTTP: &http.Client{Transport: transport, Timeout: c.Timeout},
	}, nil
}

// trusting trusts the certificates in a file, and no others.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca: %s holds no certificate in PEM", file)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// reporter is what every report does.
type reporter interface {
	Report(replay.Result) error
	End(replay.Summary) error
}

// replayReports are the reports of a run, and the files that they go to.
type replayReports struct {
	all   []reporter
	files []io.Closer
}

func (c *replayRunCommand) reports(std streams) (*replayReports, error) {
	r := &replayReports{}
	people := std.Out
	for _, file := range []struct {
		name string
		make func(io.Writer) reporter
	}{
		{c.JUnit, func(w io.Writer) reporter { return &replay.JUnitReport{Writer: w} }},
		{c.JSON, func(w io.Writer) reporter { return &replay.JSONReport{Writer: w} }},
	} {
		switch file.name {
		case "":
		case "-":
			if people == std.Err {
				return nil, errors.New("--junit and --json cannot both go to the standard output")
			}
			r.all, people = append(r.all, file.make(std.Out)), std.Err
		default:
			created, err := os.Create(filepath.Clean(file.name))
			if err != nil {
				return nil, errors.Join(err, r.close())
			}
			r.all, r.files = append(r.all, file.make(created)), append(r.files, created)
		}
	}
	r.all = append(r.all, &replay.People{Writer: people, Quiet: c.Quiet})
	return r, nil
}

func (r *replayReports) report(result replay.Result) error {
	var all []error
	for _, each := range r.all {
		all = append(all, each.Report(result))
	}
	return errors.Join(all...)
}

func (r *replayReports) end(s replay.Summary) error {
	var all []error
	for _, each := range r.all {
		all = append(all, each.End(s))
	}
	return errors.Join(errors.Join(all...), r.close())
}

func (r *replayReports) close() error {
	var all []error
	for _, file := range r.files {
		all = append(all, file.Close())
	}
	return errors.Join(all...)
}
