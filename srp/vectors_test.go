package srp

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// A vector is one exchange: hex strings by the names of RFC 5054. A map,
// because encoding/json takes a and A for one field.
type vector map[string]string

func readVectors(t testing.TB, name string, into any) {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// bytes is the decoded value of a name that the vector must have.
func (v vector) bytes(t testing.TB, name string) []byte {
	t.Helper()
	b, err := hex.DecodeString(v[name])
	if err != nil || len(b) == 0 {
		t.Fatalf("vector has no %s: %v", name, err)
	}
	return b
}

func (v vector) check(t *testing.T, name string, got []byte, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if upper := strings.ToUpper(hex.EncodeToString(got)); upper != strings.ToUpper(v[name]) {
		t.Errorf("%s = %s, want %s", name, upper, v[name])
	}
}

func newSuite(t testing.TB) *Suite {
	t.Helper()
	suite, err := New(Group2048(), sha256.New)
	if err != nil {
		t.Fatal(err)
	}
	return suite
}

// checkGroupValues reproduces what both RFC 5054 and the profile define.
func checkGroupValues(t *testing.T, s *Suite, v vector, identity, password string) {
	salt, x, a, b := v.bytes(t, "salt"), v.bytes(t, "x"), v.bytes(t, "a"), v.bytes(t, "b")
	verifier, A, B := v.bytes(t, "v"), v.bytes(t, "A"), v.bytes(t, "B")
	v.check(t, "x", s.X(salt, identity, password), nil)
	got, err := s.Verifier(x)
	v.check(t, "v", got, err)
	got, err = s.ClientPublicKey(a)
	v.check(t, "A", got, err)
	got, err = s.ServerPublicKey(verifier, b)
	v.check(t, "B", got, err)
	got, err = s.scrambler(A, B)
	v.check(t, "u", got, err)
	got, err = s.serverSecret(verifier, b, A, B)
	v.check(t, "S", got, err)
	got, err = s.clientSecret(x, a, A, B)
	v.check(t, "S", got, err)
}

func TestRFC5054(t *testing.T) {
	suite, err := New(Group1024(), sha1.New)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	readVectors(t, "testdata/rfc5054.json", &v)
	v.check(t, "k", suite.k.Bytes(suite.n)[suite.Size()-sha1.Size:], nil)
	checkGroupValues(t, suite, v, v["identity"], v["password"])
}

func TestProfileVectors(t *testing.T) {
	suite := newSuite(t)
	var file struct{ SRP []vector }
	readVectors(t, "../testdata/vectors.json", &file)
	if len(file.SRP) == 0 {
		t.Fatal("no srp vectors in the file")
	}
	for _, v := range file.SRP {
		checkGroupValues(t, suite, v, v["registrationID"], v["activationPassword"])
		A, B, K, M1 := v.bytes(t, "A"), v.bytes(t, "B"), v.bytes(t, "K"), v.bytes(t, "M1")
		got, err := suite.ServerKey(v.bytes(t, "v"), v.bytes(t, "b"), A, B)
		v.check(t, "K", got, err)
		got, err = suite.ClientKey(v.bytes(t, "x"), v.bytes(t, "a"), A, B)
		v.check(t, "K", got, err)
		v.check(t, "M1", suite.M1(v["registrationID"], v.bytes(t, "salt"), A, B, K), nil)
		v.check(t, "M2", suite.M2(A, M1, K), nil)
	}
}
