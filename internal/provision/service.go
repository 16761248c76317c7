package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/sealing"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/srp"
	"github.com/dsappd/dsappd/store"
)

// Service decides. Its methods are the operations; each is in a file of its
// name. All fields are required unless they say otherwise.
type Service struct {
	Store     *store.Store
	Sealer    *sealing.Sealer
	SRP       *srp.Suite // RFC 5054, 2048 bits, SHA-256 (profile section 1)
	Passwords *passwords.Hasher
	Statuses  StatusTable

	// GatewayID is the digipassGatewayID that register hands out.
	GatewayID string

	// Audit is the log of the same store; NewAudit makes it.
	Audit *audit.Log

	// Now and Rand are the only clock and the only source of randomness.
	// Rand is read from many goroutines.
	Now  func() time.Time
	Rand io.Reader

	// Proven is told the address of each caller who has just proved to know a
	// secret; Known reports whether one has done so lately. Optional, and
	// without Known nobody is known.
	Proven func(netip.Addr)
	Known  func(netip.Addr) bool

	// FreeBytes is how many bytes a day events may add to the store that cost
	// their callers nothing: those of callers who are known, those of others,
	// and sums of what goes beyond, each. 0: without a limit.
	FreeBytes int64

	// Decided is told each operation that ended, by its name, with the true
	// status and how long it took; nil: nobody is. Where an operation ended
	// undecided, the status is Undecided.
	Decided func(operation, status string, took time.Duration)

	// Strike is told each decision before it is committed, and its error takes
	// the decision's place: a refusal is committed instead, and after any other
	// error nothing is. It is for labs. Observe is told each decision that was
	// committed, and when its stages ended. nil: nobody is told.
	Strike  func(audit.Event) error
	Observe func(audit.Event, audit.Stages)

	// Space says how much room there is on the store's disk; nil: ample.
	Space func() Space

	tally    tally
	tables   tables
	turns    turns
	watchers watchers

	rotation  sync.Mutex // held while the keys are changed
	resealing resealing
}

// Most operations note no more checks, and expect and write no more records.
const (
	usualChecks  = 16
	usualRecords = 8
)

// rounds is how often an operation starts again because a record moved
// between its View and its Update.
const rounds = 8

// ErrContended means that the records of an operation moved in every round.
var ErrContended = errors.New("gave up after every round found its records moved")

// Undecided stands for the status of an operation that ended without one.
const Undecided = "undecided"

// ended tells Decided of an operation.
func (s *Service) ended(operation, status string, began time.Time) {
	if s.Decided != nil {
		s.Decided(operation, status, s.Now().Sub(began))
	}
}

// perform runs an operation to its decision. The body reads through the
// frame, does the costly work and returns the result or a refusal; whatever
// it has put is committed together with the audit event before anyone hears.
// Any other error ends the operation undecided.
func perform[R any](ctx context.Context, s *Service, event asked, body func(*frame) (R, error)) (R, error) {
	var none R
	ctx = context.WithoutCancel(ctx)
	turn := &turn{turns: &s.turns}
	defer turn.end()
	began, status := s.Now(), Undecided
	defer func() { s.ended(event.Operation, status, began) }()
	var struck error
	for round := range rounds {
		if round > 0 {
			if err := store.Pause(ctx, round-1); err != nil {
				return none, err
			}
		}
		f := &frame{service: s, ctx: ctx, turn: turn, now: s.Now(), keys: s.Sealer.Keys(), fresh: round > 0, settings: DefaultSettings(), event: event.Event}
		f.event.Checks = make([]audit.Check, len(event.Checks), len(event.Checks)+usualChecks)
		copy(f.event.Checks, event.Checks)
		f.expected, f.relied, f.writes = f.room.expected[:0], f.room.relied[:0], f.room.writes[:0]
		if err := f.first(event.once); err != nil {
			return none, err
		}
		result, err := body(f)
		if s.Strike != nil {
			if round == 0 {
				struck = s.Strike(f.event)
			}
			err = f.struck(struck, err)
		}
		refusal, refused := errors.AsType[*Error](err)
		if err != nil && !refused {
			if moved := f.stands(); errors.Is(moved, store.ErrMoved) {
				continue
			}
			return none, err
		}
		stages := audit.Stages{Began: began}
		if s.Observe != nil {
			stages.Decided = s.Now()
		}
		err = s.Sealer.Under(f.keys, func() error { return f.commit(refusal, event.once.keeping(result, refusal)) })
		switch {
		case errors.Is(err, store.ErrMoved), errors.Is(err, sealing.ErrReplaced):
			continue
		case err != nil:
			return none, fmt.Errorf("commit %s: %w", event.Operation, err)
		}
		if status = f.event.Status.StatusCodeEnum; refused && status == "" { // it was only counted
			status = refusal.Status.StatusCodeEnum
		}
		if f.committed != nil {
			f.committed()
		}
		if s.Observe != nil {
			stages.Committed = s.Now()
			s.Observe(f.event, stages)
		}
		s.watchers.tell(f.moving)
		for _, changed := range f.changed {
			s.tables.forget(changed)
		}
		if refused {
			return none, refusal
		}
		f.proven()
		return result, nil
	}
	return none, fmt.Errorf("%s: %w", event.Operation, ErrContended)
}

// frame is one round of an operation: what it read, what it wants written,
// and what the audit will say of it.
type frame struct {
	service   *Service
	ctx       context.Context
	turn      *turn
	now       time.Time
	keys      *sealing.Keys // in force when the round began
	fresh     bool          // it looks whether what tables keep has moved
	settings  Settings      // that govern this operation, once they are known
	governing *governing    // they are of; nil: the default ones
	event     audit.Event
	entry     audit.Entry // the event, once it is settled
	expected  []store.Seen
	relied    []relied // what was taken from tables
	callers   foundComponents
	room      room
	writes    []func(*store.Tx) error
	moving    []string      // registrations that it writes
	changed   []any         // records that it writes, or keys of those it deletes
	alike     bool          // a refusal does not tell who or what there is
	unproven  bool          // it is granted to whoever asks
	ownDoor   bool          // the caller is no site but anybody
	paid      bool          // the caller has proved something, or has the ID of a registration
	spent     Authenticator // whose one-time password this operation has accepted; zero: none
	tracking  bool          // it looks for one-time passwords where the device's last one was

	// staged is what the rows of an import before this one, and this one so
	// far, write: get reads it as if it were stored. nil: there is no import.
	staged *staged

	// users and authenticators are as they were read or are to be: the
	// indexes are kept by them.
	users          []User
	authenticators []Authenticator

	// admin is who orders; nil: an operator of this machine, or nobody.
	admin *Administrator

	// committed is called after the commit; nil: nothing is.
	committed func()
}

// room is memory of a frame that most operations find enough.
type room struct {
	expected [usualRecords]store.Seen
	relied   [4]relied
	writes   [usualRecords]func(*store.Tx) error
}

// proven tells whoever wants to know that a caller has proved something. An
// operator has no address.
func (f *frame) proven() {
	if f.service.Proven == nil || f.unproven || f.event.Operator != "" {
		return
	}
	if address, err := netip.ParseAddr(f.event.Address); err == nil {
		f.service.Proven(address)
	}
}

// read gives the body a snapshot.
func (f *frame) read(body func(*store.View) error) error {
	return f.service.Store.View(f.ctx, body)
}

// get reads a record, and has the commit make sure that it stays as it is, or
// that it stays away.
func get[K, R any](f *frame, v *store.View, kind store.Kind[K, R], key K) (R, error) {
	if record, is := f.staged.find(kind.Name, key); is {
		known(f, kind, record.(R))
		return record.(R), nil
	}
	record, revision, err := store.Look(v, kind, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return record, err
	}
	expect(f, kind, key, revision)
	if err == nil {
		known(f, kind, record)
	}
	return record, err
}

// known notes a record that was read and has entries in an index.
func known[K, R any](f *frame, kind store.Kind[K, R], record R) {
	switch kind.Name {
	case Users.Name:
		f.knowsUser(any(record).(User))
	case Authenticators.Name:
		f.knowsAuthenticator(any(record).(Authenticator))
	}
}

// found takes over a record that GetMany has read, or the zero one where there
// is none, as get does.
func found[K, R any](f *frame, kind store.Kind[K, R], key K, record store.Found[R]) (R, error) {
	if record.Err != nil && !errors.Is(record.Err, store.ErrNotFound) {
		return record.Record, record.Err
	}
	expect(f, kind, key, record.Revision)
	if record.Err == nil {
		known(f, kind, record.Record)
	}
	return record.Record, nil
}

// expect makes the commit check that a record still has a revision.
func expect[K, R any](f *frame, kind store.Kind[K, R], key K, revision uint64) {
	f.expected = append(f.expected, store.See(kind, key, revision))
}

// put writes a record at the commit.
func put[K, R any](f *frame, kind store.Kind[K, R], record R) {
	if f.staged != nil {
		f.staged.row[recordKey{kind.Name, kind.KeyOf(record)}] = record
	}
	switch r := any(record).(type) {
	case Registration:
		f.moving = append(f.moving, r.ID)
	case User:
		f.putUser(r)
	case Authenticator:
		f.putAuthenticator(r)
	}
	if kind.Versioned {
		f.changed = append(f.changed, record)
	}
	f.writes = append(f.writes, func(tx *store.Tx) error { return store.Put(tx, kind, record) })
}

// remove deletes a record at the commit.
func remove[K, R any](f *frame, kind store.Kind[K, R], key K) {
	switch any(kind).(type) {
	case store.Kind[UserKey, User]:
		f.removeUser(any(key).(UserKey))
	case store.Kind[string, Authenticator]:
		f.removeAuthenticator(any(key).(string))
	}
	if kind.Versioned {
		var record R
		f.changed = append(f.changed, record)
	}
	f.writes = append(f.writes, func(tx *store.Tx) error { return store.Delete(tx, kind, key) })
}

// checked notes a step of the decision for the audit.
func (f *frame) checked(name, detail string) {
	f.event.Checks = append(f.event.Checks, audit.Check{Name: name, Detail: detail, Settings: f.bearing(name)})
}

// bearing returns the settings that bear on a check, with their values.
func (f *frame) bearing(check string) json.RawMessage {
	if f.governing == nil {
		return f.settings.bearing(check)
	}
	return f.governing.bearingOn(check)
}

// noted notes what led to the last step, before it.
func (f *frame) noted(name, detail string) {
	last := len(f.event.Checks) - 1
	f.event.Checks = slices.Insert(f.event.Checks, last, audit.Check{Name: name, Detail: detail})
}

// found says what the last step came to.
func (f *frame) found(detail string) {
	f.event.Checks[len(f.event.Checks)-1].Detail = detail
}

// commit writes everything decided in one Update, unless a record has moved.
// Where the event is only counted, what else was decided is written all the
// same.
func (f *frame) commit(refusal *Error, keep keeping) error {
	if f.countsOnly(refusal) {
		refusal.Status = f.service.Statuses[refusal.Refusal]
		f.service.tally.add(f.event, refusal, f.now)
		return nil
	}
	if err := f.settle(refusal); err != nil {
		return err
	}
	if err := f.keepReply(keep); err != nil {
		return err
	}
	if f.hasRoom(refusal) {
		return f.insist(func() error { return f.service.Audit.Insert(f.ctx, f.entry, f.write) })
	}
	if len(f.writes) > 0 {
		if err := f.insist(func() error { return f.service.Audit.Beside(f.ctx, f.write) }); err != nil {
			return err
		}
	} else if err := f.stands(); err != nil {
		return err
	}
	f.service.tally.add(f.event, refusal, f.now)
	return nil
}

// countsOnly reports whether the queue for passwords was full, which nobody
// waits for a commit to hear.
func (f *frame) countsOnly(refusal *Error) bool {
	return refusal != nil && refusal.Refusal == Busy && f.event.Times == 0
}

// insist commits, and again where components have moved and others decide for
// nobody that the operation is about.
func (f *frame) insist(commit func() error) error {
	for range rounds {
		if err := commit(); !errors.Is(err, store.ErrMoved) {
			return err
		}
		var moved bool
		err := f.read(func(v *store.View) (err error) {
			moved, err = f.callersStand(v)
			return err
		})
		if err != nil {
			return err
		}
		if !moved {
			break
		}
	}
	return store.ErrMoved
}

func (f *frame) write(tx *store.Tx) error {
	if err := f.callers.expect(tx); err != nil {
		return err
	}
	if err := store.ExpectAll(tx, f.expected); err != nil {
		return err
	}
	for _, write := range f.writes {
		if err := write(tx); err != nil {
			return err
		}
	}
	return nil
}

// settle completes the event and, for a refusal, what the wire shows: the
// audit keeps the true status, the wire the policy's.
func (f *frame) settle(refusal *Error) error {
	f.event.Status, f.event.Reason = f.service.Statuses[Granted], string(Granted)
	f.event.Wire = f.event.Status
	if refusal != nil {
		f.refused(refusal)
	}
	f.event = f.event.Printable()
	if refusal != nil && f.settings.Explain {
		refusal.plain, refusal.Desc = refusal.Desc, f.event.ExplainInOneLine()
	}
	var err error
	f.entry, err = f.service.Audit.Sign(f.event, f.now)
	return err
}

func (f *frame) refused(refusal *Error) {
	f.event.Status = f.service.Statuses[refusal.Refusal]
	f.event.Reason = refusal.reason
	if refusal.Refusal == LicenceFull {
		f.happened(LicenceIsFull)
	}
	hidden := refusal.hidden || refusal.Refusal == UserLocked || refusal.Refusal == UserDisabled
	if f.settings.GenericStatusCodes && hidden {
		refusal.Refusal, refusal.Desc = InvalidCredentials, invalidCredentials
	}
	if f.alike && refusal.tells() {
		refusal.Refusal, refusal.Desc = InvalidCredentials, "There is no such user with this authenticator."
	}
	refusal.Status = f.service.Statuses[refusal.Refusal]
	f.event.Wire = refusal.Status
}
