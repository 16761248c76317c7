package datafolder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store/postgres"
)

const (
	// sealEvery is how long a decision stands in the audit before a seal
	// vouches for it.
	sealEvery = time.Second

	// countEvery is how often the sums are written of what was only counted.
	countEvery = time.Minute

	// retainEvery is how often what has grown too old is removed.
	retainEvery = time.Hour

	// finishTimeout is how long the end of a run waits for one seal more.
	finishTimeout = 10 * time.Second
)

// KeepAudit seals what earlier runs left when they crashed, and then, until
// ctx ends, what this one decides; and it removes what is too old.
func (f *Folder) KeepAudit(ctx context.Context) {
	if f.Shared == nil {
		f.sealEndedRuns(ctx)
	}
	f.retainAudit(ctx)
	sealing, counting, retaining := time.NewTicker(sealEvery), time.NewTicker(countEvery), time.NewTicker(retainEvery)
	defer sealing.Stop()
	defer counting.Stop()
	defer retaining.Stop()
	var failed error
	for {
		select {
		case <-ctx.Done():
			return
		case <-counting.C:
			f.noteTallied(ctx)
		case <-retaining.C:
			f.retainAudit(ctx)
		case <-sealing.C:
			failed = f.sealAudit(ctx, failed)
		}
	}
}

func (f *Folder) sealEndedRuns(ctx context.Context) {
	sealed, err := f.Service.Audit.SealEndedRuns(ctx, f.hasEnded(ctx))
	if len(sealed) > 0 {
		f.Logger.Info("sealed what earlier runs had left of the audit", "runs", sealed)
	}
	if err != nil && ctx.Err() == nil {
		f.Logger.Error("the audit of an earlier run is not sealed", "error", err)
	}
}

// KeepPeers seals what peers leave when they die, until ctx ends. A folder that
// nobody shares has none.
func (f *Folder) KeepPeers(ctx context.Context) {
	if f.Shared == nil {
		return
	}
	looking := time.NewTicker(lookForPeersEvery)
	defer looking.Stop()
	// What died before anybody looked is looked for once.
	first := time.NewTimer(postgres.Lapse + lookForPeersEvery)
	defer first.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-first.C:
			f.sealEndedRuns(ctx)
		case <-looking.C:
			if lapsed, err := f.Shared.Lapsed(ctx); err == nil && lapsed {
				f.sealEndedRuns(ctx)
			}
		}
	}
}

// lookForPeersEvery is how often a server looks whether a peer has died.
const lookForPeersEvery = 3 * time.Second

// sealAudit logs when sealing begins to fail and when it works again, not each
// second between.
func (f *Folder) sealAudit(ctx context.Context, failed error) error {
	err := f.Service.Audit.Seal(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && failed == nil:
		f.Logger.Error("the audit is not sealed", "error", err)
	case err == nil && failed != nil:
		f.Logger.Info("the audit is sealed again")
	}
	return err
}

// noteTallied writes to the audit what was counted and not committed, once a
// minute.
func (f *Folder) noteTallied(ctx context.Context) { f.tallied(ctx, f.Service.NoteTallied) }

// FinishTallied writes all of it, at the end.
func (f *Folder) FinishTallied(ctx context.Context) { f.tallied(ctx, f.Service.FinishTallied) }

func (f *Folder) tallied(ctx context.Context, note func(context.Context) error) {
	if err := note(ctx); err != nil && ctx.Err() == nil {
		f.Logger.Error("the audit lacks refusals that were counted", "error", err)
	}
}

func (f *Folder) retainAudit(ctx context.Context) {
	retention := f.Current().Audit.Retention
	if retention == 0 || !f.hold(ctx, "prune") {
		return
	}
	pruned, err := f.Service.RetainAudit(ctx, retention)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		f.Logger.Error("old parts of the audit are not removed", "error", err)
	case pruned.Stopped != nil:
		f.Logger.Error("old parts of the audit are not removed, as they are broken: see dsappd audit verify", "seal", pruned.Stopped.String(), "fault", pruned.Stopped.Fault)
	case pruned.HeldFor != "" && pruned.Seals == 0:
		f.Logger.Error("old parts of the audit are not removed, as they wait for a webhook: see dsappd webhook list", "webhook", pruned.HeldFor)
	case pruned.Seals > 0:
		f.Logger.Info("removed old parts of the audit", "seals", pruned.Seals, "events", pruned.Events)
	}
}

// KeepSealing seals what a process without a server decides, until ctx ends.
func (f *Folder) KeepSealing(ctx context.Context) {
	sealing := time.NewTicker(sealEvery)
	defer sealing.Stop()
	var failed error
	for {
		select {
		case <-ctx.Done():
			return
		case <-sealing.C:
			failed = f.sealAudit(ctx, failed)
		}
	}
}

// finishAudit writes the run's last seals, as long as another one comes within
// so much time, and notes the last one in the log: outside the store, it is a
// witness of all that the store holds.
func (f *Folder) finishAudit(within time.Duration) error {
	for number := uint64(0); ; {
		last, err := f.finishSealing(within)
		if err == nil {
			if last.Number > 0 {
				f.Logger.Info("audit sealed", "seal", last.String(), "sha256", last.Digest.String())
			}
			return nil
		}
		left := f.Service.Audit.Unsealed()
		if !errors.Is(err, context.DeadlineExceeded) || last.Number == number {
			return fmt.Errorf("the end of this run, %d decisions or more, is not sealed; the next server seals it: %w", left, err)
		}
		number = last.Number
		f.Logger.Info("sealing the end of the audit", "left", left)
	}
}

func (f *Folder) finishSealing(within time.Duration) (audit.SealDigest, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return f.Service.Audit.Finish(ctx)
}
