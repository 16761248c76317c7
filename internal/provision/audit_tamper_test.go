package provision_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/store"
)

// archive is a play whose audit has three runs: "a" with seals 1 to 3, "b" with
// 1 and 2, each final, and the one that goes on, "c", with 1 and 2 and an event
// that is not sealed yet. Whoever tampers with it can write the store and has
// the key of its records, but not the audit's: the values are JSON.
type archive struct {
	*play
	values map[string][]byte
}

func newArchive(t *testing.T) *archive {
	a := &archive{play: newPlay(t)}
	a.tampered = true
	a.finish()
	a.restart("a")
	for range 3 {
		a.decide(2)
		a.seal()
	}
	a.decide(1)
	a.finish()
	for _, run := range []string{"b", "c"} {
		a.restart(run)
		a.decide(2)
		a.seal()
		a.decide(2)
		if run == "b" {
			a.finish()
		} else {
			a.seal()
		}
	}
	a.decide(1)
	a.values = a.read()
	return a
}

// read is what the store holds of the audit.
func (a *archive) read() map[string][]byte {
	a.t.Helper()
	snapshot, err := a.engine.Snapshot(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	defer snapshot.Close()
	values, text := make(map[string][]byte), store.JSONOf([]byte("record key"), provision.Kinds()...)
	for entry, err := range snapshot.Scan("audit", "") {
		if err != nil {
			a.t.Fatal(err)
		}
		values[entry.Key] = textOr(text(entry))(bytes.Clone(entry.Value))
	}
	return values
}

// textOr is the text of an entry, or its value where that cannot be read.
func textOr(text []byte, err error) func(value []byte) []byte {
	return func(value []byte) []byte {
		if err != nil {
			return value
		}
		return text
	}
}

// become makes the store hold these values and no others.
func (a *archive) become(values map[string][]byte) {
	a.t.Helper()
	convert := store.Convert(1, []byte("record key"), provision.Kinds()...)
	seal := func(key string, text []byte) []byte {
		if value, err := convert(key, text); err == nil {
			return value
		}
		return text // nobody can read it
	}
	var writes []store.Write
	for key, value := range a.read() {
		if _, stays := values[key]; !stays {
			writes = append(writes, store.Write{Key: key, Delete: true})
		} else if !bytes.Equal(value, values[key]) {
			writes = append(writes, store.Write{Key: key, Value: seal(key, values[key])})
		}
	}
	there := a.read()
	for key, value := range values {
		if _, is := there[key]; !is {
			writes = append(writes, store.Write{Key: key, Value: seal(key, value)})
		}
	}
	if err := a.engine.Commit(a.t.Context(), nil, writes); err != nil {
		a.t.Fatal(err)
	}
}

// tamper lets change work on a copy of the values, verifies, and puts all back.
func (a *archive) tamper(change func(map[string][]byte)) (audit.Verification, error) {
	a.t.Helper()
	values := maps.Clone(a.values)
	change(values)
	a.become(values)
	got, err := a.Audit.Verify(a.t.Context(), nil)
	a.become(a.values)
	return got, err
}

// keys of events or seals, in order.
func (a *archive) keys(kind, run string) []string {
	var keys []string
	for key := range a.values {
		if strings.HasPrefix(key, kind+"\x00"+run+"\x00") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// requestOf is the key of an event in the index of requests.
func (a *archive) requestOf(event string) string {
	return "auditrequest\x00" + operator().RequestID + "\x00" + strings.TrimPrefix(event, "audit\x00")
}

// forged is the key of an event with a 0 before its random part.
func forged(key string) string {
	parts := strings.Split(key, "\x00")
	parts[3] = "0" + parts[3]
	return strings.Join(parts, "\x00")
}

func sha256Hex(line []byte) []byte { return fmt.Appendf(nil, "%x", sha256.Sum256(line)) }

func sealKey(run string, number int) string {
	return fmt.Sprintf("auditseal\x00%s\x00%020d\x00", run, number)
}

func TestTamperingIsFound(t *testing.T) {
	a := newArchive(t)
	events, ofB, ofC := a.keys("audit", "a"), a.keys("audit", "b"), a.keys("audit", "c")
	edit := func(key, old, new string) func(map[string][]byte) {
		return func(values map[string][]byte) {
			edited := bytes.Replace(values[key], []byte(old), []byte(new), 1)
			if bytes.Equal(edited, values[key]) {
				t.Errorf("%q does not hold %q: %s", key, old, values[key])
			}
			values[key] = edited
		}
	}
	remove := func(keys ...string) func(map[string][]byte) {
		return func(values map[string][]byte) {
			for _, key := range keys {
				if _, is := values[key]; !is {
					t.Errorf("there is no %q", key)
				}
				delete(values, key)
			}
		}
	}
	swap := func(one, other string) func(map[string][]byte) {
		return func(values map[string][]byte) { values[one], values[other] = values[other], values[one] }
	}
	both := func(all ...func(map[string][]byte)) func(map[string][]byte) {
		return func(values map[string][]byte) {
			for _, each := range all {
				each(values)
			}
		}
	}
	insert := func(key string, value []byte) func(map[string][]byte) {
		return func(values map[string][]byte) { values[key] = value }
	}
	lie := func(key, old, new string) []byte { return bytes.Replace(a.values[key], []byte(old), []byte(new), 1) }
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		first  string // broken seal
		fault  string
	}{
		"an event changed":              {edit(events[2], `"operator":"tester"`, `"operator":"mallory"`), "a/2", "was changed"},
		"an event removed":              {remove(events[0]), "a/1", "is missing"},
		"an event not sealed changed":   {edit(ofC[4], `"operator":"tester"`, `"operator":"mallory"`), "c/3", "wrong MAC"},
		"two events exchanged":          {swap(events[0], events[1]), "a/1", "cannot be read"},
		"an event moved":                {both(remove(events[3]), insert(events[3]+"x\x00", a.values[events[3]])), "a/2", "is missing"},
		"an event copied":               {insert(events[3]+"x\x00", a.values[events[3]]), "a/2", "belongs under another key"},
		"an event forged":               {insert(forged(events[3]), lie(events[3], `"random":"`, `"random":"0`)), "a/2", "wrong MAC"},
		"an event forged at the end":    {insert(forged(ofC[4]), lie(ofC[4], `"random":"`, `"random":"0`)), "c/3", "wrong MAC"},
		"an event scrambled":            {edit(events[4], `{`, `[`), "a/3", "cannot be read"},
		"the first event scrambled":     {edit(events[0], `{`, `[`), "a/1", "cannot be read"},
		"a seal removed":                {remove(sealKey("a", 2)), "a/2", "is missing"},
		"the first seal removed":        {remove(sealKey("a", 1)), "a/1", "is missing"},
		"a run's last seal removed":     {remove(sealKey("a", 4)), "a/4", "is missing"},
		"the newest seal removed":       {remove(sealKey("c", 2)), "c/2", "is missing"},
		"the index of runs removed":     {remove("auditrun\x00c\x00"), "c/3", "nothing says"},
		"the index of runs turned back": {edit("auditrun\x00c\x00", `"Number":2`, `"Number":1`), "c/2", "not the one that the index"},
		"a seal changed":                {edit(sealKey("b", 1), `"random":"`, `"random":"0`), "b/1", "wrong MAC"},
		"two seals exchanged":           {swap(sealKey("a", 1), sealKey("a", 2)), "a/1", ""},
		"a seal scrambled":              {edit(sealKey("a", 2), `{`, `[`), "a/2", "cannot be read"},
		"a seal put far ahead":          {insert(sealKey("c", 1000000), []byte(`[`)), "c/3", "is missing"},
		"a seal added to a final one":   {insert(sealKey("a", 5), lie(sealKey("a", 4), `"number":4`, `"number":5`)), "a/5", "wrong MAC"},
		"an event with its seal's word": {func(values map[string][]byte) {
			values[events[2]] = lie(events[2], "tester", "mallory")
			seal := values[sealKey("a", 2)]
			values[sealKey("a", 2)] = bytes.Replace(seal, sha256Hex(a.values[events[2]]), sha256Hex(values[events[2]]), 1)
			if bytes.Equal(seal, values[sealKey("a", 2)]) {
				t.Errorf("%s does not name %s", seal, a.values[events[2]])
			}
		}, "a/2", "wrong MAC"},
		"the index of runs scrambled": {edit("auditrun\x00c\x00", `{`, `[`), "c/2", "cannot be read"},
		"an anchor scrambled":         {insert("auditanchor\x00b\x00", []byte(`[`)), "b/1", "cannot be read"},
		"the index of requests cut":   {remove(a.requestOf(events[2])), "a/2", "index of requests"},
		"a whole run removed":         {remove(slices.Concat(ofB, a.keys("auditseal", "b"))...), "b/2", "is missing"},
		"a run's events removed":      {remove(ofB...), "b/1", "is missing"},
		"a run's seals removed":       {remove(a.keys("auditseal", "b")...), "b/2", "is missing"},
		"removed like retention does": {both(remove(events[0], events[1], sealKey("a", 1)), insert("auditanchor\x00a\x00",
			fmt.Appendf(nil, `{"run":"a","number":1,"sha256":"%064d","removedAt":"2026-11-22T12:00:00Z"}`, 0))), "a/1", "wrong MAC"},
		"an event in a run of its own": {insert(strings.Replace(events[0], "\x00a\x00", "\x00bb\x00", 1), lie(events[0], `"run":"a"`, `"run":"bb"`)), "bb/1", "wrong MAC"},
	} {
		got, err := a.tamper(c.change)
		if err != nil || len(got.Broken) == 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if first := got.Broken[0]; first.String() != c.first || !strings.Contains(first.Fault, c.fault) {
			t.Errorf("%s: the first broken seal is %v, want %s %s; all: %v", name, first, c.first, c.fault, got.Broken)
		}
	}
	if got := a.verify(); len(got.Broken) > 0 {
		t.Errorf("put back: %+v", got)
	}
}

// Of the newest records, what is not sealed, and then what no later seal names,
// can be cut off; a seal noted elsewhere shows it.
func TestCuttingOffTheEndTakesAWitness(t *testing.T) {
	a := newArchive(t)
	noted := a.verify().Ends
	cut := func(values map[string][]byte) {
		maps.DeleteFunc(values, func(key string, _ []byte) bool { return strings.Contains(key, "\x00c\x00") })
		values["auditrun\x00b\x00"] = fmt.Appendf(nil, `{"Run":"b","Number":2,"Digest":"%s","Final":true}`, a.digestOf("b", 2))
	}
	got, err := a.tamper(cut)
	if err != nil || len(got.Broken) > 0 {
		t.Errorf("the limits have moved, and the documents with them: %+v, %v", got, err)
	}
	values := maps.Clone(a.values)
	cut(values)
	a.become(values)
	got = must(a.Audit.Verify(t.Context(), noted))(t)
	if len(got.Broken) != 1 || got.Broken[0].String() != "c/2" {
		t.Errorf("with a seal noted elsewhere: %+v", got)
	}
}

// digestOf is what a seal's line hashes to.
func (a *archive) digestOf(run string, number uint64) (digest audit.Digest) {
	for _, end := range a.chained() {
		if end.Run == run && end.Number == number {
			digest = end.Digest
		}
	}
	return digest
}

// chained are all seals that others name.
func (a *archive) chained() (named []audit.SealDigest) {
	a.view(func(v *store.View) error {
		for seal, err := range store.Scan(v, audit.Seals, audit.SealKey{}, audit.SealKey{}) {
			if err != nil {
				return err
			}
			named = append(named, seal.After...)
		}
		return nil
	})
	return named
}

// An event with a right MAC that turns up later, from a backup say, is no more
// welcome than a forged one.
func TestAnOldEventPutBackIsFound(t *testing.T) {
	a := newArchive(t)
	a.wait(time.Second)
	must(a.PruneAudit(t.Context(), operator(), audit.Limit{Before: a.clock().Add(-time.Millisecond)}))(t)
	a.wait(time.Minute)
	a.decide(1)
	a.seal()
	if got := a.verify(); len(got.Broken) > 0 {
		t.Fatalf("removed by retention: %+v", got)
	}
	old, ofC := a.values, a.keys("audit", "c")[0]
	a.values = a.read()
	for _, c := range []struct {
		wait time.Duration
		want int // broken
	}{{0, 0}, {5 * time.Minute, 1}} {
		a.wait(c.wait)
		a.decide(1)
		a.seal()
		a.values = a.read()
		got, err := a.tamper(func(values map[string][]byte) { values[ofC] = old[ofC] })
		if err != nil || len(got.Broken) != c.want || got.Unsealed != 1-c.want {
			t.Errorf("after %v: %+v, %v", c.wait, got, err)
		}
	}
}
