package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/lab"
)

type serveCommand struct {
	Dir          string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Serve this data folder, made by: dsappd init."`
	Init         bool   `help:"Make the data folder first if there is none, or an empty one. The certificate is for this machine's name; for another: dsappd tls renew --host."`
	Addr         string `placeholder:"HOST:PORT" help:"Listen for SOAP here, instead of the setting soap.listen. Port 0 takes a free port, and free ones for the other listeners too unless they are given."`
	GatewayAddr  string `placeholder:"HOST:PORT" help:"Listen for phones here, instead of the setting gateway.listen; none: nowhere."`
	ConsoleAddr  string `placeholder:"HOST:PORT" help:"Serve the self-management page here, instead of the setting console.listen; none: nowhere."`
	PlatformAddr string `placeholder:"HOST:PORT" help:"Serve the Platform API (REST) here, instead of the setting platform.listen; none: nowhere."`
	WatchAddr    string `placeholder:"HOST:PORT" help:"Serve metrics and health here, instead of the setting watch.listen; none: nowhere."`
	OperatorAddr string `placeholder:"HOST:PORT" help:"Serve the operator's console here, instead of the setting operator.listen; none: nowhere."`
	Trace        bool   `help:"Print each envelope in and out on stderr, with secrets redacted."`
	Record       string `placeholder:"DIR" help:"Record the requests and replies of the SOAP interface as transcripts in this folder, with secrets redacted."`
	Strict       bool   `help:"Hold requests to the order, occurrence, namespaces and simple types of the schema."`
	StatusTable  string `placeholder:"FILE" help:"Take numbers and names of statuses from FILE, as docs/statuses.toml shows."`
	Lab          bool   `help:"Open the controls of a lab, which move this server's clock: see dsappd lab."`
	LabAddr      string `placeholder:"HOST:PORT" help:"Listen for them here; 127.0.0.1:8887 if not given."`
	LabReachable bool   `help:"Open them also where other machines can reach them."`
	TLS          bool   `name:"tls" xor:"tls" help:"Speak TLS on every listener whose setting tls is auto, on loopback too."`
	Plain        bool   `xor:"tls" help:"Serve without TLS also where other machines can reach it, although passwords travel there. The setting tls = on overrides this."`
	LegacyTLS    bool   `name:"legacy-tls" help:"Allow RSA key exchange, in TLS 1.2, to clients that cannot do better."`
	JSON         bool   `name:"json" help:"Print the URLs as JSON and the log as lines of JSON, errors too."`
}

// Validate refuses what goes with --lab alone.
func (c *serveCommand) Validate() error {
	if !c.Lab && (c.LabAddr != "" || c.LabReachable) {
		return errors.New("--lab-addr and --lab-reachable go with --lab")
	}
	return nil
}

// Run prints a line with each URL when the server answers, and serves until
// ctx ends, or a listener or the store fails.
func (c *serveCommand) Run(ctx context.Context, std streams) error {
	hangups, stop := untilHangups()
	defer stop()
	config := c.config(std.Err)
	if err := c.makeFolder(ctx, config.Logger); err != nil {
		return err
	}
	traces, endTraces, err := openTraces(ctx)
	if err != nil {
		return err
	}
	config.Traces = traces
	server, err := dsappd.Open(ctx, config)
	if err != nil {
		return err
	}
	supervisor := supervisor{config.Logger}
	err = c.printURLs(std.Out, server.URLs())
	if err == nil && onTerminal(std.Out) {
		err = printOperatorLink(std.Out, server)
	}
	if err == nil {
		supervisor.ready(server.URLs())
		watched, stop := context.WithCancel(context.WithoutCancel(ctx))
		defer stop() // a drain is watched, too
		go supervisor.keepWatchdog(watched, server)
		reloadUntilEnd(ctx, server, hangups, supervisor)
	}
	logEnd(ctx, config.Logger, server, err)
	supervisor.ending()
	err = errors.Join(err, server.Close())
	sendLastTraces(ctx, endTraces)
	return err
}

// makeFolder makes the data folder with --init, unless there is one.
func (c *serveCommand) makeFolder(ctx context.Context, log *slog.Logger) error {
	if !c.Init || datafolder.Exists(c.Dir) {
		return nil
	}
	err := datafolder.Init(ctx, c.Dir, datafolder.InitOptions{Certificate: &datafolder.CertificateOptions{}})
	if err == nil {
		log.Info("made the data folder", "folder", c.Dir)
	}
	return err
}

// reloadUntilEnd makes the server reload at each SIGHUP, until ctx or the
// server ends.
func reloadUntilEnd(ctx context.Context, server *dsappd.Server, hangups <-chan os.Signal, supervisor supervisor) {
	for {
		select {
		case <-hangups:
			supervisor.reload(server)
		case <-ctx.Done():
			return
		case <-server.Done():
			return
		}
	}
}

// logEnd logs why the server ends: a signal, or a listener, the store or the
// standard output that failed.
func logEnd(ctx context.Context, log *slog.Logger, server *dsappd.Server, err error) {
	if err == nil {
		err = server.Cause()
	}
	if err != nil {
		log.Error("ending", "reason", err)
		return
	}
	log.Info("ending", "reason", context.Cause(ctx))
}

// printURLs says where the server answers, in one write.
func (c *serveCommand) printURLs(w io.Writer, urls dsappd.URLs) error {
	if c.JSON {
		return printJSON(w, lab.URLs(urls))
	}
	_, err := io.WriteString(w, servedLines(urls))
	return err
}

// servedLines say where the server answers, SOAP first.
func servedLines(urls dsappd.URLs) string {
	var lines strings.Builder
	for _, served := range []struct{ name, url string }{
		{"SOAP", urls.SOAP}, {"the gateway", urls.Gateway}, {"the console", urls.Console}, {"the Platform API", urls.Platform}, {"metrics", urls.Watch}, {"the operator's console", urls.Operator}, {"the lab's controls", urls.Lab},
	} {
		if served.url != "" {
			fmt.Fprintf(&lines, "dsappd serves %s at %s\n", served.name, served.url)
		}
	}
	return lines.String()
}

// printOperatorLink prints a link that signs in to the operator's console, where
// there is one. It works once.
func printOperatorLink(w io.Writer, server *dsappd.Server) error {
	link, err := server.OperatorLink()
	if err == nil && link != "" {
		_, err = fmt.Fprintf(w, "sign in to the operator's console, once, at %s\n", link)
	}
	return err
}

// onTerminal reports whether a person reads what is written.
func onTerminal(w io.Writer) bool {
	file, is := w.(*os.File)
	return is && term.IsTerminal(int(file.Fd()))
}

// newLogger writes a line for each event.
func newLogger(w io.Writer, asJSON bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelDebug} // a server leaves out what its settings say
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func (c *serveCommand) config(log io.Writer) dsappd.Config {
	config := dsappd.Config{
		Dir: c.Dir, Addr: c.Addr, GatewayAddr: c.GatewayAddr, ConsoleAddr: c.ConsoleAddr, PlatformAddr: c.PlatformAddr, WatchAddr: c.WatchAddr, OperatorAddr: c.OperatorAddr,
		TLS: c.TLS, Plain: c.Plain, LegacyTLS: c.LegacyTLS, Strict: c.Strict, StatusTable: c.StatusTable, Record: c.Record,
		Lab: c.Lab, LabAddr: c.LabAddr, LabReachable: c.LabReachable,
		Logger: newLogger(log, c.JSON),
	}
	if c.Trace {
		config.Trace = log
	}
	return config
}
