package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/server/lab"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

type labResetCommand struct{ labFlags }

func (c *labResetCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.Done, error) { return client.Reset(ctx) }, saidDone)
}

type labSnapshotCommand struct {
	labFlags
	Name string `arg:"" placeholder:"NAME" help:"1 to 64 letters, digits, dots, dashes and underscores."`
}

func (c *labSnapshotCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.Done, error) { return client.Snapshot(ctx, c.Name) }, saidDone)
}

type labRestoreCommand struct {
	labFlags
	Name string `arg:"" placeholder:"NAME" help:"The snapshot's name."`
}

func (c *labRestoreCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.Done, error) { return client.Restore(ctx, c.Name) }, saidDone)
}

func saidDone(d lab.Done) string { return d.Done }

type labRequestsCommand struct {
	labFlags
	After        int           `placeholder:"N" help:"List those after request number N."`
	Door         string        `placeholder:"DOOR" help:"List those at this door alone."`
	Operation    string        `placeholder:"NAME" help:"List those that decided this operation alone."`
	Component    string        `placeholder:"TYPE" help:"List those of this component type alone."`
	User         string        `placeholder:"USER" help:"List those for this user alone."`
	Registration string        `placeholder:"ID" help:"List those of this registration alone."`
	Status       string        `placeholder:"STATUS" help:"List those with this status alone, such as STAT_SUCCESS."`
	Wait         time.Duration `placeholder:"TIME" help:"Wait this long, such as 5s, until there is one; the exit code is 1 if none came."`
	Bodies       bool          `help:"Print the envelopes too, without their secrets."`
}

// errNoRequest means that no request came in the time that was given.
var errNoRequest = errors.New("no such request came")

func (c *labRequestsCommand) Run(ctx context.Context, std streams) error {
	filter := timeline.Filter{After: c.After, Door: c.Door, Operation: c.Operation, Component: c.Component, User: c.User, Status: c.Status, Registration: c.Registration}
	var found lab.FoundRequests
	err := steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.FoundRequests, error) {
		client.HTTP.Timeout = c.Wait + 30*time.Second
		var err error
		found, err = client.Requests(ctx, filter, c.Wait)
		return found, err
	}, c.said)
	if err == nil && c.Wait > 0 && len(found.Requests) == 0 {
		return fmt.Errorf("%w within %v", errNoRequest, c.Wait)
	}
	return err
}

func (c *labRequestsCommand) said(found lab.FoundRequests) string {
	if len(found.Requests) == 0 {
		return "There are no such requests."
	}
	var text strings.Builder
	table := newTable(&text)
	fmt.Fprintln(table, "NUMBER\tTIME\tREQUEST\tDOOR\tASKED\tUSER\tHTTP\tSTATUS")
	for _, e := range found.Requests {
		asked := e.Operation
		if asked == "" {
			asked = e.Method + " " + e.Path
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", e.Number, moment(e.Time), orDash(e.RequestID), e.Door, harmless(asked), orDash(harmless(e.User)), e.HTTP, orDash(e.Status))
	}
	table.Flush()
	for _, e := range found.Requests {
		if c.Bodies && e.Request+e.Reply != "" {
			fmt.Fprintf(&text, "\n> %d %s\n%s\n\n< %d\n%s\n", e.Number, e.RequestID, e.Request, e.HTTP, e.Reply)
		}
	}
	return strings.TrimSuffix(text.String(), "\n")
}

type labPhoneCommand struct {
	labFlags
	Image              string `placeholder:"PICTURE" help:"Activate by this QR code: a PNG or JPEG, its text in hex, or - for a picture on stdin."`
	RegistrationID     string `placeholder:"ID" help:"Activate this registration."`
	ActivationPassword string `env:"DSAPPD_ACTIVATION_PASSWORD" placeholder:"PASSWORD" help:"With this activation password."`
	ComponentType      string `default:"srp-component" placeholder:"TYPE" help:"Call as a component of this type; ${default} if not given."`
}

func (c *labPhoneCommand) Run(ctx context.Context, std streams) error {
	in := intlab.Phone{RegistrationID: c.RegistrationID, ActivationPassword: c.ActivationPassword, ComponentType: c.ComponentType}
	if c.Image != "" {
		image, err := imageGiven(std, c.Image)
		if err != nil {
			return err
		}
		in.RegistrationID, in.ActivationPassword = image.RegistrationID, image.ActivationPassword
	}
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (intlab.Activated, error) { return client.Phone(ctx, in) }, func(a intlab.Activated) string {
		return fmt.Sprintf("%s: activated for %s of domain %s, by %s; the next one-time password is %s", a.SerialNumber, harmless(a.UserID), harmless(a.Domain), strings.Join(a.Calls, ", "), a.OTP)
	})
}
