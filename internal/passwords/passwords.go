package passwords

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Cost holds the parameters of Argon2id (RFC 9106): memory in KiB,
// passes, lanes.
type Cost struct {
	MemoryKiB   uint32
	Time        uint32
	Parallelism uint8
}

// DefaultCost returns 19 MiB, two passes, one lane.
func DefaultCost() Cost {
	return Cost{MemoryKiB: 19 * 1024, Time: 2, Parallelism: 1}
}

// Check refuses costs that Argon2id does not define or that no login should
// have to pay.
func (c Cost) Check() error {
	switch {
	case c.Parallelism < 1:
		return fmt.Errorf("argon2id parallelism %d: it must be at least 1", c.Parallelism)
	case c.MemoryKiB < 8*uint32(c.Parallelism) || c.MemoryKiB > 4<<20:
		return fmt.Errorf("argon2id memory of %d KiB: it must be from %d (8 for each lane) to %d", c.MemoryKiB, 8*uint32(c.Parallelism), 4<<20)
	case c.Time < 1 || c.Time > 1000:
		return fmt.Errorf("argon2id time %d: it must be from 1 to 1000", c.Time)
	}
	return nil
}

const (
	saltSize = 16
	hashSize = 32
)

// Hasher hashes and verifies static passwords. At most so many hashes run
// at once; behind them waits a bounded queue, in which doors and addresses take
// turns. Whoever finds no place in it is told ErrBusy.
type Hasher struct {
	// Pause is how long Verify waits before it says ErrBusy. It is set before
	// the first use.
	Pause time.Duration

	cost  Cost
	rand  io.Reader
	queue *fairQueue
	decoy string
}

// busyPause keeps those who are sent away from coming back at once: a refusal
// that costs nothing to get would cost more than the hash that it spares.
const busyPause = 250 * time.Millisecond

// ErrBusy means that the queue for password hashes is full.
var ErrBusy = errors.New("too many password checks are waiting")

// New returns a Hasher. It runs at most concurrency hashes at once, one a core as a rule,
// and lets at most queue wait.
func New(cost Cost, concurrency, queue int, rand io.Reader) (*Hasher, error) {
	if err := cost.Check(); err != nil {
		return nil, err
	}
	if concurrency < 1 || queue < 0 {
		return nil, fmt.Errorf("password hashes: %d at once and %d waiting: at least 1 and 0", concurrency, queue)
	}
	p := &Hasher{
		cost:  cost,
		rand:  rand,
		queue: newFairQueue(concurrency, queue),
		Pause: busyPause,
	}
	// The decoy is what an unknown user is verified against, at the same
	// cost: a hash drawn at random, of which nobody knows a password.
	drawn := make([]byte, saltSize+hashSize)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return nil, fmt.Errorf("draw a decoy: %w", err)
	}
	p.decoy = argon2idHash{cost: cost, salt: drawn[:saltSize], hash: drawn[saltSize:]}.String()
	return p, nil
}

// Waiting returns how many wait for their turn at a hash.
func (p *Hasher) Waiting() int { return p.queue.length() }

// Hash returns the PHC string of a password under the current cost. The work
// is counted to a share.
func (p *Hasher) Hash(ctx context.Context, share Share, password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	h := argon2idHash{cost: p.cost, salt: salt, hash: make([]byte, hashSize)}
	err := p.queued(ctx, share, func() { h.hash = h.derive(password) })
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Verify reports whether the password is the one of the PHC string. With an
// empty one it does the same work on a decoy and reports false. The work is
// counted to a share.
func (p *Hasher) Verify(ctx context.Context, share Share, password, phcString string) (bool, error) {
	known := phcString != ""
	if !known {
		phcString = p.decoy
	}
	h, err := parsePasswordHash(phcString)
	if err != nil {
		return false, err
	}
	right := false
	err = p.queued(ctx, share, func() { right = h.right(password) })
	if errors.Is(err, ErrBusy) {
		p.rest(ctx)
	}
	return right && known, err
}

// Outdated reports whether a stored hash is to be made anew at a right
// password: unprepared says that it is of that password as it was given.
func (p *Hasher) Outdated(phcString string, unprepared bool) (bool, error) {
	h, err := parsePasswordHash(phcString)
	if err != nil {
		return false, err
	}
	return h.outdated(p.cost) || unprepared && !h.costlier(p.cost), nil
}

// queued does the work when its turn comes.
func (p *Hasher) queued(ctx context.Context, share Share, work func()) error {
	if err := p.queue.enter(ctx, share); err != nil {
		return fmt.Errorf("wait for a password hash: %w", err)
	}
	defer p.queue.leave()
	work()
	return nil
}

// rest lets some time pass.
func (p *Hasher) rest(ctx context.Context) {
	timer := time.NewTimer(p.Pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Prove notes that a right password came from a share, which gets more turns
// from now on.
func (p *Hasher) Prove(share Share) { p.queue.prove(share) }

// Enter takes a place among those who work at once until leave gives it back.
func (p *Hasher) Enter(ctx context.Context, share Share) (leave func(), err error) {
	return p.queue.leave, p.queue.enter(ctx, share)
}
