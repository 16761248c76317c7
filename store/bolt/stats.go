package bolt

import "time"

// Stats are the sizes of a store file.
type Stats struct {
	Size      int64 // bytes
	FreePages int   // which nothing uses
	PageSize  int   // bytes
}

// Stats returns the sizes as the last transaction found them.
func (e *Engine) Stats() (Stats, error) {
	tx, err := e.begin(false)
	if err != nil {
		return Stats{}, err
	}
	defer func() { _ = tx.Rollback() }()
	used := e.db.Stats()
	return Stats{Size: tx.Size(), FreePages: used.FreePageN + used.PendingPageN, PageSize: e.db.Info().PageSize}, nil
}

// Observe tells observe of each commit: how many requests it wrote together,
// and how long writing and syncing them took. The one writer calls it, and
// waits for it.
func (e *Engine) Observe(observe func(requests int, took time.Duration)) {
	e.observer.Store(&observe)
}
