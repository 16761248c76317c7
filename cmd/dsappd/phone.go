package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
)

// phoneCommand plays the phone of an activation, as a whole or one step at a
// time.
type phoneCommand struct {
	Scan           phoneScanCommand           `cmd:"" help:"Read the QR code in a picture and print what it holds."`
	Exchange       phoneExchangeCommand       `cmd:"" help:"Agree on a key with the server and take the activation data."`
	OTP            phoneOTPCommand            `cmd:"" name:"otp" help:"Print the next one-time password."`
	DerivationCode phoneDerivationCodeCommand `cmd:"" help:"Print a derivation code, which binds this phone."`
	Sign           phoneSignCommand           `cmd:"" help:"Print the signature over data fields."`
	Answer         phoneAnswerCommand         `cmd:"" help:"Open a request to log in or to sign, and print the answer."`
	Activate       phoneActivateCommand       `cmd:"" help:"Activate from an image, or with a one-time password or a derivation code."`
	Faults         phoneFaultsCommand         `cmd:"" help:"List what phone activate --fault can do wrong."`
	MDL            phoneMDLCommand            `cmd:"" name:"mdl" help:"Play a device on a licence for several devices, one step at a time."`
}

// phoneState is the file that every step needs.
type phoneState struct {
	State string `default:"phone.state" env:"DSAPPD_PHONE" placeholder:"FILE" help:"Keep the phone's state here, sealed under the PIN."`
	PIN   string `name:"pin" env:"DSAPPD_PIN" placeholder:"PIN" help:"Open it with this PIN, 4 to 64 characters; asked for at a terminal if not given."`
	Lab   string `name:"lab" env:"DSAPPD_LAB" placeholder:"URL" help:"Take the time from the lab's controls at this URL in place of this machine's clock."`
	jsonFlag

	ahead time.Duration // of the clock that the phone goes by, before this machine's
}

// AfterApply asks a lab for its time, and for a PIN that was not given.
func (c *phoneState) AfterApply(ctx context.Context, std streams) error {
	if err := c.follow(ctx); err != nil {
		return err
	}
	return c.ask(ctx, std, func(ask asking) (string, error) { return ask("PIN: ") })
}

// follow takes the time from a lab, where one is given.
func (c *phoneState) follow(ctx context.Context) error {
	if c.Lab == "" {
		return nil
	}
	if err := checkURL("lab", c.Lab); err != nil {
		return err
	}
	now, err := labNow(ctx, c.Lab, &http.Client{Timeout: 30 * time.Second})
	if err != nil {
		return fmt.Errorf("take the time from the lab: %w", err)
	}
	c.ahead = time.Until(now)
	return nil
}

// now returns the time that the phone goes by.
func (c *phoneState) now() time.Time { return time.Now().Add(c.ahead) }

func (c *phoneState) read() (phone.State, error) {
	s, err := phone.ReadFile(c.State, c.PIN)
	if errors.Is(err, fs.ErrNotExist) {
		return s, hint.Add(fmt.Errorf("there is no %s", c.State), "make it with dsappd phone exchange, or dsappd phone mdl exchange")
	}
	return s, err
}

// readOrNew reads the state for steps that begin: the file may not be there
// yet. It finds what WriteFile would fail at before a server is asked for
// anything.
func (c *phoneState) readOrNew() (phone.State, error) {
	if err := phone.CheckFile(c.State, c.PIN); err != nil {
		return phone.State{}, fmt.Errorf("could not keep the state: %w", err)
	}
	s, err := phone.ReadFile(c.State, c.PIN)
	if errors.Is(err, fs.ErrNotExist) {
		return phone.State{}, nil
	}
	return s, err
}

func (c *phoneState) write(s phone.State) error {
	return phone.WriteFile(c.State, rand.Reader, c.PIN, s)
}

// phoneServer is the server that a step speaks to.
type phoneServer struct {
	URL           string        `name:"url" default:"http://127.0.0.1:8888/" placeholder:"URL" help:"Ask the server at this SOAP endpoint; ${default} if not given."`
	ComponentType string        `default:"srp-component" placeholder:"TYPE" help:"Call as a component of this type; ${default} if not given."`
	CA            string        `name:"ca" placeholder:"FILE" help:"Trust the server by the certificates (PEM) in FILE instead of the system's."`
	Timeout       time.Duration `default:"30s" placeholder:"TIME" help:"Wait this long for each answer; ${default} if not given."`
	Trace         bool          `help:"Print each envelope on stderr, without its secrets."`
}

func (c *phoneServer) device(std streams, now func() time.Time) (*phone.Device, error) {
	if err := checkURL("url", c.URL); err != nil {
		return nil, err
	}
	over, err := c.http()
	if err != nil {
		return nil, err
	}
	client, err := phone.NewClient(c.URL, over)
	if err != nil {
		return nil, err
	}
	if c.Trace {
		client.Trace = &soap.Trace{Schema: client.Schema, Writer: std.Err}
	}
	device := newDevice(now)
	device.Transport = &phone.SOAP{Client: client, ComponentType: c.ComponentType}
	return device, nil
}

func checkURL(flag, given string) error {
	at, err := url.Parse(given)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return fmt.Errorf("--%s is %q: give http://HOST:PORT/ or https://HOST:PORT/", flag, given)
	}
	return nil
}

// http asks nobody but whom it was told to ask: what a phone sends is secret.
func (c *phoneServer) http() (*http.Client, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if c.CA != "" {
		var err error
		if transport.TLSClientConfig, err = trusting(c.CA); err != nil {
			return nil, err
		}
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, Timeout: c.Timeout, CheckRedirect: stay}, nil
}

// wentWrong says what helps against the error of a step, where that is known.
func (c *phoneServer) wentWrong(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok && !errors.Is(err, context.Canceled) {
		return unreached(failed, "url", c.URL, "")
	}
	return err
}

// unreached says what helps against a server that did not answer, and then.
func unreached(failed *url.Error, flag, at, then string) error {
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](failed); unknown {
		return hint.Add(failed.Err, "give the CA that it is trusted by with --ca%s", then)
	}
	return hint.Add(failed.Err, "is the server up at --%s %s?%s", flag, at, then)
}

func newDevice(now func() time.Time) *phone.Device { return &phone.Device{Rand: rand.Reader, Now: now} }
