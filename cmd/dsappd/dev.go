package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/lab"
)

type devCommand struct {
	Dir       string  `placeholder:"DIR" help:"Keep the lab in this data folder; it is made with the sample if there is none. Without a folder all is in memory and goes when the lab ends."`
	Apply     string  `placeholder:"FILE" help:"Make the records what this file says, as dsappd apply does, in place of the sample."`
	FreePorts bool    `help:"Take free ports in place of 8888, 8889, 8890, 11080, 8887 and 8886."`
	At        instant `placeholder:"TIME" help:"Begin at this time, such as 2030-01-01T00:00:00Z, and let the clock run from there."`
	Trace     bool    `help:"Print each envelope in and out on stderr, with secrets redacted."`
	UntilEOF  bool    `name:"until-eof" help:"End the lab also when standard input ends. A program that starts a lab keeps a pipe there, and the lab never outlives it."`
	Quiet     bool    `short:"q" help:"Do not log each request on stderr."`
	JSON      bool    `name:"json" help:"Print the lab as one line of JSON when it is ready, and the log as lines of JSON, errors too."`
}

// Help says what the lab is not for.
func (devCommand) Help() string {
	return "The passwords and keys of the sample are public, and whoever reaches the lab's controls moves its clock: all of it listens on this machine alone."
}

// Validate refuses two readers of standard input.
func (c *devCommand) Validate() error {
	if c.UntilEOF && c.Apply == stdin {
		return errors.New("--until-eof reads standard input, and so does --apply -: give a file")
	}
	return nil
}

// Run serves a lab until ctx ends, a listener fails or, with --until-eof, standard
// input ends.
func (c *devCommand) Run(ctx context.Context, std streams) (err error) {
	log := std.Err
	if c.Quiet {
		log = io.Discard
	}
	config := dsappd.Config{Dir: c.Dir, Lab: true, LabTime: time.Time(c.At), Logger: newLogger(log, c.JSON)}
	if c.Trace {
		config.Trace = std.Err
	}
	config.OperatorAddr = "127.0.0.1:8886"
	if c.FreePorts {
		config.Addr, config.OperatorAddr = "127.0.0.1:0", "127.0.0.1:0"
	}
	end, err := c.makeFolder(ctx, &config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	server, err := dsappd.Open(ctx, config)
	if err != nil {
		return c.advise(err)
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	shown, err := c.begin(ctx, std, server)
	if err != nil {
		return err
	}
	link, err := server.OperatorLink()
	if err != nil {
		return err
	}
	if err := c.print(std.Out, devLab{config.Dir, link, shown}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-server.Done():
	case <-c.inputEnds(std.In):
	}
	return server.Cause()
}

// inputEnds returns a channel that is closed when standard input ends; nil
// without --until-eof.
func (c *devCommand) inputEnds(in io.Reader) <-chan struct{} {
	if !c.UntilEOF {
		return nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, in) // an error ends it too
	}()
	return ended
}

// begin fills the lab with what it begins with, which reset returns to, and
// returns what is in it.
func (c *devCommand) begin(ctx context.Context, std streams, server *dsappd.Server) (lab.Shown, error) {
	controls := server.Controls()
	if c.Apply != "" {
		text, err := readFile(std, c.Apply)
		if err != nil {
			return lab.Shown{}, err
		}
		if _, err := controls.Apply(ctx, lab.Apply{File: string(text)}); err != nil {
			return lab.Shown{}, fmt.Errorf("%s: %w", c.Apply, err)
		}
	}
	shown, err := controls.Show(ctx, lab.URLs(server.URLs()))
	if err != nil {
		return lab.Shown{}, err
	}
	if c.Dir != "" && hasSample(shown) {
		controls.State.Know(datafolder.SampleCredentials())
		if shown, err = controls.Show(ctx, shown.URLs); err != nil {
			return lab.Shown{}, err
		}
	}
	return shown, controls.State.Begin(ctx)
}

// hasSample reports whether a folder was made with the sample.
func hasSample(shown lab.Shown) bool {
	return slices.ContainsFunc(shown.Users, func(u lab.User) bool { return u.UserID == "user1" && u.SerialNumber == "VDS1000140" })
}

// makeFolder makes the data folder, or a throw-away one for the socket alone.
func (c *devCommand) makeFolder(ctx context.Context, config *dsappd.Config) (end func() error, err error) {
	nothing := func() error { return nil }
	if c.Dir == "" {
		config.Memory = &dsappd.Memory{Sample: c.Apply == ""}
		config.Dir, err = os.MkdirTemp("", "dsappd-dev-")
		return func() error { return os.RemoveAll(config.Dir) }, err
	}
	if datafolder.Exists(c.Dir) {
		return nothing, nil
	}
	now := time.Now
	if at := time.Time(c.At); !at.IsZero() {
		now = func() time.Time { return at }
	}
	return nothing, datafolder.Init(ctx, c.Dir, datafolder.InitOptions{Sample: c.Apply == "", Now: now, Certificate: &datafolder.CertificateOptions{}})
}

// advise names the way out of a port that is taken.
func (c *devCommand) advise(err error) error {
	if errors.Is(err, datafolder.ErrAddress) && !c.FreePorts {
		return hint.Add(err, "another lab may be running: end it, or give --free-ports")
	}
	return err
}

// devLab is a lab as JSON, on one line: whoever starts a lab reads it and knows
// that the lab is ready.
type devLab struct {
	Dir  string `json:"dir"`
	Link string `json:"operatorSignIn"` // signs in to the operator's console, once
	lab.Shown
}

// print says where the lab is and what is in it, in one write.
func (c *devCommand) print(w io.Writer, shown devLab) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(shown)
	}
	try := fmt.Sprintf(devCurl, shown.URLs.SOAP)
	if c.Apply != "" {
		try = devEnd
	}
	rows := [][2]string{{"the operator's console", shown.Link + " (once)"}, {"operators", "export DSAPPD_DIR=" + hint.ShellWord(shown.Dir)}}
	_, err := io.WriteString(w, labText(shown.Shown, rows...)+try)
	return err
}

const devCurl = `
Try it:
  curl -sS -H 'Content-Type: text/xml' %s -d '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-component</componentType><user><userID>user1</userID></user><credential><staticPassword>Password2</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>'
` + devEnd

const devEnd = `
Then: dsappd explain, dsappd lab clock advance 10m. Ctrl-C ends the lab.
`
