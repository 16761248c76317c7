package storetest

import (
	"context"
	"iter"
	"sync/atomic"

	"github.com/dsappd/dsappd/store"
)

// Counting is an engine that counts what is asked of it, as round trips to an
// engine that is remote.
type Counting struct {
	store.Engine

	snapshots, reads, scans, commits atomic.Int64
}

// Trips are round trips by what they are for.
type Trips struct{ Snapshots, Reads, Scans, Commits int }

// Take returns the trips since the last Take.
func (c *Counting) Take() Trips {
	take := func(n *atomic.Int64) int { return int(n.Swap(0)) }
	return Trips{take(&c.snapshots), take(&c.reads), take(&c.scans), take(&c.commits)}
}

// Sum returns how many trips there were. A snapshot begins with what is read
// first.
func (t Trips) Sum() int { return t.Reads + t.Scans + t.Commits }

// Snapshot counts the snapshot.
func (c *Counting) Snapshot(ctx context.Context) (store.Snapshot, error) {
	c.snapshots.Add(1)
	snapshot, err := c.Engine.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return countingSnapshot{snapshot, c}, nil
}

// Commit counts the commit.
func (c *Counting) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	c.commits.Add(1)
	return c.Engine.Commit(ctx, reads, writes)
}

type countingSnapshot struct {
	store.Snapshot
	counting *Counting
}

func (s countingSnapshot) Get(key string) ([]byte, uint64, error) {
	s.counting.reads.Add(1)
	return s.Snapshot.Get(key)
}

func (s countingSnapshot) GetMany(keys []string) ([]store.Entry, error) {
	s.counting.reads.Add(1)
	return s.Snapshot.GetMany(keys)
}

func (s countingSnapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	s.counting.scans.Add(1)
	return s.Snapshot.Scan(prefix, after)
}
