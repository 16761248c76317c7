package memory_test

import (
	"slices"
	"testing"

	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// A copy begins with what was there, and neither it nor what it was made of
// sees what the other writes later. Revisions go on from those that were read.
func TestCopy(t *testing.T) {
	first := &memory.Engine{}
	put(t, first, store.Write{Key: "kept", Value: []byte("1")}, store.Write{Key: "changed", Value: []byte("1")})
	second := first.Copy()
	put(t, first, store.Write{Key: "changed", Value: []byte("first")}, store.Write{Key: "of first", Value: []byte("1")})
	put(t, second, store.Write{Key: "changed", Value: []byte("second")}, store.Write{Key: "kept", Delete: true})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third := second.Copy()
	if got, want := keys(t, third), []string{"changed=second"}; !slices.Equal(got, want) {
		t.Errorf("the copy holds %q, want %q", got, want)
	}
}

// What is dropped was never there; the rest of the commit is.
func TestDrops(t *testing.T) {
	e := &memory.Engine{Drops: func(key string) bool { return key == "dropped" }}
	put(t, e, store.Write{Key: "kept", Value: []byte("1")}, store.Write{Key: "dropped", Value: []byte("1")})
	if got, want := keys(t, e), []string{"kept=1"}; !slices.Equal(got, want) {
		t.Errorf("the engine holds %q, want %q", got, want)
	}
}

func put(t *testing.T, e *memory.Engine, writes ...store.Write) {
	t.Helper()
	if err := e.Commit(t.Context(), nil, writes); err != nil {
		t.Fatal(err)
	}
}

func keys(t *testing.T, e *memory.Engine) []string {
	t.Helper()
	snapshot, err := e.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	var all []string
	for entry, err := range snapshot.Scan("", "") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry.Key+"="+string(entry.Value))
	}
	return all
}
