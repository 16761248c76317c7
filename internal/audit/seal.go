package audit

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/store"
)

// SealKey names a seal: the seals of a run are numbered from 1.
type SealKey struct {
	Run    string `json:"run"`
	Number uint64 `json:"number"`
}

func (k SealKey) String() string { return fmt.Sprintf("%s/%d", k.Run, k.Number) }

func (k SealKey) compare(other SealKey) int {
	return cmp.Or(strings.Compare(k.Run, other.Run), cmp.Compare(k.Number, other.Number))
}

// Seal vouches for events of its run, and by After for every seal before
// it. Its JSON is a line of the audit too.
type Seal struct {
	store.Revised
	SealKey
	Time time.Time `json:"time"` // of the sealing

	// By is the run that sealed what this one had left when it ended
	// without sealing it; empty: this run itself.
	By string `json:"by,omitempty"`

	// Final says that nothing comes after it in its run.
	Final bool `json:"final,omitempty"`

	// Mended says that it names events which a program before schema 2 left
	// out although it sealed their run as final. It may come after that seal.
	Mended bool `json:"mended,omitempty"`

	// CompleteTo is a time before which no event of the run is left to be
	// sealed later; zero: the seal does not say. Final says it of all times.
	CompleteTo time.Time `json:"completeTo,omitzero"`

	// After names the seal before it in its run; the first one of a run
	// names the last ones of the runs before it.
	After []SealDigest `json:"after,omitempty"`

	Events []EventDigest `json:"events,omitempty"`

	// MAC is over the line without it.
	MAC Digest `json:"mac,omitzero"`
}

// Key names the seal.
func (s Seal) Key() SealKey { return s.SealKey }

// SealDigest names a seal and what its line hashes to.
type SealDigest struct {
	SealKey
	Digest Digest `json:"sha256"`
}

// EventDigest names an event of the seal's run and what its line hashes to.
type EventDigest struct {
	Time   time.Time `json:"time"`
	Random string    `json:"random"`
	Digest Digest    `json:"sha256"`
}

func (d EventDigest) key(run string) EventKey {
	return EventKey{Run: run, Time: d.Time, Random: d.Random}
}

// Run is the end of a run's seals as far as no seal of another run vouches
// for it: an index, by which the next run finds what it comes after.
type Run struct {
	store.Revised
	Run    string
	Number uint64
	Digest Digest
	Final  bool
}

func (r Run) last() SealDigest {
	return SealDigest{SealKey: SealKey{Run: r.Run, Number: r.Number}, Digest: r.Digest}
}

// Anchor says that retention removed the seals of a run up to this one,
// with their events. The seal itself stays, so that the next one still has
// what it comes after.
type Anchor struct {
	store.Revised
	SealDigest
	RemovedAt time.Time `json:"removedAt"`

	// MAC is over the JSON without it: who can only write the store cannot
	// pass a removal of his own for retention's.
	MAC Digest `json:"mac,omitzero"`
}
