package datafolder

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/provision"
)

// settle is how long the seals of several servers are left before they are told of:
// each seals once a second.
const settle = 3 * sealEvery

// prepareSinks makes the receivers of the settings, and has the audit keep for them
// what they have not taken.
func (f *Folder) prepareSinks(random io.Reader) error {
	sinks, err := f.Settings.sinks(f.Dir, f.Service.Now)
	if err != nil {
		return err
	}
	f.sinks.Store(&sinks)
	f.Service.Audit.Followers = f.sinkNames
	f.sending.Log, f.sending.Logger, f.sending.Now, f.sending.Rand = f.Service.Audit, f.Logger, f.Service.Now, random
	f.sending.Sinks = f.sinks.Load
	f.sending.Hold = func(ctx context.Context, name string) bool { return f.hold(ctx, "webhook "+name) }
	return nil
}

func (f *Folder) sinkNames() (names []string) {
	for _, sink := range *f.sinks.Load() {
		names = append(names, sink.Name)
	}
	return names
}

// KeepSending tells webhooks and syslog what happens, until ctx ends. Attempted is
// told each attempt: see notify.Sender.
func (f *Folder) KeepSending(ctx context.Context, attempted func(sink string, arrived int, failed bool)) {
	if f.Shared != nil {
		f.sending.Settle = settle
	}
	f.sending.Attempted = attempted
	f.sending.Run(ctx)
}

// SinkStates returns how the receivers are doing that this server sends to.
func (f *Folder) SinkStates() []notify.State { return f.sending.States() }

// ListWebhooks tells of every receiver.
func (f *Folder) ListWebhooks(ctx context.Context) ([]notify.Status, error) {
	return notify.List(ctx, f.Service.Audit, *f.sinks.Load())
}

// TestWebhook sends a message to the receiver of a name. The error says why it has
// not arrived.
func (f *Folder) TestWebhook(ctx context.Context, operator provision.Operator, name string) error {
	return notify.SendTest(ctx, *f.sinks.Load(), name, operator.Name, f.Service.Now())
}

// ResumeWebhook has a receiver be sent what has waited.
func (f *Folder) ResumeWebhook(ctx context.Context, operator provision.Operator, name string) error {
	return f.changeWebhook(ctx, operator, name, "webhook resume", notify.Resume)
}

// SkipWebhook drops what has waited for a receiver.
func (f *Folder) SkipWebhook(ctx context.Context, operator provision.Operator, name string) error {
	return f.changeWebhook(ctx, operator, name, "webhook skip", notify.Skip)
}

func (f *Folder) changeWebhook(ctx context.Context, operator provision.Operator, name, order string,
	change func(context.Context, *audit.Log, []notify.Sink, string) error) error {
	if err := change(ctx, f.Service.Audit, *f.sinks.Load(), name); err != nil {
		return err
	}
	f.sending.Wake(name)
	return f.Service.NoteWebhook(ctx, operator, order, name)
}

// The bounds of looking for what no request brings about.
const (
	// remindEvery is how often the server looks, and tells again.
	remindEvery = 24 * time.Hour

	// verifyAfter is how long a server that has started is left alone before it
	// verifies the whole audit.
	verifyAfter = time.Hour

	// remindBefore is how long before its end a certificate is told of.
	remindBefore = 14 * 24 * time.Hour
)

// KeepWatch tells the audit once a day of certificates that expire soon, from the
// start on, and of a seal that does not hold, from an hour later on, until ctx ends.
// Certificates returns when those of the doors expire.
func (f *Folder) KeepWatch(ctx context.Context, certificates func() map[string]time.Time) {
	looking, verifying := time.NewTicker(remindEvery), time.NewTimer(verifyAfter)
	defer looking.Stop()
	defer verifying.Stop()
	f.watchCertificates(ctx, certificates())
	for {
		select {
		case <-ctx.Done():
			return
		case <-looking.C:
			f.watchCertificates(ctx, certificates())
		case <-verifying.C:
			f.watchAudit(ctx)
			verifying.Reset(remindEvery)
		}
	}
}

func (f *Folder) watchCertificates(ctx context.Context, ends map[string]time.Time) {
	for door, end := range ends {
		if end.Sub(f.Service.Now()) >= remindBefore {
			continue
		}
		f.Logger.Warn("a certificate expires soon: renew it with dsappd tls renew, or replace its files", "door", door, "expires", end.UTC().Format(time.RFC3339))
		operator, err := f.watchman()
		if err == nil {
			err = f.Service.NoteCertificate(ctx, operator, door, end)
		}
		f.watchFailed(ctx, err)
	}
}

// watchAudit verifies the whole audit, at one server of those that share it.
func (f *Folder) watchAudit(ctx context.Context) {
	if !f.hold(ctx, "watch") {
		return
	}
	found, err := f.Service.Audit.Verify(ctx, nil)
	if err == nil && len(found.Broken) > 0 {
		f.Logger.Error("the audit does not hold: see dsappd audit verify", "seals", len(found.Broken), "first", found.Broken[0].SealKey.String(), "fault", found.Broken[0].Fault)
		var operator provision.Operator
		if operator, err = f.watchman(); err == nil {
			err = f.Service.NoteBroken(ctx, operator, found.Broken)
		}
	}
	f.watchFailed(ctx, err)
}

func (f *Folder) watchFailed(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		f.Logger.Error("certificates and the audit are not watched", "error", err)
	}
}

// watchman is who the audit says noticed something.
func (f *Folder) watchman() (provision.Operator, error) {
	var id [8]byte
	if _, err := io.ReadFull(f.Service.Rand, id[:]); err != nil {
		return provision.Operator{}, fmt.Errorf("draw a request ID: %w", err)
	}
	return provision.Operator{Name: "watchman", RequestID: hex.EncodeToString(id[:])}, nil
}
