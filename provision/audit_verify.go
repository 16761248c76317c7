package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// The limits of a verification: events named by the seals of one View, events
// of a run that no seal so far names, and faults after which it counts no
// further.
const (
	verifyPage = 2000
	maxUnnamed = 1 << 17
	maxBreaks  = 1000
)

// VerifyAudit asks for a verification. Known are seals that were noted
// elsewhere, out of reach of whoever can write the store: they must still be
// there, or have been removed by retention.
type VerifyAudit struct {
	Known []SealDigest
}

// Verification is what a verification of the audit found.
type Verification struct {
	Runs     int `json:"runs"`
	Seals    int `json:"seals"`
	Events   int `json:"events"`   // that seals name
	Unsealed int `json:"unsealed"` // that no seal names yet

	// Broken are the faults, in the order of runs and numbers, up to
	// maxBreaks.
	Broken []BrokenSeal `json:"broken,omitempty"`

	// Ends are the last seals, which no seal comes after: noted elsewhere,
	// they vouch for everything before.
	Ends []SealDigest `json:"ends,omitempty"`
}

// BrokenSeal is a seal that does not hold, or that is missing.
type BrokenSeal struct {
	AuditSealKey
	Fault string `json:"fault"`
}

// VerifyAudit follows every run's chain and compares each event with its seal.
// It is paged, and may run while events are written, sealed and removed.
func (s *Service) VerifyAudit(ctx context.Context, in VerifyAudit) (Verification, error) {
	report := &Verification{}
	for run, more := "", true; more; {
		err := s.Store.View(ctx, func(v View) (err error) {
			run, more, err = nextRun(v, run)
			return err
		})
		if err == nil && more {
			err = s.verifyRun(ctx, report, run)
		}
		if err != nil {
			return *report, fmt.Errorf("verify the audit: %w", err)
		}
	}
	err := s.Store.View(ctx, func(v View) error {
		for _, known := range in.Known {
			if err := report.vouched(v, known, "it was noted elsewhere"); err != nil {
				return err
			}
		}
		return report.ends(v)
	})
	slices.SortStableFunc(report.Broken, func(a, b BrokenSeal) int { return a.compare(b.AuditSealKey) })
	return *report, err
}

func (r *Verification) broken(at AuditSealKey, fault string) {
	if len(r.Broken) < maxBreaks {
		r.Broken = append(r.Broken, BrokenSeal{at, fault})
	}
}

// vouched looks for a seal that something else names.
func (r *Verification) vouched(v View, named SealDigest, by string) error {
	seal, err := v.GetAuditSeal(named.AuditSealKey)
	if errors.Is(err, ErrNotFound) {
		anchor, err := v.GetAuditAnchor(named.Run)
		if errors.Is(err, ErrNotFound) || err == nil && anchor.Number < named.Number {
			r.broken(named.AuditSealKey, "the seal is missing: "+by)
			return nil
		}
		return err
	}
	if _, unreadable := errors.AsType[*UnreadableError](err); unreadable {
		return nil // its own run's verification says so
	}
	if err != nil {
		return err
	}
	digest, err := digestOf(seal)
	if err == nil && digest != named.Digest {
		r.broken(named.AuditSealKey, "the seal is not the one that there was: "+by+" with another digest")
	}
	return err
}

// ends lists the ends of the chains.
func (r *Verification) ends(v View) error {
	for run, err := range v.ScanAuditRuns("") {
		if err != nil {
			return fmt.Errorf("ends of the audit's runs: %w", err)
		}
		r.Ends = append(r.Ends, run.last())
	}
	return nil
}

// runCheck is the verification of one run on its way through its seals and,
// beside them, its events.
type runCheck struct {
	*Verification
	service *Service
	run     string

	next     uint64    // number of the next seal
	previous Digest    // of the seal before it
	known    bool      // whether previous is
	last     AuditSeal // that holds

	seals []AuditSeal // of the page

	lost    bool                // the seals from next on cannot be scanned
	blind   bool                // the events beyond cursor cannot be scanned
	cursor  AuditKey            // of the last event scanned
	unnamed map[AuditKey]uint64 // those scanned that no seal has named, and the seal that should have
}

func (s *Service) verifyRun(ctx context.Context, report *Verification, run string) error {
	report.Runs++
	c := &runCheck{Verification: report, service: s, run: run, next: 1,
		cursor: AuditKey{Run: run}, unnamed: make(map[AuditKey]uint64)}
	for more := true; more; {
		err := s.Store.View(ctx, func(v View) (err error) {
			more, err = c.page(v)
			return err
		})
		if err != nil {
			return err
		}
	}
	return c.settle(ctx)
}

// page checks some seals and then scans the events up to the latest one that
// they name; without another seal, the events that are left.
func (c *runCheck) page(v View) (more bool, err error) {
	if err := c.skipRemoved(v); err != nil {
		return false, err
	}
	if c.lost {
		return c.rest(v)
	}
	c.seals = nil
	events := 0
	for seal, err := range v.ScanAuditSeals(AuditSealKey{Run: c.run}, AuditSealKey{Run: c.run, Number: c.next - 1}) {
		if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
			c.unreadableSeal(unreadable)
			return true, c.scan(v)
		}
		if err != nil {
			return false, err
		}
		if err := c.seal(v, seal); err != nil {
			return false, err
		}
		c.seals = append(c.seals, seal)
		if events += 1 + len(seal.Events); events >= verifyPage {
			break
		}
	}
	if len(c.seals) == 0 {
		return c.rest(v)
	}
	return true, c.scan(v)
}

// unreadableSeal passes over a seal, unless its key says nothing either.
func (c *runCheck) unreadableSeal(fault *UnreadableError) {
	number, err := strconv.ParseUint(fault.Key[len(fault.Key)-1], 10, 64)
	if err != nil || number < c.next {
		c.broken(AuditSealKey{c.run, c.next}, fmt.Sprintf("neither the seal nor what comes after it can be read: %v", fault))
		c.lost = true
		return
	}
	c.missing(number)
	c.broken(AuditSealKey{c.run, number}, fmt.Sprintf("the seal cannot be read: %v", fault.Cause))
	c.known = false
	c.next = number
	if c.next++; c.next == 0 {
		c.lost = true
	}
}

// missing notes that the seals from next to the given one are not there.
func (c *runCheck) missing(number uint64) {
	if number > c.next {
		c.broken(AuditSealKey{c.run, c.next}, fmt.Sprintf("the seal is missing: the one after it is %s", AuditSealKey{c.run, number}))
		c.next, c.known = number, false
	}
}

// skipRemoved goes on behind what retention removed.
func (c *runCheck) skipRemoved(v View) error {
	anchor, err := v.GetAuditAnchor(c.run)
	if errors.Is(err, ErrNotFound) || err == nil && anchor.Number < c.next {
		return nil
	}
	if err != nil {
		return err
	}
	c.next, c.known, c.previous = anchor.Number+1, true, anchor.Digest
	if _, right, err := authentic(c.service.Sealer, anchor); err != nil || !right {
		c.broken(anchor.AuditSealKey, "the record that retention removed what was up to here has a wrong MAC")
		return err
	}
	c.last, err = v.GetAuditSeal(anchor.AuditSealKey)
	if errors.Is(err, ErrNotFound) {
		c.broken(anchor.AuditSealKey, "the seal is missing, which retention kept as anchor")
		return nil
	}
	digest, digestErr := digestOf(c.last)
	if digest != anchor.Digest {
		c.broken(anchor.AuditSealKey, "the seal was changed, which retention kept as anchor")
	}
	return errors.Join(err, digestErr)
}

// seal checks one seal, and the events that it names.
func (c *runCheck) seal(v View, seal AuditSeal) error {
	c.Seals++
	c.missing(seal.Number)
	here := seal.AuditSealKey
	digest, right, err := authentic(c.service.Sealer, seal)
	if err != nil {
		return err
	}
	switch {
	case !right:
		c.broken(here, "the seal has a wrong MAC, so it was changed or forged")
	case c.last.Final && c.last.Run != "":
		c.broken(here, fmt.Sprintf("the seal comes after %s, which was to be the run's last", c.last.AuditSealKey))
	default:
		err = errors.Join(c.order(v, seal), c.contents(v, seal))
	}
	c.next, c.previous, c.known = c.next+1, digest, right
	if right {
		c.last = seal
	}
	return err
}

// order checks what a seal comes after.
func (c *runCheck) order(v View, seal AuditSeal) error {
	if seal.Number == 1 {
		for _, before := range seal.After {
			if err := c.vouched(v, before, fmt.Sprintf("%s names it", seal.AuditSealKey)); err != nil {
				return err
			}
		}
		return nil
	}
	if c.known && (len(seal.After) != 1 || seal.After[0].Digest != c.previous) {
		c.broken(seal.AuditSealKey, "the seal names another one before it than there is")
	}
	return nil
}

// contents checks the events that a seal names; its first fault is enough.
func (c *runCheck) contents(v View, seal AuditSeal) error {
	for _, named := range seal.Events {
		key := named.key(seal.Run)
		event, err := v.GetAuditEvent(key)
		if errors.Is(err, ErrNotFound) {
			c.broken(seal.AuditSealKey, fmt.Sprintf("the event %s is missing", key))
			return nil
		}
		if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
			c.broken(seal.AuditSealKey, fmt.Sprintf("the event %s cannot be read: %v", key, unreadable.Cause))
			return nil
		}
		if err != nil {
			return err
		}
		if digest, err := digestOf(event); err != nil || digest != named.Digest {
			c.broken(seal.AuditSealKey, fmt.Sprintf("the event %s was changed", key))
			return err
		}
		c.Events++
	}
	return nil
}

// scan reads the events up to the latest that the seals name.
func (c *runCheck) scan(v View) error {
	named, latest := make(map[AuditKey]bool), c.cursor
	for _, seal := range c.seals {
		for _, event := range seal.Events {
			key := event.key(c.run).utc()
			named[key] = true
			delete(c.unnamed, key)
			if key.after(latest) {
				latest = key
			}
		}
	}
	for event, err := range c.events(v) {
		if err != nil || event.AuditKey.after(latest) {
			return err
		}
		c.pass(event, named)
	}
	return nil
}

// events scans on. One that cannot be read and that a seal names is missed
// there too.
func (c *runCheck) events(v View) iter.Seq2[AuditEvent, error] {
	if c.blind {
		return func(func(AuditEvent, error) bool) {}
	}
	return readableEvents(v, c.cursor, func(fault *UnreadableError) {
		key, known := auditKeyOf(fault)
		if c.blind = !known || !key.after(c.cursor); c.blind {
			c.broken(c.place(c.cursor), fmt.Sprintf("neither an event nor what comes after it can be read: %v", fault))
			return
		}
		c.broken(c.place(key), fmt.Sprintf("the event %s cannot be read: %v", key, fault.Cause))
		c.cursor = key
	})
}

// rest reads events behind the last seal, and at their end the index's word
// for where the run ends.
func (c *runCheck) rest(v View) (more bool, err error) {
	n := 0
	for event, err := range c.events(v) {
		if err != nil {
			return false, err
		}
		c.pass(event, nil)
		if n++; n == verifyPage {
			return true, nil
		}
	}
	return false, c.end(v)
}

// pass takes notice of an event in the order of the scan.
func (c *runCheck) pass(event AuditEvent, named map[AuditKey]bool) {
	key := event.AuditKey.utc()
	c.cursor = key
	switch {
	case named[key]:
	case len(c.unnamed) == maxUnnamed:
		c.Unsealed++
	default:
		c.unnamed[key] = c.place(key).Number
	}
}

// place is the first seal, as far as they are looked at, that was made after
// an event.
func (c *runCheck) place(key AuditKey) AuditSealKey {
	for _, seal := range c.seals {
		if !seal.Time.Before(key.Time) {
			return seal.AuditSealKey
		}
	}
	return AuditSealKey{c.run, c.next}
}

// end compares the last seal with what the index says it is. Only a run that
// is sealed as final may have left the index.
func (c *runCheck) end(v View) error {
	end, err := v.GetAuditRun(c.run)
	last := AuditSealKey{c.run, c.next - 1}
	switch {
	case errors.Is(err, ErrNotFound):
		if last.Number > 0 && c.known && !c.last.Final {
			c.broken(AuditSealKey{c.run, c.next}, "the end of the run is missing: nothing says that "+last.String()+" is its last seal")
		}
		return nil
	case err != nil:
		return err
	case c.lost:
		return nil
	case end.Number > last.Number:
		c.broken(AuditSealKey{c.run, c.next}, fmt.Sprintf("the seal is missing: the run's last one is %s", end.last().AuditSealKey))
	case end.Number < last.Number || c.known && end.Digest != c.previous:
		c.broken(last, "the seal is not the one that the index of runs has as the last")
	}
	return nil
}

// settle tells, of the events that no seal names, those that are not sealed
// yet from those that cannot be.
func (c *runCheck) settle(ctx context.Context) error {
	keys := make([]AuditKey, 0, len(c.unnamed))
	for key := range c.unnamed {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, AuditKey.compare)
	for page := range slices.Chunk(keys, verifyPage) {
		err := c.service.Store.View(ctx, func(v View) error {
			for _, key := range page {
				if err := c.settleEvent(v, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *runCheck) settleEvent(v View, key AuditKey) error {
	event, err := v.GetAuditEvent(key)
	if errors.Is(err, ErrNotFound) {
		return nil // retention removed it meanwhile
	}
	if err != nil {
		return err
	}
	_, right, err := authentic(c.service.Sealer, event)
	at := AuditSealKey{c.run, c.unnamed[key]}
	switch {
	case !right:
		c.broken(at, fmt.Sprintf("the event %s, which no seal names, has a wrong MAC, so it was changed or forged", key))
	case c.last.Final || c.last.Number > 0 && c.last.Time.Sub(key.Time) > lateness:
		c.broken(at, fmt.Sprintf("no seal names the event %s: it was put in afterwards, or its seal was changed", key))
	default:
		c.Unsealed++
	}
	return err
}
