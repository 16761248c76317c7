package main

import (
	"context"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// The real program is killed in the middle of a run of activations, again and
// again on the same data folder. What it acknowledged stays, nothing counts
// twice, and no one-time password works again.
func TestKill(t *testing.T) {
	const rounds, workers, acknowledgements = 4, 8, 50
	dir := newDataFolder(t)
	all := newActivators(t, dir, workers)
	for range rounds {
		server := serveFolder(t, dir)
		acknowledged := make(chan struct{}, acknowledgements)
		var running sync.WaitGroup
		for _, a := range all {
			running.Go(func() { a.run(t, server.url, acknowledged) })
		}
		rotateUnderWay(t, dir)
		for range acknowledgements {
			await(t, acknowledged)
		}
		server.kill()
		running.Wait()
		if err := server.wait(t); err == nil {
			t.Error("the server was not killed")
		}
		verifyActivations(t, dir, all)
		verifyAudit(t, dir)
	}
}

// rotateUnderWay has the server begin a rotation of its keys, so that it is killed
// in one or shortly after it.
func rotateUnderWay(t *testing.T, dir string) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err == nil {
		_, err = door.RotateKeys(t.Context(), admin.RotateKeys{})
		err = errors.Join(err, door.Close())
	}
	if err != nil {
		t.Error(err)
	}
}

func await(t *testing.T, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(patience):
		t.Fatal("what must happen has not happened")
	}
}

// activator activates the authenticator of one user over and over.
type activator struct {
	userID, serialNumber string
	secret               []byte

	next         uint64 // moving factor of the next one-time password
	acknowledged int
	ended        error
}

func newActivators(t *testing.T, dir string, n int) []*activator {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var all []*activator
	for i := range n {
		a := &activator{userID: fmt.Sprintf("killed%d", i), serialNumber: fmt.Sprintf("KIL%07d", i), secret: fmt.Appendf(nil, "the secret no. %05d", i)}
		all = append(all, a)
		if err := a.add(t.Context(), door); err != nil {
			t.Error(err)
		}
	}
	if err := door.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (a *activator) parameters() oath.Parameters {
	return oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA256, Digits: 8}
}

// add makes the user and the authenticator that it activates.
func (a *activator) add(ctx context.Context, door *operators.Door) error {
	p := a.parameters()
	_, added := door.AddUser(ctx, provision.AddUser{UserID: a.userID, StaticPassword: "Password2"})
	_, made := door.AddAuthenticator(ctx, admin.AddAuthenticator{SerialNumber: a.serialNumber,
		Type: p.Type, Algorithm: p.Algorithm, Digits: p.Digits, Secret: hex.EncodeToString(a.secret)})
	_, assigned := door.AssignAuthenticator(ctx, provision.AssignAuthenticator{SerialNumber: a.serialNumber, UserID: a.userID})
	return errors.Join(added, made, assigned)
}

// run activates until the server is gone. Every success is told, up to as
// many as the channel holds.
func (a *activator) run(t *testing.T, url string, acknowledged chan<- struct{}) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client, err := phone.NewClient(url, &http.Client{Transport: transport, Timeout: patience})
	if err != nil {
		t.Error(err)
		return
	}
	for {
		status, err := a.activate(t.Context(), client)
		if err != nil {
			a.ended = err
			return
		}
		if status != 0 {
			t.Errorf("%s: moving factor %d was refused with %d", a.userID, a.next, status)
			return
		}
		a.next++
		a.acknowledged++
		select {
		case acknowledged <- struct{}{}:
		default:
		}
	}
}

// activate registers and activates with the next one-time password; an error
// says that there was no reply.
func (a *activator) activate(ctx context.Context, client *soap.Client) (status int32, err error) {
	id, status, err := registerDirect(ctx, client, a.userID)
	if err != nil || status != 0 {
		return status, err
	}
	otp, err := oath.OTP(a.secret, a.next, a.parameters())
	if err != nil {
		return 0, err
	}
	return activateDirect(ctx, client, id, otp)
}

func registerDirect(ctx context.Context, client *soap.Client, userID string) (id string, status int32, err error) {
	element, err := wsdl.AppendDsappSRPRegister(nil, &wsdl.DsappSRPRegister{
		ComponentType: "srp-direct",
		User:          wsdl.UserInput{UserID: userID},
		Credential:    wsdl.RegisterCredentialInput{StaticPassword: "Password2"},
	})
	if err != nil {
		return "", 0, err
	}
	var reply wsdl.DsappSRPRegisterResponse
	err = client.Call(ctx, element, xml.Name{Space: wsdl.Provisioning, Local: "dsappSRPRegisterResponse"}, &reply)
	if err != nil || reply.Result == nil {
		return "", reply.Status.ResultCodes.StatusCode, err
	}
	return reply.Result.RegistrationID, 0, nil
}

func activateDirect(ctx context.Context, client *soap.Client, registrationID, otp string) (status int32, err error) {
	element, err := wsdl.AppendDsappSRPActivate(nil, &wsdl.DsappSRPActivate{
		ComponentType:  "srp-direct",
		RegistrationID: registrationID,
		Credential:     wsdl.ActivateCredentialInput{Response: &otp},
	})
	if err != nil {
		return 0, err
	}
	var reply wsdl.DsappSRPActivateResponse
	err = client.Call(ctx, element, xml.Name{Space: wsdl.Provisioning, Local: "dsappSRPActivateResponse"}, &reply)
	return reply.Status.ResultCodes.StatusCode, err
}

// verifyActivations looks at what a killed server left: of each authenticator
// all that was acknowledged and at most the one that was under way.
func verifyActivations(t *testing.T, dir string, all []*activator) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if checked, err := door.Check(t.Context()); err != nil || len(checked.Problems) > 0 {
		t.Errorf("the data folder of a killed server: %v, %v", checked.Problems, err)
	}
	for _, a := range all {
		left, err := door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: a.serialNumber})
		if err != nil {
			t.Fatal(err)
		}
		if left.Activations < a.acknowledged || left.Activations > a.acknowledged+1 {
			t.Errorf("%s: %d activations, %d were acknowledged (%v)", a.userID, left.Activations, a.acknowledged, a.ended)
		}
		if left.NextMovingFactor != uint64(left.Activations) {
			t.Errorf("%s: %d activations used up %d moving factors", a.userID, left.Activations, left.NextMovingFactor)
		}
		a.acknowledged, a.next = left.Activations, left.NextMovingFactor
	}
}

// After a kill and a restart the last one-time password, acknowledged or not,
// is used up, and the next one works.
func TestKillUsesUpOneTimePasswords(t *testing.T) {
	dir := newDataFolder(t)
	a := newActivators(t, dir, 1)[0]
	server := serveFolder(t, dir)
	acknowledged := make(chan struct{}, 1)
	running := make(chan struct{})
	go func() { defer close(running); a.run(t, server.url, acknowledged) }()
	await(t, acknowledged)
	server.kill()
	await(t, running)
	_ = server.wait(t)
	verifyActivations(t, dir, []*activator{a})

	server = serveFolder(t, dir)
	client, err := phone.NewClient(server.url, &http.Client{Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		movingFactor uint64
		want         int32
	}{{a.next - 1, 1000}, {a.next, 0}, {a.next, 1000}} {
		a.next = c.movingFactor
		if got, err := a.activate(t.Context(), client); err != nil || got != c.want {
			t.Errorf("moving factor %d: status %d, %v; want %d", c.movingFactor, got, err, c.want)
		}
	}
}
