package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/phone"
)

type demoCommand struct {
	MDL     bool `name:"mdl" help:"Activate a device of user6, on a licence for several devices, instead of user1's only one."`
	Offline bool `help:"With --mdl: the device sends nothing, and the user carries everything."`
	Journey bool `help:"Go the whole way of a new user: account, assignment, activation, login, signature and unassignment."`
	REST    bool `name:"rest" help:"Activate devices of a new user offline, over the Platform API, until the licence is full."`
	Keep    bool `help:"Leave the server running until Ctrl-C, and print its URLs and a session with curl."`
	JSON    bool `name:"json" help:"Print each step as a line of JSON, errors too."`
}

// Run takes user1 of a throw-away sample folder from register to an active
// authenticator, a device of user6 to a place on a licence, or a new user
// through a whole journey, over SOAP; or devices of a new user over REST.
func (c *demoCommand) Run(ctx context.Context, std streams) (err error) {
	if c.Offline && !c.MDL {
		return errors.New("--offline goes with --mdl")
	}
	if (c.Journey && c.MDL) || (c.REST && (c.Journey || c.MDL)) {
		return errors.New("--journey, --mdl and --rest are plays of their own: give one of them")
	}
	parent, err := os.MkdirTemp("", "dsappd-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(parent)) }()
	dir := filepath.Join(parent, "data")
	if err := datafolder.Init(ctx, dir, datafolder.InitOptions{Sample: true}); err != nil {
		return err
	}
	server, err := dsappd.Open(ctx, dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	d := newDemo(dir, server.URLs(), transport, newDemoPrinter(std.Out, c.JSON))
	if err := c.course(d)(ctx); err != nil || !c.Keep {
		return err
	}
	if err := c.session(d); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-server.Done():
	}
	return nil
}

// course returns what the demo plays.
func (c *demoCommand) course(d *demo) func(context.Context) error {
	switch {
	case c.Journey:
		return d.playJourney
	case c.REST:
		return d.playREST
	case c.Offline:
		return d.playMDLOffline
	case c.MDL:
		return d.playMDL
	}
	return d.play
}

func (c *demoCommand) session(d *demo) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	d.print.stays(d.urls, program, d.dir)
	switch {
	case c.REST:
		d.print.sessionREST(program, d.urls.Platform)
	case c.MDL:
		d.print.sessionMDL(program, d.url)
	default:
		d.print.session(d.url)
	}
	return nil
}

// demo is the course of one activation: a site that registers, a phone, and
// an operator who looks at what came of it.
type demo struct {
	dir, url string
	urls     dsappd.URLs
	http     *http.Client // prints what goes over SOAP
	plain    *http.Client
	print    *demoPrinter
	reply    []leaf // of the last request
	status   []leaf // likewise
}

func newDemo(dir string, urls dsappd.URLs, transport http.RoundTripper, print *demoPrinter) *demo {
	d := &demo{dir: dir, url: urls.SOAP, urls: urls, print: print, plain: &http.Client{Timeout: 30 * time.Second, Transport: transport}}
	d.http = &http.Client{Timeout: 30 * time.Second, Transport: &watch{next: transport, seen: func(w watched) {
		d.reply, d.status = w.decided, w.status
		d.print.step(w)
	}}}
	return d
}

func (d *demo) play(ctx context.Context) error {
	d.print.opening("One activation over real HTTP, from register to an active authenticator.", d.url, d.dir)
	if err := d.post(ctx, documentedRegister); err != nil {
		return err
	}
	registration, err := d.registration()
	if err != nil {
		return err
	}
	transport, err := d.transport("srp-component")
	if err != nil {
		return err
	}
	device := &phone.Device{Transport: transport, Rand: rand.Reader, Now: time.Now}
	state, err := device.Exchange(ctx, registration)
	if err != nil {
		return err
	}
	d.print.note(fmt.Sprintf("The phone checked the server's proof and opened its data: %s, %s, %d digits.",
		strings.ToUpper(string(state.Type)), state.Algorithm, state.Digits))
	code, state, err := device.DerivationCode(state, []byte("the demo's phone"))
	if err != nil {
		return err
	}
	d.print.note("It derived a secret of its own from the one it got, and a code that proves it.")
	if _, err := device.Activate(ctx, state, phone.Credential{DerivationCode: code}); err != nil {
		return err
	}
	return d.conclude(ctx, state.SerialNumber)
}

// documentedRegister is the vendor's documented example of dsappSRPRegister,
// byte for byte: what a client sends that knows nothing of this server.
const documentedRegister = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Header/>
  <soapenv:Body>
    <prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
      <componentType>srp-component</componentType>
      <user>
        <userID>user1</userID>
        <domain>master</domain>
      </user>
      <credential>
        <staticPassword>Password2</staticPassword>
      </credential>
    </prov:dsappSRPRegister>
  </soapenv:Body>
</soapenv:Envelope>`

// transport returns the connection of somebody who speaks to the server by the
// phone's library.
func (d *demo) transport(componentType string) (*phone.SOAP, error) {
	client, err := phone.NewClient(d.url, d.http)
	return &phone.SOAP{Client: client, ComponentType: componentType}, err
}

// post sends an envelope as it is. The reply is watched.
func (d *demo) post(ctx context.Context, envelope string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader(envelope))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := d.http.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// registration returns what dsappSRPRegister answered with.
func (d *demo) registration() (phone.Registration, error) {
	registration := phone.Registration{
		ID:       find(d.reply, "registrationID"),
		Password: find(d.reply, "activationPassword"),
	}
	if registration.ID == "" {
		return registration, errors.New("dsappSRPRegister was refused")
	}
	return registration, nil
}

// conclude asks whether the authenticator is what an activation makes of it.
func (d *demo) conclude(ctx context.Context, serialNumber string) error {
	a, err := d.authenticator(ctx, serialNumber)
	if err != nil {
		return err
	}
	if a.State != provision.Active || a.GraceEndsAt.After(time.Now()) || !a.Bound {
		return fmt.Errorf("the authenticator %s is %s, its grace period ends %v, bound: %v: want it active, at its end and bound",
			serialNumber, a.State, a.GraceEndsAt, a.Bound)
	}
	d.print.conclusion(a)
	return nil
}

// authenticator returns one as the operators' door shows it.
func (d *demo) authenticator(ctx context.Context, serialNumber string) (admin.Authenticator, error) {
	door, err := operators.Open(ctx, d.dir, operators.Config{Operator: "demo"})
	if err != nil {
		return admin.Authenticator{}, err
	}
	a, err := door.ShowAuthenticator(ctx, admin.NameAuthenticator{SerialNumber: serialNumber})
	return a, errors.Join(err, door.Close())
}
