package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/server/lab"
)

// labCommand steers the server of a lab.
type labCommand struct {
	Show     labShowCommand     `cmd:"" help:"Show where the lab answers, its users with their passwords and next one-time passwords, and its keys."`
	Clock    labClockCommand    `cmd:"" help:"Show the clock of a lab, stop it and move it."`
	Fault    labFaultCommand    `cmd:"" help:"Have requests go wrong on purpose."`
	Requests labRequestsCommand `cmd:"" help:"List what the lab was asked, and wait for a request."`
	Phone    labPhoneCommand    `cmd:"" help:"Have a simulated phone activate."`
	Snapshot labSnapshotCommand `cmd:"" help:"Keep the lab's records under a name."`
	Restore  labRestoreCommand  `cmd:"" help:"Bring the lab's records back to those of a snapshot."`
	Reset    labResetCommand    `cmd:"" help:"Bring the lab back to what it began with: records, clock, no faults, no requests."`
}

// labFlags are those of every command that steers a lab.
type labFlags struct {
	URL string `name:"url" default:"http://127.0.0.1:8887/" env:"DSAPPD_LAB" placeholder:"URL" help:"Steer the lab at this URL, which dsappd dev prints; ${default} if not given."`
	CA  string `name:"ca" placeholder:"FILE" help:"Trust the server by the certificates (PEM) in FILE instead of the system's."`
	jsonFlag
}

// client asks the lab's controls.
func (f labFlags) client() (*lab.Client, error) {
	if err := checkURL("url", f.URL); err != nil {
		return nil, err
	}
	over, err := (&phoneServer{CA: f.CA}).http()
	if err != nil {
		return nil, err
	}
	return &lab.Client{URL: f.URL, HTTP: over}, nil
}

// steer asks the lab for one thing and prints what came of it.
func steer[R any](ctx context.Context, std streams, f labFlags, do func(*lab.Client) (R, error), say func(R) string) error {
	client, err := f.client()
	if err != nil {
		return err
	}
	result, err := do(client)
	if failed, is := errors.AsType[*url.Error](err); is && ctx.Err() == nil {
		return unreached(failed, "url", f.URL, " dsappd dev serves one, and dsappd serve --lab.")
	}
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(std.Out, result)
	}
	_, err = fmt.Fprintln(std.Out, say(result))
	return err
}

// labNow asks for the time of the lab at a URL.
func labNow(ctx context.Context, at string, over *http.Client) (time.Time, error) {
	state, err := (&lab.Client{URL: at, HTTP: over}).Clock(ctx)
	return state.Now, err
}

// labClockCommand steers the clock of a lab.
type labClockCommand struct {
	Show    labClockShowCommand    `cmd:"" default:"withargs" help:"Show what the clock says."`
	Freeze  labClockFreezeCommand  `cmd:"" help:"Stop the clock, where it stands or at a time."`
	Set     labClockSetCommand     `cmd:"" help:"Put the clock forward to a time."`
	Advance labClockAdvanceCommand `cmd:"" help:"Move the clock forward."`
	Release labClockReleaseCommand `cmd:"" help:"Let a frozen clock run on from where it stands."`
}

type labClockShowCommand struct{ labFlags }

func (c *labClockShowCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (intlab.ClockState, error) { return client.Clock(ctx) }, saidClock)
}

type labClockFreezeCommand struct {
	labFlags
	Time instant `arg:"" optional:"" help:"A time such as 2030-01-01T00:00:00Z, not before what the clock shows."`
}

func (c *labClockFreezeCommand) Run(ctx context.Context, std streams) error {
	return moveClock(ctx, std, c.labFlags, lab.MoveClock{Do: "freeze", Time: time.Time(c.Time)})
}

type labClockSetCommand struct {
	labFlags
	Time instant `arg:"" help:"A time such as 2030-01-01T00:00:00Z, not before what the clock shows."`
}

func (c *labClockSetCommand) Run(ctx context.Context, std streams) error {
	return moveClock(ctx, std, c.labFlags, lab.MoveClock{Do: "set", Time: time.Time(c.Time)})
}

type labClockAdvanceCommand struct {
	labFlags
	By age `arg:"" placeholder:"TIME" help:"How far: 90d, 12h, 10m or 30s."`
}

func (c *labClockAdvanceCommand) Run(ctx context.Context, std streams) error {
	return moveClock(ctx, std, c.labFlags, lab.MoveClock{Do: "advance", By: time.Duration(c.By).String()})
}

type labClockReleaseCommand struct{ labFlags }

func (c *labClockReleaseCommand) Run(ctx context.Context, std streams) error {
	return moveClock(ctx, std, c.labFlags, lab.MoveClock{Do: "release"})
}

func moveClock(ctx context.Context, std streams, f labFlags, in lab.MoveClock) error {
	return steer(ctx, std, f, func(client *lab.Client) (intlab.ClockState, error) { return client.MoveClock(ctx, in) }, saidClock)
}

func saidClock(s intlab.ClockState) string {
	text := "The clock runs at " + moment(s.Now)
	if s.Frozen {
		text = "The clock is frozen at " + moment(s.Now)
	}
	if ahead := (time.Duration(s.AheadSeconds * float64(time.Second))).Round(time.Second); ahead != 0 {
		text += fmt.Sprintf(", %v from this machine's", ahead)
	}
	return text
}

// instant is a time on the command line.
type instant time.Time

// UnmarshalText reads a time by RFC 3339.
func (i *instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return fmt.Errorf("%q is no time: give one such as 2030-01-01T00:00:00Z", text)
	}
	*i = instant(t)
	return nil
}
