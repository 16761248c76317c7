package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type webhookCommand struct {
	List   webhookListCommand   `cmd:"" help:"Show what each has been told, and what waits."`
	Test   webhookTestCommand   `cmd:"" help:"Send one a message, and say whether it has arrived."`
	Resume webhookResumeCommand `cmd:"" help:"Go on sending to one that was given up, from where it stands."`
	Skip   webhookSkipCommand   `cmd:"" help:"Drop what waits for one, and go on with what happens from now on."`
}

// Help says where webhooks are set.
func (webhookCommand) Help() string {
	return "The tables [[webhook]] and [syslog] of settings.toml say who is told; the name of the latter is syslog."
}

type webhookListCommand struct {
	doorFlags
}

// Run lists the webhooks of the settings.
func (c *webhookListCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) ([]notify.Status, error) {
		return door.ListWebhooks(ctx, admin.ListWebhooks{})
	}, func(all []notify.Status) string {
		if len(all) == 0 {
			return "no webhooks: see [[webhook]] and [syslog] in settings.toml"
		}
		var text strings.Builder
		printWebhooks(&text, all)
		return strings.TrimSuffix(text.String(), "\n")
	})
}

func printWebhooks(w io.Writer, all []notify.Status) {
	table := newTable(w)
	fmt.Fprintln(table, "NAME\tTO\tSTATE\tLAST ARRIVED\tOLDEST WAITING")
	for _, s := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.Name, s.To, webhookState(s), moment(s.TakenAt), moment(s.OldestWaiting))
	}
	table.Flush()
}

func webhookState(s notify.Status) string {
	switch {
	case !s.StoppedAt.IsZero():
		return "given up " + moment(s.StoppedAt) + ": " + s.Fault
	case !s.FailingSince.IsZero():
		return "failing since " + moment(s.FailingSince) + ": " + s.Fault
	}
	return "takes messages"
}

type webhookTestCommand struct {
	doorFlags
	Name string `arg:"" placeholder:"NAME" help:"Send to this webhook."`
}

// errNotArrived means that a message of a test did not arrive.
var errNotArrived = errors.New("the message has not arrived")

// Run sends one message.
func (c *webhookTestCommand) Run(ctx context.Context, std streams) error {
	var test admin.WebhookTest
	err := order(ctx, std, c.doorFlags, func(door *operators.Door) (_ admin.WebhookTest, err error) {
		test, err = door.TestWebhook(ctx, admin.NameWebhook{Name: c.Name})
		if err == nil && !test.Arrived {
			err = fmt.Errorf("%w: %s", errNotArrived, test.Fault)
		}
		return test, err
	}, func(test admin.WebhookTest) string { return test.Name + " has taken the message" })
	return err
}

type webhookResumeCommand struct {
	doorFlags
	Name string `arg:"" placeholder:"NAME" help:"Go on with this webhook."`
}

// Run has a webhook go on.
func (c *webhookResumeCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (notify.Status, error) {
		return door.ResumeWebhook(ctx, admin.NameWebhook{Name: c.Name})
	}, func(s notify.Status) string { return s.Name + " goes on where it stands" })
}

type webhookSkipCommand struct {
	doorFlags
	Name string `arg:"" placeholder:"NAME" help:"Drop what waits for this webhook."`
}

// Run drops what waits.
func (c *webhookSkipCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (notify.Status, error) {
		return door.SkipWebhook(ctx, admin.NameWebhook{Name: c.Name})
	}, func(s notify.Status) string { return s.Name + " goes on with what happens from now on" })
}
