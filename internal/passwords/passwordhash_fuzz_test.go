package passwords

import (
	"os"
	"strings"
	"testing"
)

// passwordHashes reads testdata/passwordhash/NAME: a hash a line.
func passwordHashes(t testing.TB, name string) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/passwordhash/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
}

// fuzzPasswordHash checks the corpora of a format and fuzzes on from them.
// What is taken is sane, and where a test can pay for it no hash of a password
// that nobody has hashed.
func fuzzPasswordHash[H passwordHash](f *testing.F, name string, sane func(h H, text string) bool, cheap func(H) bool) {
	for _, text := range passwordHashes(f, name+".accept") {
		if _, err := parsePasswordHash(text); err != nil {
			f.Errorf("%q is refused", text)
		}
		f.Add(text)
	}
	for _, text := range passwordHashes(f, name+".reject") {
		if h, err := parsePasswordHash(text); err == nil {
			f.Errorf("%q passes for %+v", text, h)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parsePasswordHash(text)
		if err != nil {
			if err != error(ErrHash) { // nothing wrapped, which might quote
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		h, is := parsed.(H)
		if !is {
			return // another target's
		}
		if !sane(h, text) {
			t.Errorf("%q passes for %+v", text, h)
		}
		if h.payable() && cheap(h) && h.right("a password that nobody has hashed") {
			t.Errorf("%q is of any password", text)
		}
	})
}

func FuzzArgon2idHash(f *testing.F) {
	fuzzPasswordHash(f, "argon2id", func(h argon2idHash, text string) bool {
		return h.String() == text && h.cost.Check() == nil && len(h.salt) >= 8 && len(h.hash) >= 16
	}, func(h argon2idHash) bool {
		return h.cost.MemoryKiB <= 256 && h.cost.Time <= 2
	})
}

func FuzzBcryptHash(f *testing.F) {
	fuzzPasswordHash(f, "bcrypt", func(h bcryptHash, text string) bool {
		return string(h.text) == text && len(text) == 60 && 4 <= h.cost && h.cost <= 31
	}, func(h bcryptHash) bool {
		return h.cost == 4
	})
}

func FuzzPBKDF2Hash(f *testing.F) {
	fuzzPasswordHash(f, "pbkdf2-sha256", func(h pbkdf2Hash, text string) bool {
		return strings.HasPrefix(text, "$pbkdf2-sha256$") && h.iterations >= 1 && len(h.salt) >= 8 && len(h.hash) >= 16
	}, func(h pbkdf2Hash) bool {
		return h.iterations <= 1000
	})
}
