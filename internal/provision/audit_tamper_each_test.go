//go:build !race

package provision_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// Whatever single record goes, moves, changes places or changes in any byte,
// verification says so; but for an event that no seal names yet, which may be
// removed unnoticed until its seal comes.
func TestNoRecordOfTheAuditIsBeyondVerification(t *testing.T) {
	a := newArchive(t)
	ofC := a.keys("audit", "c")
	unsealed := ofC[len(ofC)-1]
	found := func(what string, want bool, change func(map[string][]byte)) {
		t.Helper()
		got, err := a.tamper(change)
		if (len(got.Broken) > 0) != want || err != nil {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	var keys []string
	for _, run := range []string{"a", "b", "c"} {
		keys = append(append(keys, a.keys("audit", run)...), a.keys("auditseal", run)...)
	}
	for i, key := range keys {
		found(fmt.Sprintf("%q removed", key), key != unsealed, func(values map[string][]byte) { delete(values, key) })
		for at := i % 7; at < len(a.values[key]); at += 61 {
			changed := bytes.Clone(a.values[key])
			changed[at] ^= 1
			found(fmt.Sprintf("%q with byte %d changed", key, at), !a.says(changed, a.values[key]), func(values map[string][]byte) {
				values[key] = changed
			})
		}
		kind, _, _ := strings.Cut(key, "\x00")
		for _, elsewhere := range []string{kind + "\x000\x00", kind + "\x00a\x00", kind + "\x00bb\x00", kind + "\x00z\x00"} {
			place := elsewhere + strings.SplitAfterN(key, "\x00", 3)[2]
			if _, taken := a.values[place]; taken {
				continue
			}
			found(fmt.Sprintf("%q copied to %q", key, place), true, func(values map[string][]byte) { values[place] = values[key] })
		}
		other := keys[(i+1)%len(keys)]
		found(fmt.Sprintf("%q and %q exchanged", key, other), true, func(values map[string][]byte) {
			values[key], values[other] = values[other], values[key]
		})
	}
}

// says reports whether two values are read as the same record: what is in no
// member, such as "returoCode", is not read at all.
func (a *archive) says(one, other []byte) bool {
	line := func(value []byte) string {
		var record struct {
			audit.Event
			Number uint64              `json:"number,omitempty"`
			By     string              `json:"by,omitempty"`
			Final  bool                `json:"final,omitempty"`
			Mended bool                `json:"mended,omitempty"`
			Until  time.Time           `json:"completeTo,omitzero"`
			After  []audit.SealDigest  `json:"after,omitempty"`
			Events []audit.EventDigest `json:"events,omitempty"`
		}
		if err := json.Unmarshal(value, &record); err != nil {
			return err.Error()
		}
		return string(must(json.Marshal(record))(a.t))
	}
	return line(one) == line(other)
}
