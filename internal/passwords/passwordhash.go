package passwords

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// passwordHash is a stored hash that passwords are checked against.
type passwordHash interface {
	// right does the costly work.
	right(password string) bool
	// outdated reports whether it is to be replaced by Argon2id at a cost.
	outdated(Cost) bool
	// costlier reports whether Argon2id at a cost is cheaper in some way.
	costlier(Cost) bool
	// payable reports whether a login can be made to pay for it.
	payable() bool
}

// ErrHash never quotes the string, which is as good as a password to
// whoever has time.
// ErrCostly means that a hash takes too long, or too much memory, to check.
var ErrCostly = errors.New("the password hash costs too much to check: up to 1 GiB of memory and 4 GiB over all passes for argon2id, cost 16 for bcrypt, 10000000 iterations for pbkdf2-sha256")

// ErrHash means that a hash is in no form that is read here.
var ErrHash = errors.New("the password hash is not argon2id (v=19), bcrypt ($2a$, $2b$ or $2y$) or pbkdf2-sha256 in its usual form")

// maxPasswordHash is the length of the longest string that is read, in bytes.
const maxPasswordHash = 512

func parsePasswordHash(s string) (passwordHash, error) {
	parts := strings.Split(s, "$")
	if len(s) > maxPasswordHash || len(parts) < 4 || parts[0] != "" {
		return nil, ErrHash
	}
	switch parts[1] {
	case "argon2id":
		return parseArgon2id(s)
	case "2a", "2b", "2y":
		return parseBcrypt(s, parts)
	case "pbkdf2-sha256":
		return parsePBKDF2(parts)
	}
	return nil, ErrHash
}

// argon2idHash is a hash in the PHC string format.
type argon2idHash struct {
	cost       Cost
	salt, hash []byte
}

func (h argon2idHash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Time, h.cost.Parallelism, encode(h.salt), encode(h.hash))
}

func parseArgon2id(s string) (passwordHash, error) {
	var h argon2idHash
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return nil, ErrHash
	}
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.MemoryKiB, &h.cost.Time, &h.cost.Parallelism)
	if err != nil || h.cost.Check() != nil {
		return nil, ErrHash
	}
	h.salt, h.hash, err = saltAndHash(base64.RawStdEncoding, parts[4], parts[5])
	if err != nil || h.String() != s { // Sscanf and base64 read more spellings than one
		return nil, ErrHash
	}
	return h, nil
}

// saltAndHash refuses what is too short to be either: RFC 9106 section 3.1
// has salts of 8 bytes at least, and an empty hash would suit any password.
func saltAndHash(encoding *base64.Encoding, salt, hash string) ([]byte, []byte, error) {
	s, saltErr := encoding.DecodeString(salt)
	h, hashErr := encoding.DecodeString(hash)
	if saltErr != nil || hashErr != nil || len(s) < 8 || len(h) < 16 {
		return nil, nil, ErrHash
	}
	return s, h, nil
}

func (h argon2idHash) derive(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.cost.Time, h.cost.MemoryKiB, h.cost.Parallelism, uint32(len(h.hash)))
}

func (h argon2idHash) right(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password), h.hash) == 1
}

// outdated reports whether the cost asks for more memory or more passes, and for
// less of neither: a hash never becomes cheaper. Lanes only spread the same work.
func (h argon2idHash) outdated(cost Cost) bool {
	more := cost.MemoryKiB > h.cost.MemoryKiB || cost.Time > h.cost.Time
	return more && !h.costlier(cost)
}

func (h argon2idHash) costlier(cost Cost) bool {
	return cost.MemoryKiB < h.cost.MemoryKiB || cost.Time < h.cost.Time
}

// payable allows 1 GiB, and 4 GiB over all passes.
func (h argon2idHash) payable() bool {
	return h.cost.MemoryKiB <= 1<<20 && uint64(h.cost.MemoryKiB)*uint64(h.cost.Time) <= 4<<20 && h.cost.Parallelism <= 64
}

// bcryptHash is in the usual form: a cost of two digits, 22 characters of
// salt and 31 of hash.
type bcryptHash struct {
	text []byte
	cost int
}

// bcryptLength is what bcrypt reads of a password, in bytes.
const bcryptLength = 72

func parseBcrypt(s string, parts []string) (passwordHash, error) {
	cost, err := bcrypt.Cost([]byte(s))
	if err != nil || len(s) != 60 || len(parts) != 4 || len(parts[3]) != 53 {
		return nil, ErrHash
	}
	const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	if strings.Trim(parts[3], alphabet) != "" {
		return nil, ErrHash
	}
	return bcryptHash{text: []byte(s), cost: cost}, nil
}

// right refuses a password of which bcrypt would read a part only, after the
// same work.
func (h bcryptHash) right(password string) bool {
	read := password[:min(len(password), bcryptLength)]
	err := bcrypt.CompareHashAndPassword(h.text, []byte(read))
	return err == nil && len(password) <= bcryptLength
}

func (bcryptHash) outdated(Cost) bool { return true }

func (bcryptHash) costlier(Cost) bool { return false }

// payable allows some seconds.
func (h bcryptHash) payable() bool { return h.cost <= 16 }

// pbkdf2Hash is PBKDF2 with HMAC-SHA-256 (RFC 8018), as PHC strings say it
// (i=ITERATIONS, standard base64) and as passlib does (ITERATIONS alone, a
// dot for the plus).
type pbkdf2Hash struct {
	iterations int
	salt, hash []byte
}

func parsePBKDF2(parts []string) (passwordHash, error) {
	if len(parts) != 5 {
		return nil, ErrHash
	}
	number := parts[2]
	if after, is := strings.CutPrefix(number, "i="); is {
		number = after
	} else {
		parts[3], parts[4] = plus(parts[3]), plus(parts[4])
	}
	number, size, sized := strings.Cut(number, ",l=")
	iterations, err := strconv.ParseUint(number, 10, 31)
	if err != nil || iterations < 1 || strconv.FormatUint(iterations, 10) != number {
		return nil, ErrHash
	}
	salt, hash, err := saltAndHash(base64.RawStdEncoding.Strict(), parts[3], parts[4])
	if err != nil || sized && size != strconv.Itoa(len(hash)) {
		return nil, ErrHash
	}
	return pbkdf2Hash{iterations: int(iterations), salt: salt, hash: hash}, nil
}

// plus turns passlib's base64 into the standard one; what is not passlib's
// becomes what is not base64.
func plus(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '.':
			return '+'
		case '+':
			return '.'
		}
		return r
	}, s)
}

func (h pbkdf2Hash) right(password string) bool {
	hash, err := pbkdf2.Key(sha256.New, password, h.salt, h.iterations, len(h.hash))
	return err == nil && subtle.ConstantTimeCompare(hash, h.hash) == 1
}

func (pbkdf2Hash) outdated(Cost) bool { return true }

func (pbkdf2Hash) costlier(Cost) bool { return false }

// payable allows some seconds.
func (h pbkdf2Hash) payable() bool { return h.iterations <= 10_000_000 }

// CheckHash refuses a hash that cannot be read, with ErrHash, or that would let a
// few logins take the whole machine, with ErrCostly.
func CheckHash(s string) error {
	h, err := parsePasswordHash(s)
	if err != nil {
		return err
	}
	if !h.payable() {
		return ErrCostly
	}
	return nil
}
