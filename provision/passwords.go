package provision

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// PasswordCost are the parameters of Argon2id (RFC 9106): memory in KiB,
// passes, lanes.
type PasswordCost struct {
	MemoryKiB   uint32
	Time        uint32
	Parallelism uint8
}

// DefaultPasswordCost is 19 MiB, two passes, one lane.
func DefaultPasswordCost() PasswordCost {
	return PasswordCost{MemoryKiB: 19 * 1024, Time: 2, Parallelism: 1}
}

// Check refuses costs that Argon2id does not define or that no login should
// have to pay.
func (c PasswordCost) Check() error {
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

// Passwords hashes and verifies static passwords. At most so many hashes run
// at once; behind them waits a bounded queue, and over that the answer is
// ErrBusy at once.
type Passwords struct {
	cost    PasswordCost
	rand    io.Reader
	admit   chan struct{} // running and waiting
	running chan struct{}
	decoy   string
}

// ErrBusy means that the queue for password hashes is full.
const ErrBusy = storeError("too many password checks are waiting")

// NewPasswords runs at most concurrency hashes at once, one a core as a rule,
// and lets at most queue wait.
func NewPasswords(cost PasswordCost, concurrency, queue int, rand io.Reader) (*Passwords, error) {
	if err := cost.Check(); err != nil {
		return nil, err
	}
	if concurrency < 1 || queue < 0 {
		return nil, fmt.Errorf("password hashes: %d at once and %d waiting: at least 1 and 0", concurrency, queue)
	}
	p := &Passwords{
		cost:    cost,
		rand:    rand,
		admit:   make(chan struct{}, concurrency+queue),
		running: make(chan struct{}, concurrency),
	}
	// The decoy is what an unknown user is verified against, at the same
	// cost: a hash drawn at random, of which nobody knows a password.
	drawn := make([]byte, saltSize+hashSize)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return nil, fmt.Errorf("draw a decoy: %w", err)
	}
	p.decoy = phc{cost: cost, salt: drawn[:saltSize], hash: drawn[saltSize:]}.String()
	return p, nil
}

// Hash returns the PHC string of a password under the current cost.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	h := phc{cost: p.cost, salt: salt}
	var err error
	h.hash, err = p.derive(ctx, password, h, hashSize)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Verify reports whether the password is the one of the PHC string. With an
// empty one it does the same work on a decoy and reports false.
func (p *Passwords) Verify(ctx context.Context, password, phcString string) (bool, error) {
	known := phcString != ""
	if !known {
		phcString = p.decoy
	}
	h, err := parsePHC(phcString)
	if err != nil {
		return false, err
	}
	hash, err := p.derive(ctx, password, h, uint32(len(h.hash)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(hash, h.hash) == 1 && known, nil
}

// outdated reports whether a stored hash is to be made anew at the next right
// password: where the current cost asks for more memory or more passes, and
// for less of neither, so that nobody's hash ever becomes cheaper. Lanes only
// spread the same work.
func (p *Passwords) outdated(phcString string) (bool, error) {
	h, err := parsePHC(phcString)
	if err != nil {
		return false, err
	}
	more := p.cost.MemoryKiB > h.cost.MemoryKiB || p.cost.Time > h.cost.Time
	less := p.cost.MemoryKiB < h.cost.MemoryKiB || p.cost.Time < h.cost.Time
	return more && !less, nil
}

func (p *Passwords) derive(ctx context.Context, password string, h phc, size uint32) ([]byte, error) {
	select {
	case p.admit <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	defer func() { <-p.admit }()
	select {
	case p.running <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a password hash: %w", ctx.Err())
	}
	defer func() { <-p.running }()
	return argon2.IDKey([]byte(password), h.salt, h.cost.Time, h.cost.MemoryKiB, h.cost.Parallelism, size), nil
}

// phc is a password hash in the PHC string format for Argon2id.
type phc struct {
	cost       PasswordCost
	salt, hash []byte
}

func (h phc) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Time, h.cost.Parallelism, encode(h.salt), encode(h.hash))
}

// errPHC never quotes the string, which is as good as a password to whoever
// has time.
const errPHC = storeError("a stored password hash is not a PHC string of argon2id v=19")

func parsePHC(s string) (phc, error) {
	var h phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errPHC
	}
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.MemoryKiB, &h.cost.Time, &h.cost.Parallelism)
	if err != nil || h.cost.Check() != nil {
		return phc{}, errPHC
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(salt) < 8 || len(hash) < 16 {
		return phc{}, errPHC
	}
	h.salt, h.hash = salt, hash
	return h, nil
}
