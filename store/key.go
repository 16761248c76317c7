package store

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// A key is the name of the record's kind and the parts of the record's own
// key, each ended by a zero byte. No part holds one, so the byte order of
// keys is the order of their parts, and the leading parts of a key are a
// prefix of all keys that share them and of no others.
const end = "\x00"

// KeyError says that a record cannot be stored or found under its key.
type KeyError struct {
	Kind  string // of the record
	Part  string // of the key, by its name
	Fault string
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("key of %s: %s %s", e.Kind, e.Part, e.Fault)
}

// joinKey makes a key, or the prefix of keys, of the first n parts.
func joinKey(kind string, p Parts, n int) string {
	size := len(kind) + len(end)
	for _, part := range p[:n] {
		size += len(part) + len(end)
	}
	var key strings.Builder
	key.Grow(size)
	key.WriteString(kind)
	key.WriteString(end)
	for _, part := range p[:n] {
		key.WriteString(part)
		key.WriteString(end)
	}
	return key.String()
}

// isKey reports whether a whole key is that of a kind and its first n parts, of
// which none may be empty.
func isKey(whole, kind string, p Parts, n int) bool {
	rest, is := cutPart(whole, kind)
	for i := 0; i < n && is; i++ {
		if rest, is = cutPart(rest, p[i]); p[i] == "" {
			return false
		}
	}
	return is && rest == ""
}

// cutPart takes a part and its end from the beginning of a key.
func cutPart(key, part string) (rest string, found bool) {
	if rest, found = strings.CutPrefix(key, part); found {
		rest, found = strings.CutPrefix(rest, end)
	}
	return rest, found
}

// KindOf returns the name of the kind that an engine's key belongs to.
func KindOf(key string) string {
	kind, _, _ := strings.Cut(key, end)
	return kind
}

// splitKey takes a key apart; its kind is the first part.
func splitKey(key string) []string {
	return strings.Split(strings.TrimSuffix(key, end), end)
}

// faultOf says what keeps a part out of keys; empty: nothing.
func faultOf(part string) string {
	switch {
	case strings.Contains(part, end):
		return "holds a zero byte, which no key may"
	case !utf8.ValidString(part):
		return "is not UTF-8, which every key must be"
	case len(part) > MaxKeySize/2:
		return fmt.Sprintf("is %d bytes long, at most %d are allowed", len(part), MaxKeySize/2)
	}
	return ""
}

// timeLayout is of fixed length, so that the order of text is that of time.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// TimePart returns a part whose order is that of time. It is empty for the zero time. Years that the layout has no room for
// come before and after all others; no record is of them, because its
// encoding refuses them.
func TimePart(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero(), t.Year() < 0:
		return ""
	case t.Year() > 9999:
		return "~"
	}
	return t.Format(timeLayout)
}

// NumberPart returns a part whose order is that of numbers; 0 is not set.
func NumberPart(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%020d", n)
}

// PrefixPart returns the part of a prefix of addresses.
func PrefixPart(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}
