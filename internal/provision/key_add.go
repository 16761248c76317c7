package provision

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/store"
)

// keyRecord is what is kept of a door's key.
type keyRecord interface{ is(digest []byte) bool }

// newKey returns the given key of a door, or draws one.
func (f *frame) newKey(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var random [32]byte
	if _, err := io.ReadFull(f.service.Rand, random[:]); err != nil {
		return "", fmt.Errorf("draw a key: %w", err)
	}
	return hex.EncodeToString(random[:]), nil
}

// keyDigest returns SHA-256 of a key. The key has 256 bits that nobody chose, so a
// digest without salt or cost is no way to it.
func keyDigest(key string) []byte {
	digest := sha256.Sum256([]byte(key))
	return digest[:]
}

// mustBeNewKey refuses a name that is there, and a key that is: what one of them
// opens, the other would too.
func mustBeNewKey[K keyRecord](f *frame, v *store.View, kind store.Kind[string, K], name string, digest []byte) error {
	for other, err := range store.Scan(v, kind, "", "") {
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		if other.is(digest) {
			return refuse(Exists, fmt.Sprintf("The key is that of %q already.", kind.KeyOf(other)))
		}
	}
	_, err := get(f, v, kind, name)
	return mustBeFree(err, fmt.Sprintf("There already is a key %q: delete it first, or choose another name.", name))
}
