package admin

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/provision"
)

// Webhooks lists the receivers of what happens, syslog among them.
type Webhooks interface {
	ListWebhooks(ctx context.Context) ([]notify.Status, error)
	TestWebhook(ctx context.Context, operator provision.Operator, name string) error
	ResumeWebhook(ctx context.Context, operator provision.Operator, name string) error
	SkipWebhook(ctx context.Context, operator provision.Operator, name string) error
}

// ListWebhooks asks for all receivers.
type ListWebhooks struct{}

// NameWebhook names a receiver.
type NameWebhook struct {
	Name string `json:"name"`
}

// WebhookTest tells what came of a message.
type WebhookTest struct {
	Name    string `json:"name"`
	Arrived bool   `json:"arrived"`
	Fault   string `json:"fault,omitempty"` // why it has not
}

func (d *Door) listWebhooks(ctx context.Context, _ ListWebhooks) ([]notify.Status, error) {
	return d.Webhooks.ListWebhooks(ctx)
}

func (d *Door) testWebhook(ctx context.Context, operator provision.Operator, in NameWebhook) (WebhookTest, error) {
	err := d.Webhooks.TestWebhook(ctx, operator, in.Name)
	switch {
	case errors.Is(err, notify.ErrNoSink):
		return WebhookTest{}, noWebhook(in.Name)
	case err != nil:
		return WebhookTest{Name: in.Name, Fault: err.Error()}, nil
	}
	return WebhookTest{Name: in.Name, Arrived: true}, nil
}

func (d *Door) resumeWebhook(ctx context.Context, operator provision.Operator, in NameWebhook) (notify.Status, error) {
	return d.changedWebhook(ctx, in.Name, d.Webhooks.ResumeWebhook(ctx, operator, in.Name))
}

func (d *Door) skipWebhook(ctx context.Context, operator provision.Operator, in NameWebhook) (notify.Status, error) {
	return d.changedWebhook(ctx, in.Name, d.Webhooks.SkipWebhook(ctx, operator, in.Name))
}

// changedWebhook shows a receiver after a change.
func (d *Door) changedWebhook(ctx context.Context, name string, err error) (notify.Status, error) {
	if errors.Is(err, notify.ErrNoSink) {
		return notify.Status{}, noWebhook(name)
	}
	var all []notify.Status
	if err == nil {
		all, err = d.Webhooks.ListWebhooks(ctx)
	}
	if err != nil {
		return notify.Status{}, err
	}
	for _, status := range all {
		if status.Name == name {
			return status, nil
		}
	}
	return notify.Status{}, noWebhook(name)
}

func noWebhook(name string) error {
	return malformed(fmt.Sprintf("No webhook is called %q: see dsappd webhook list.", name))
}
