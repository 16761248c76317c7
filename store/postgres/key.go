package postgres

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// longKey is how many bytes of a key stand in the column key as they are. An
// index takes no more than 2,704. A longer key is cut there and continued by its
// SHA-256, and the rest stands beside it.
const longKey = 2500

// inColumn returns what the column key holds for a key.
func inColumn(key string) []byte {
	if len(key) <= longKey {
		return []byte(key)
	}
	sum := sha256.Sum256([]byte(key))
	return append([]byte(key[:longKey]), sum[:]...)
}

// rest returns what the column rest holds for a key; nil: nothing.
func rest(key string) []byte {
	if len(key) <= longKey {
		return nil
	}
	return []byte(key[longKey:])
}

// wholeKey returns the key of two columns.
func wholeKey(column, rest []byte) string {
	if rest == nil {
		return string(column)
	}
	return string(column[:longKey]) + string(rest)
}

// cut returns as much of a key as the column key holds of it as it is.
func (k keyRange) cut(key string) string { return key[:min(len(key), longKey)] }

// keyRange is what a scan asks for: keys that begin with prefix and come after
// the key after.
type keyRange struct{ prefix, after string }

func (k keyRange) holds(key string) bool {
	return key > k.after && strings.HasPrefix(key, k.prefix)
}

// first returns where in the column the range begins.
func (k keyRange) first() []byte {
	if begin := max(k.prefix, k.after); len(begin) > longKey {
		return []byte(k.cut(begin))
	}
	if k.after >= k.prefix && k.after != "" {
		return []byte(k.after + "\x00") // nothing stands between the two
	}
	return []byte(k.prefix)
}

// end returns where in the column the range ends: before the first key that
// comes after all that begin with the prefix.
func (k keyRange) end() []byte {
	return behind(k.cut(k.prefix))
}

// behind returns what comes after all keys that begin with prefix.
func behind(prefix string) []byte {
	end := []byte(prefix)
	for len(end) > 0 && end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	if len(end) == 0 {
		return slices.Repeat([]byte{0xff}, store.MaxKeySize+1)
	}
	end[len(end)-1]++
	return end
}
