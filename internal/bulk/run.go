package bulk

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
	"sync"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// Options say how to import.
type Options struct {
	// Name is what the audit calls the file.
	Name string

	// DryRun checks all rows and adds none. Continue adds those that are not
	// refused; without it a row that is refused has none added.
	DryRun, Continue bool

	// After is the number of the last row that is passed over, because it was
	// imported before; 0: none is.
	After int

	// Rows bounds a part, and with it a commit; 0: 2,000. Jobs is how many
	// parts may be under way at once, where order does not matter; 0: 1.
	Rows, Jobs int

	// PassExisting passes over users who are there already.
	PassExisting bool

	// Planned is told what became of each row, or would; nil: nobody is.
	Planned func(name, userID, outcome string)

	// Refused gets the rows that are refused, and why; nil: nobody does.
	Refused io.Writer

	// Progress is told after each part; nil: nobody is.
	Progress func(Result)
}

const (
	partRows = 2000

	// partWeight bounds a part by the work for it: a password weighs as a
	// hundred rows, so that a part takes seconds at most.
	partWeight     = 4000
	passwordWeight = 100

	// shownRefusals is how many refusals a Result holds.
	shownRefusals = 20
)

// Result tells what came of an import.
type Result struct {
	DryRun         bool      `json:"dryRun"`
	Checking       bool      `json:"-"` // the first of two passes is under way
	Rows           int       `json:"rows"`
	Users          int       `json:"users"`
	Authenticators int       `json:"authenticators"`
	Assignments    int       `json:"assignments"`
	Skipped        int       `json:"skipped"` // such as PINs
	Refused        int       `json:"refused"`
	Last           int       `json:"last"` // the number of the last row that was dealt with, and all before it
	Refusals       []Refusal `json:"refusals"`
}

// Refusal is a row that was not added. The first twenty are in a Result.
type Refusal struct {
	Row   int    `json:"row"`
	Error string `json:"error"`
}

// ErrRefused means that rows were refused.
var ErrRefused = errors.New("rows were refused")

// errOnce means that a source cannot be read twice.
var errOnce = errors.New("what cannot be read twice cannot be checked before the first row is added")

// Run imports what open opens, which is called once more where all rows are
// checked first. The second time it is an error that wraps ErrOnce where that
// cannot be. The result says what was added, also beside an error: it is
// ErrRefused where rows were refused, and the end of ctx ends the import between
// two parts.
func Run(ctx context.Context, door Door, open func() (Source, error), options Options) (Result, error) {
	source, err := open()
	if err != nil {
		return Result{Refusals: []Refusal{}}, err
	}
	r := &run{ctx: ctx, door: door, options: options, result: Result{DryRun: options.DryRun, Refusals: []Refusal{}}}
	if options.Continue && !options.DryRun {
		return r.pass(source, adding)
	}
	if !options.DryRun {
		if done, all, err := r.onlyPart(source); all || err != nil {
			return done, err
		}
		source, err = open()
		if err != nil {
			return r.result, err
		}
	}
	r.seen, r.seed = make(map[uint64]struct{}), maphash.MakeSeed()
	r.result.Checking = !options.DryRun
	checked, err := r.pass(source, checking)
	if err != nil || options.DryRun {
		return checked.added(options.DryRun), err
	}
	source, err = open()
	if err != nil {
		return checked.added(false), err
	}
	second := &run{ctx: ctx, door: door, options: options, result: Result{Refusals: []Refusal{}}}
	return second.pass(source, addingWhole)
}

// added returns a result of rows that were checked. It counts none as added,
// unless that is what a dry run tells.
func (r Result) added(dryRun bool) Result {
	if !dryRun {
		r.Users, r.Authenticators, r.Assignments, r.Last = 0, 0, 0, 0
	}
	return r
}

// mode is what a pass does with its parts.
type mode int

const (
	adding      mode = iota // what is not refused
	addingWhole             // all of a part or nothing
	checking
)

// run is one pass over a file.
type run struct {
	ctx     context.Context
	door    Door
	options Options
	seen    map[uint64]struct{} // hashes of the names of rows; nil: nobody asks
	seed    maphash.Seed
	refused Refusals

	mutex   sync.Mutex
	result  Result
	parts   int         // handed out
	done    map[int]int // the last rows of parts that are done before others
	through int         // all parts before it are done
	failed  error
}

// part is as many rows as one commit takes.
type part struct {
	number int
	rows   []Row
	mode   mode
}

// onlyPart imports a file that fits into one part: it needs no check before,
// as one commit has all of it or nothing. all says that it did.
func (r *run) onlyPart(source Source) (done Result, all bool, err error) {
	p, err := r.gather(source, addingWhole)
	if !errors.Is(err, io.EOF) {
		return r.result, false, err
	}
	r.refused = source.NewRefusals()
	r.give(p)
	done, err = r.end()
	return done, true, err
}

// pass gives all parts of a source to the door.
func (r *run) pass(source Source, m mode) (Result, error) {
	r.refused = source.NewRefusals()
	parts := make(chan part)
	var giving sync.WaitGroup
	for range max(1, r.options.Jobs) {
		giving.Go(func() {
			for p := range parts {
				r.give(p)
			}
		})
	}
	err := r.hand(source, m, parts)
	close(parts)
	giving.Wait()
	result, ended := r.end()
	return result, errors.Join(err, ended)
}

// hand reads parts, until the source or the import ends.
func (r *run) hand(source Source, m mode, parts chan<- part) error {
	for {
		p, err := r.gather(source, m)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(p.rows) > 0 {
			select {
			case parts <- p:
			case <-r.ctx.Done():
				return context.Cause(r.ctx)
			}
		}
		if err != nil || r.stopped() {
			return nil
		}
		if r.ctx.Err() != nil {
			return context.Cause(r.ctx)
		}
	}
}

// gather reads the rows of one part; io.EOF says that they are the last.
func (r *run) gather(source Source, m mode) (part, error) {
	p := part{number: r.parts, mode: m}
	r.parts++
	limit := r.options.Rows
	if limit == 0 {
		limit = partRows
	}
	for weight := 0; len(p.rows) < limit && weight < partWeight; {
		row, err := source.Next()
		if err != nil {
			return p, err
		}
		if row.Number <= r.options.After {
			continue
		}
		if r.seen != nil && row.Refused == nil {
			row.Refused = r.repeated(row)
		}
		p.rows = append(p.rows, row)
		weight++
		if row.User != nil && row.User.StaticPassword != "" {
			weight += passwordWeight
		}
	}
	return p, nil
}

// repeated refuses a row that adds what a row before it adds.
func (r *run) repeated(row Row) error {
	if u := row.User; u != nil && !r.first("user", prepared(u.Domain, names.Domain), prepared(u.UserID, names.UserID)) {
		return fmt.Errorf("a row before it has the user %q already", u.UserID)
	}
	if a := row.Authenticator; a != nil && !r.first("authenticator", a.SerialNumber, "") {
		return fmt.Errorf("a row before it has the authenticator %s already", a.SerialNumber)
	}
	return nil
}

func prepared(name string, prepare func(string) (string, error)) string {
	if same, err := prepare(name); err == nil {
		return same
	}
	return name
}

func (r *run) first(kind, a, b string) bool {
	var hash maphash.Hash
	hash.SetSeed(r.seed)
	fmt.Fprintf(&hash, "%s\x00%s\x00%s", kind, a, b)
	sum := hash.Sum64()
	_, before := r.seen[sum]
	r.seen[sum] = struct{}{}
	return !before
}

// give lets the door decide a part. The end of ctx does not cut off an order
// that was begun: nobody would know what came of it.
func (r *run) give(p part) {
	if r.stopped() {
		return
	}
	order := admin.Import{Source: r.options.Name, First: p.rows[0].Number, Whole: p.mode == addingWhole}
	var given []int
	for i, row := range p.rows {
		if row.Refused == nil && row.Skipped == "" {
			order.Rows, given = append(order.Rows, row.ImportRow), append(given, i)
		}
	}
	unread := order.Whole && len(given) < len(p.rows)-skipped(p.rows) // which has none added
	var done admin.Imported
	var err error
	if len(order.Rows) > 0 {
		ctx := context.WithoutCancel(r.ctx)
		if p.mode == checking || unread {
			done, err = r.door.CheckImport(ctx, order)
		} else {
			done, err = r.door.Import(ctx, order)
		}
	}
	if unread {
		done.Users, done.Authenticators, done.Assignments = 0, 0, 0
	}
	r.came(p, given, done, err)
}

func skipped(rows []Row) (n int) {
	for _, row := range rows {
		if row.Skipped != "" {
			n++
		}
	}
	return n
}

// came notes what came of a part.
func (r *run) came(p part, given []int, done admin.Imported, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if err != nil {
		r.failed = errors.Join(r.failed, fmt.Errorf("rows %d to %d: %w", p.rows[0].Number, p.rows[len(p.rows)-1].Number, err))
		return
	}
	why := make(map[int]string)
	for _, refused := range done.Refused {
		if r.options.PassExisting && refused.Error.Refusal == provision.Exists {
			p.rows[given[refused.Row]].Skipped = existing
			continue
		}
		why[given[refused.Row]] = refused.Error.Error()
	}
	before := r.result.Refused
	for i, row := range p.rows {
		if row.Refused != nil {
			why[i] = row.Refused.Error()
		}
		reason, refused := why[i]
		if refused {
			r.refuse(row, reason)
		}
		r.tell(row, reason)
	}
	r.result.Rows += len(p.rows)
	r.result.Skipped += skipped(p.rows)
	r.result.Users += done.Users
	r.result.Authenticators += done.Authenticators
	r.result.Assignments += done.Assignments
	if p.mode == addingWhole && r.result.Refused > before {
		r.failed = errors.Join(r.failed, ErrRefused)
		return
	}
	r.reached(p)
	if r.options.Progress != nil {
		r.options.Progress(r.result)
	}
}

// existing is why a user who is there already is passed over.
const existing = "it is there already"

// tell tells what became of a row.
func (r *run) tell(row Row, refused string) {
	if r.options.Planned == nil {
		return
	}
	outcome := "added"
	switch {
	case refused != "":
		outcome = "refused: " + refused
	case row.Skipped != "":
		outcome = strings.TrimPrefix(row.Skipped, "it ")
	case r.options.DryRun:
		outcome = "would be added"
	}
	userID := ""
	if row.User != nil {
		userID = row.User.UserID
	}
	r.options.Planned(row.name, userID, outcome)
}

// reached notes that a part is done, and with it all before the first that is
// not.
func (r *run) reached(p part) {
	if r.done == nil {
		r.done = make(map[int]int)
	}
	r.done[p.number] = p.rows[len(p.rows)-1].Number
	for last, is := r.done[r.through]; is; last, is = r.done[r.through] {
		r.result.Last = last
		delete(r.done, r.through)
		r.through++
	}
}

func (r *run) refuse(row Row, why string) {
	r.result.Refused++
	if len(r.result.Refusals) < shownRefusals {
		r.result.Refusals = append(r.result.Refusals, Refusal{row.Number, why})
	}
	if r.options.Refused == nil {
		return
	}
	text, err := r.refused.Refuse(row, why)
	if err == nil {
		_, err = r.options.Refused.Write(text)
	}
	if err != nil {
		r.failed = errors.Join(r.failed, fmt.Errorf("write the refused rows: %w", err))
	}
}

func (r *run) stopped() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.failed != nil
}

// end returns the result of a pass.
func (r *run) end() (Result, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch {
	case r.failed != nil:
		return r.result, r.failed
	case r.result.Refused > 0:
		return r.result, ErrRefused
	}
	return r.result, nil
}

// Once makes an open function of a reader that can be read only once, such as
// standard input.
func Once(open func() (Source, error)) func() (Source, error) {
	opened := false
	return func() (Source, error) {
		if opened {
			return nil, hint.Add(fmt.Errorf("%w: nothing was added", errOnce), "give a file, or --continue to add what is not refused")
		}
		opened = true
		return open()
	}
}
