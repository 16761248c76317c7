package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
)

type devCommand struct {
	Dir       string  `placeholder:"DIR" help:"Keep the lab in this data folder; it is made with the sample if there is none. Without a folder all is in memory and goes when the lab ends."`
	Apply     string  `placeholder:"FILE" help:"Make the records what this file says, as dsappd apply does, in place of the sample."`
	FreePorts bool    `help:"Take free ports in place of 8888, 8889, 8890, 11080 and 8887."`
	At        instant `placeholder:"TIME" help:"Begin at this time, such as 2030-01-01T00:00:00Z, and let the clock run from there."`
	Trace     bool    `help:"Print each envelope in and out on stderr, with secrets redacted."`
	Quiet     bool    `short:"q" help:"Do not log each request on stderr."`
	JSON      bool    `name:"json" help:"Print the lab as one JSON object and the log as lines of JSON, errors too."`
}

// Help says what the lab is not for.
func (devCommand) Help() string {
	return "The passwords and keys of the sample are public, and whoever reaches the lab's controls moves its clock: all of it listens on this machine alone."
}

// Run serves a lab until ctx ends, or a listener fails.
func (c *devCommand) Run(ctx context.Context, std streams) (err error) {
	log := std.Err
	if c.Quiet {
		log = io.Discard
	}
	config := dsappd.Config{Dir: c.Dir, Lab: true, LabTime: time.Time(c.At), Logger: newLogger(log, c.JSON)}
	if c.Trace {
		config.Trace = std.Err
	}
	if c.FreePorts {
		config.Addr = "127.0.0.1:0"
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
	if err := c.apply(ctx, std, config.Dir); err != nil {
		return err
	}
	if err := server.Controls().State.Begin(ctx); err != nil {
		return err
	}
	otps, err := server.NextOTPs(ctx)
	if err != nil {
		return err
	}
	if err := c.print(std.Out, config.Dir, server.URLs(), otps); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-server.Done():
	}
	return server.Cause()
}

// apply makes the records what a file says, where one is given.
func (c *devCommand) apply(ctx context.Context, std streams, dir string) error {
	if c.Apply == "" {
		return nil
	}
	quiet := streams{In: std.In, Out: io.Discard, Err: std.Err}
	return (&applyCommand{doorFlags: doorFlags{Dir: dir}, File: c.Apply}).Run(ctx, quiet)
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

// devLab is a lab as JSON.
type devLab struct {
	Dir  string          `json:"dir"`
	URLs servedURLs      `json:"urls"`
	OTPs []dsappd.OTPNow `json:"users"`
}

// print says where the lab is and what is in it, in one write.
func (c *devCommand) print(w io.Writer, dir string, urls dsappd.URLs, otps []dsappd.OTPNow) error {
	if c.JSON {
		return printJSON(w, devLab{dir, servedURLs(urls), otps})
	}
	var b strings.Builder
	table := newTable(&b)
	for _, row := range [][2]string{
		{"SOAP clients", urls.SOAP + "?wsdl"}, {"REST clients", urls.Platform + "v1/, key lab-platform-key"}, {"phones", urls.Gateway + ", key lab-front-key"},
		{"browsers", urls.Console}, {"the lab's controls", urls.Lab + "lab/"}, {"operators", "export DSAPPD_DIR=" + hint.ShellWord(dir)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	table.Flush()
	b.WriteString("\n")
	table = newTable(&b)
	fmt.Fprintln(table, "USER\tPASSWORD\tAUTHENTICATOR\tKIND\tNEXT ONE-TIME PASSWORD")
	password, try := samplePassword, fmt.Sprintf(devCurl, urls.SOAP)
	if c.Apply != "" {
		password, try = "as "+c.Apply+" says", devEnd
	}
	for _, o := range otps {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", o.UserID, password, o.SerialNumber, strings.ToUpper(o.Type), devOTP(o))
	}
	table.Flush()
	b.WriteString(try)
	_, err := io.WriteString(w, b.String())
	return err
}

// devOTP is the next one-time password as people type it.
func devOTP(o dsappd.OTPNow) string {
	switch {
	case o.OTP == "":
		return "its devices make them"
	case o.PIN:
		return o.OTP + ", after the PIN 1234"
	}
	return o.OTP
}

// samplePassword is that of every user of the sample.
const samplePassword = "Password2"

const devCurl = `
Try it:
  curl -sS -H 'Content-Type: text/xml' %s -d '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-component</componentType><user><userID>user1</userID></user><credential><staticPassword>Password2</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>'
` + devEnd

const devEnd = `
Then: dsappd explain, dsappd lab clock advance 10m. Ctrl-C ends the lab.
`
