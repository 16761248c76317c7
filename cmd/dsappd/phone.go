package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
)

// phoneCommand plays the phone of an activation, one step at a time.
type phoneCommand struct {
	Scan           phoneScanCommand           `cmd:"" help:"Read the QR code in a picture and print what it holds."`
	Exchange       phoneExchangeCommand       `cmd:"" help:"Agree on a key with the server and take the activation data."`
	OTP            phoneOTPCommand            `cmd:"" name:"otp" help:"Print the next one-time password."`
	DerivationCode phoneDerivationCodeCommand `cmd:"" help:"Print a derivation code, which binds this phone."`
	Activate       phoneActivateCommand       `cmd:"" help:"Activate with a one-time password or a derivation code."`
	MDL            phoneMDLCommand            `cmd:"" name:"mdl" help:"A place on a licence for several devices."`
}

// phoneState is the file that every step needs.
type phoneState struct {
	State string `required:"" placeholder:"FILE" help:"The phone's memory, sealed under the PIN."`
	PIN   string `required:"" name:"pin" env:"DSAPPD_PIN" placeholder:"PIN" help:"4 to 64 characters."`
}

func (c *phoneState) read() (phone.State, error) {
	s, err := phone.ReadFile(c.State, c.PIN)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("there is no %s: make it with dsappd phone exchange, or dsappd phone mdl exchange", c.State)
	}
	return s, err
}

// readOrNew is for the steps that begin: the file may not be there yet. What
// WriteFile would fail at is found before a server is asked for anything.
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
	URL           string        `name:"url" default:"http://127.0.0.1:8888/" help:"The server's SOAP endpoint."`
	ComponentType string        `default:"srp-component" help:"What the caller is, as the server's components have it."`
	Timeout       time.Duration `default:"30s" help:"For each request."`
	Trace         bool          `help:"Print each envelope on stderr, without its secrets."`
}

func (c *phoneServer) device(std streams) (*phone.Device, error) {
	at, err := url.Parse(c.URL)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return nil, fmt.Errorf("--url is %q: give http://HOST:PORT/", c.URL)
	}
	client, err := phone.NewClient(c.URL, &http.Client{Timeout: c.Timeout})
	if err != nil {
		return nil, err
	}
	if c.Trace {
		client.Trace = &soap.Trace{Schema: client.Schema, Writer: std.Err}
	}
	device := newDevice()
	device.Transport = &phone.SOAP{Client: client, ComponentType: c.ComponentType}
	return device, nil
}

// wentWrong says what helps against the error of a step, where that is known.
func (c *phoneServer) wentWrong(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: is the server up at --url %s?", failed.Err, c.URL)
	}
	return err
}

func newDevice() *phone.Device { return &phone.Device{Rand: rand.Reader, Now: time.Now} }
