package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// client takes steps, one after the other, of which each changes what the store
// holds.
type client interface {
	name() string

	// prepare makes what the steps need, before the first one.
	prepare(ctx context.Context, door *operators.Door) error

	// step takes the next step after n.
	step(ctx context.Context, s *session, n int) error

	// most is after how many steps nothing is left to do.
	most() int

	// look counts the steps that a store holds.
	look(ctx context.Context, door *operators.Door) (int, error)
}

// replayer is a client that can try to have its last step count once more.
type replayer interface {
	// replay returns nil if the server refuses that, after n steps.
	replay(ctx context.Context, s *session, n int) error
}

// everybody returns the clients of a load.
func everybody() []client {
	return []client{
		&activator{number: 1}, &activator{number: 2}, &activator{number: 3},
		&exchanger{number: 1}, &exchanger{number: 2, gateway: true},
		&device{number: 1}, &device{number: 2},
		passwordGuesser{}, &proofGuesser{}, orders{}, policies{},
	}
}

// The components of the sample as which clients call, and its password.
const (
	direct         = "srp-direct"
	exchanged      = "srp-component"
	licensed       = "mdl-component"
	staticPassword = "Password2"
)

// mostGuesses is how many wrong passwords count: so many lock.
const mostGuesses = 1000

// prepare prepares a sample for clients.
func prepare(ctx context.Context, dir string, clients []client) error {
	door, err := operators.Open(ctx, dir, operators.Config{Operator: "torture"})
	if err != nil {
		return err
	}
	_, err = door.SetPolicy(ctx, provision.SetPolicy{Name: "lab", Set: fmt.Appendf(nil, `{"LockThreshold": %d, "OverallLockThreshold": 0}`, mostGuesses)})
	for _, c := range clients {
		if err == nil {
			err = c.prepare(ctx, door)
		}
	}
	return errors.Join(err, door.Close())
}

// session is how one client speaks to a server. It notes each decision that it
// is told of.
type session struct {
	door admin.Client

	ledger  *ledger
	soap    *soap.Client
	gateway *phone.Gateway
	over    *http.Transport
	socket  *http.Transport
}

func newSession(l *ledger, server *server, dir string, disturbed *atomic.Bool) (*session, error) {
	trust, err := trusting(server)
	if err != nil {
		return nil, err
	}
	s := &session{ledger: l, over: &http.Transport{TLSClientConfig: trust}, socket: admin.Socket(filepath.Join(dir, datafolder.SocketName))}
	s.door = admin.Client{Transport: noting{s.socket, l, disturbed}, Operator: "torture"}
	web := &http.Client{Transport: noting{s.over, l, disturbed}, Timeout: time.Minute}
	s.gateway = &phone.Gateway{URL: server.gateway, Key: "lab-front-key", HTTP: web}
	s.soap, err = phone.NewClient(server.soap, web)
	return s, err
}

func (s *session) end() {
	s.over.CloseIdleConnections()
	s.socket.CloseIdleConnections()
}

// noting notes the decision behind each answer.
type noting struct {
	http.RoundTripper
	ledger *ledger

	// disturbed says that the server may answer that it could not decide; nil: it
	// always can.
	disturbed *atomic.Bool
}

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := n.RoundTripper.RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusOK && (n.disturbed == nil || !n.disturbed.Load()) {
		n.ledger.note(line{Decided: response.Header.Get("Request-Id")})
	}
	return response, err
}

// as returns the connection of phones, for a component.
func (s *session) as(component string) *phone.SOAP {
	return &phone.SOAP{Client: s.soap, ComponentType: component}
}

// register registers a user; a refusal is a *phone.Refusal.
func (s *session) register(ctx context.Context, component, userID, password string) (phone.Registration, error) {
	var none phone.Registration
	element, err := wsdl.AppendDsappSRPRegister(nil, &wsdl.DsappSRPRegister{
		ComponentType: component, User: wsdl.UserInput{UserID: userID}, Credential: wsdl.RegisterCredentialInput{StaticPassword: password},
	})
	if err != nil {
		return none, err
	}
	var reply wsdl.DsappSRPRegisterResponse
	if err := s.soap.Call(ctx, element, xml.Name{Space: wsdl.Provisioning, Local: "dsappSRPRegisterResponse"}, &reply); err != nil {
		return none, err
	}
	if reply.Result == nil {
		return none, &phone.Refusal{Operation: "dsappSRPRegister", ResultCodes: phone.ResultCodes(reply.Status.ResultCodes)}
	}
	return phone.Registration{ID: reply.Result.RegistrationID, Password: reply.Result.ActivationPassword}, nil
}

// invalidCredentials is the status of a wrong password or proof.
const invalidCredentials = 1000

// wantRefused insists that something was refused as wrong.
func wantRefused(err error, what string) error {
	refusal, refused := errors.AsType[*phone.Refusal](err)
	switch {
	case refused && refusal.ResultCodes.StatusCode == invalidCredentials:
		return nil
	case err == nil:
		return fmt.Errorf("%w: %s was accepted", errBroke, what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// load is clients at work.
type load struct {
	working sync.WaitGroup
	killed  atomic.Bool

	disturbed atomic.Bool // refusals are no fault either: they count for nothing

	mu     sync.Mutex
	failed []error
}

// work makes clients go on with their steps.
func (l *ledger) work(ctx context.Context, clients []client, server *server, dir string) (*load, error) {
	at := new(load)
	for _, c := range clients {
		s, err := newSession(l, server, dir, &at.disturbed)
		if err != nil {
			return nil, err
		}
		at.working.Go(func() {
			defer s.end()
			if err := l.keepOn(ctx, c, s); err != nil {
				at.fail(fmt.Errorf("%s: %w", c.name(), err))
			}
		})
	}
	return at, nil
}

func (l *ledger) keepOn(ctx context.Context, c client, s *session) error {
	for n := l.done(c.name()); n < c.most(); n++ {
		l.note(line{Asked: c.name()})
		if err := c.step(ctx, s, n); err != nil {
			return err
		}
		l.note(line{Told: c.name()})
	}
	return nil
}

// fail notes what ended a client. A killed server answers nothing any more,
// but what it did answer counts.
func (at *load) fail(err error) {
	_, refused := errors.AsType[*phone.Refusal](err)
	_, orderRefused := errors.AsType[*admin.Error](err)
	_, fault := errors.AsType[*soap.Fault](err)
	if at.disturbed.Load() && !errors.Is(err, errBroke) {
		return
	}
	if at.killed.Load() && !refused && !orderRefused && !fault && !errors.Is(err, errBroke) {
		return
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	at.failed = append(at.failed, fmt.Errorf("%w: %w", errBroke, err))
}

// kill kills the server under its clients, and returns what went wrong before.
func (at *load) kill(server *server) error {
	at.killed.Store(true)
	server.kill()
	at.working.Wait()
	if len(at.failed) > 0 {
		return errors.Join(append(at.failed, errors.New(server.errors()))...)
	}
	return nil
}
