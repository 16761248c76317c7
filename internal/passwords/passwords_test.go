package passwords

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func cheap() Cost { return Cost{MemoryKiB: 8, Time: 1, Parallelism: 1} }

func testPasswords(t *testing.T, cost Cost, concurrency, queue int) *Hasher {
	t.Helper()
	p, err := New(cost, concurrency, queue, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPasswordVerifies(t *testing.T) {
	p := testPasswords(t, cheap(), 1, 1)
	hash, err := p.Hash(t.Context(), Share{}, "Password2")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("not a PHC string: %s", hash)
	}
	for password, want := range map[string]bool{"Password2": true, "password2": false, "": false, "Password2 ": false} {
		if got, err := p.Verify(t.Context(), Share{}, password, hash); got != want || err != nil {
			t.Errorf("Verify(%q) = %v, %v", password, got, err)
		}
	}
}

func TestNoHashVerifiesNothing(t *testing.T) {
	p := testPasswords(t, cheap(), 1, 1)
	if got, err := p.Verify(t.Context(), Share{}, "", ""); got || err != nil {
		t.Errorf("Verify against no hash = %v, %v", got, err)
	}
}

// The reference hash is the one that argon2-cffi's documentation and the
// reference implementation's command line give for these inputs.
func TestPHCStringsOfOthersAreRead(t *testing.T) {
	const others = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	p := testPasswords(t, cheap(), 1, 1)
	if got, err := p.Verify(t.Context(), Share{}, "password", others); !got || err != nil {
		t.Errorf("Verify = %v, %v", got, err)
	}
}

func TestBrokenPHCStringsAreNotQuoted(t *testing.T) {
	p := testPasswords(t, cheap(), 1, 1)
	for _, broken := range []string{
		"Password2", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=8,t=1,p=1$$", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$!",
	} {
		_, err := p.Verify(t.Context(), Share{}, "x", broken)
		if !errors.Is(err, ErrHash) || strings.Contains(err.Error(), broken) {
			t.Errorf("Verify against %q: %v", broken, err)
		}
	}
}
