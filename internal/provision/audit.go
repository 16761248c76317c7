package provision

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/store"
)

// AuditKey orders events by server run, then time; Random makes it unique.
type AuditKey struct {
	Run    string    `json:"run"` // of the server that wrote it; sorts by the run's start
	Time   time.Time `json:"time"`
	Random string    `json:"random"`
}

// String tells an event from others of its run.
func (k AuditKey) String() string {
	return fmt.Sprintf("%s of %s", k.Random, k.Time.UTC().Format("2006-01-02T15:04:05.000000000Z"))
}

func (k AuditKey) compare(other AuditKey) int {
	return cmp.Or(strings.Compare(k.Run, other.Run), k.Time.Compare(other.Time), strings.Compare(k.Random, other.Random))
}

func (k AuditKey) after(other AuditKey) bool { return k.compare(other) > 0 }

// utc makes equal keys comparable by ==.
func (k AuditKey) utc() AuditKey {
	k.Time = k.Time.UTC().Round(0)
	return k
}

// Check is one step of a decision.
type Check struct {
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`

	// Settings are those that bore on the step, with their effective values
	// at the time: a JSON object of members of Settings.
	Settings json.RawMessage `json:"settings,omitempty"`
}

// AuditEvent is the record of one decision, written in the same transaction.
// It never holds a password, key, one-time password or evidence.
//
// Its JSON is a line of the audit, and what seals vouch for are the line's
// bytes: a member that is added later comes last but for the MAC and is left
// out where it is not set, so that older lines stay as they are.
type AuditEvent struct {
	store.Revised
	AuditKey
	RequestID string `json:"requestID,omitempty"`
	Operation string `json:"operation"`

	// A component called from Address, or an operator did.
	ComponentType string `json:"componentType,omitempty"`
	Address       string `json:"address,omitempty"`
	Operator      string `json:"operator,omitempty"`

	Domain         string `json:"domain,omitempty"`
	UserID         string `json:"userID,omitempty"`
	SerialNumber   string `json:"serialNumber,omitempty"`
	RegistrationID string `json:"registrationID,omitempty"`

	// Policy is the one that governed, where it was found and has a name.
	Policy string `json:"policy,omitempty"`

	// Status is the true one, Wire the one that the peer was shown.
	Status Status `json:"status"`
	Wire   Status `json:"wire"`

	// Checks are what was checked, in order; the last one decided. Reason
	// says the decision in words.
	Checks []Check `json:"checks,omitempty"`
	Reason string  `json:"reason"`

	// Times is how many refusals the event sums up that were not written one
	// by one; 0: it is one decision.
	Times int `json:"times,omitempty"`

	// MAC is over the line without it.
	MAC Digest `json:"mac,omitzero"`
}

// Key names the event.
func (e AuditEvent) Key() AuditKey { return e.AuditKey }

// AuditRequestKey orders events by the request that they decided.
type AuditRequestKey struct {
	RequestID string
	AuditKey
}

// AuditRequest is the entry of an event in the index of requests, written
// with it and removed with it.
type AuditRequest struct {
	store.Revised
	AuditRequestKey
}

// Key names the entry.
func (r AuditRequest) Key() AuditRequestKey { return r.AuditRequestKey }

// AuditSealKey names a seal: the seals of a run are numbered from 1.
type AuditSealKey struct {
	Run    string `json:"run"`
	Number uint64 `json:"number"`
}

func (k AuditSealKey) String() string { return fmt.Sprintf("%s/%d", k.Run, k.Number) }

func (k AuditSealKey) compare(other AuditSealKey) int {
	return cmp.Or(strings.Compare(k.Run, other.Run), cmp.Compare(k.Number, other.Number))
}

// AuditSeal vouches for events of its run, and by After for every seal before
// it. Its JSON is a line of the audit too.
type AuditSeal struct {
	store.Revised
	AuditSealKey
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
func (s AuditSeal) Key() AuditSealKey { return s.AuditSealKey }

// SealDigest names a seal and what its line hashes to.
type SealDigest struct {
	AuditSealKey
	Digest Digest `json:"sha256"`
}

// EventDigest names an event of the seal's run and what its line hashes to.
type EventDigest struct {
	Time   time.Time `json:"time"`
	Random string    `json:"random"`
	Digest Digest    `json:"sha256"`
}

func (d EventDigest) key(run string) AuditKey {
	return AuditKey{Run: run, Time: d.Time, Random: d.Random}
}

// AuditRun is the end of a run's seals as far as no seal of another run vouches
// for it: an index, by which the next run finds what it comes after.
type AuditRun struct {
	store.Revised
	Run    string
	Number uint64
	Digest Digest
	Final  bool
}

func (r AuditRun) last() SealDigest {
	return SealDigest{AuditSealKey: AuditSealKey{Run: r.Run, Number: r.Number}, Digest: r.Digest}
}

// AuditAnchor says that retention removed the seals of a run up to this one,
// with their events. The seal itself stays, so that the next one still has
// what it comes after.
type AuditAnchor struct {
	store.Revised
	SealDigest
	RemovedAt time.Time `json:"removedAt"`

	// MAC is over the JSON without it: who can only write the store cannot
	// pass a removal of his own for retention's.
	MAC Digest `json:"mac,omitzero"`
}

// Digest is a SHA-256 or HMAC-SHA-256, in text as lower-case hex.
type Digest [32]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes hex.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads hex of the whole length.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("digest of %d characters: it has %d", len(text), hex.EncodedLen(len(d)))
	}
	_, err := hex.Decode(d[:], text)
	return err
}
