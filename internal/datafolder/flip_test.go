//go:build !race

package datafolder

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/store/bolt"
)

// flips is how many bits TestFlippedBits flips, beside those of the metas.
const flips = 1500

// Whichever bit of a store is flipped, by the disk or by hand: every command
// ends, and check finds it unless it changed nothing.
func TestFlippedBits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := Init(t.Context(), dir, InitOptions{Sample: true, Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n"}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, storeName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	used := len(bytes.TrimRight(whole, "\x00"))
	whole = whole[:min(len(whole), used+64<<10)] // the file grows by megabytes, which hold nothing
	want := recordsOf(t, name)

	random := mathrand.New(mathrand.NewPCG(1, 2))
	var bits []int
	for page := range 2 {
		for bit := range 8 * 80 {
			bits = append(bits, page*os.Getpagesize()*8+bit)
		}
	}
	for range flips {
		bits = append(bits, random.IntN(8*used))
	}
	for _, bit := range bits {
		spoiled := bytes.Clone(whole)
		spoiled[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(name, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- useSpoiled(t, dir, want) }()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("bit %d of byte %d: a command does not end", bit%8, bit/8)
		}
	}
}

// useSpoiled runs the commands that read everything. It returns an error if
// check finds nothing although a record changed.
func useSpoiled(t *testing.T, dir string, want map[string]string) error {
	f, err := Open(t.Context(), dir, Source{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		return nil // found, and nothing was done
	}
	_, verifyErr := f.Service.Audit.Verify(t.Context(), nil)
	var exportErr error
	for at := new(audit.Place); at != nil && exportErr == nil; {
		var page audit.Exported
		page, exportErr = f.Service.Audit.Export(t.Context(), *at)
		at = page.Next
	}
	problems, checkErr := f.Check(t.Context())
	if closeErr := f.Close(); len(problems) > 0 || errors.Join(verifyErr, exportErr, checkErr, closeErr) != nil {
		return nil
	}
	got := recordsOf(t, filepath.Join(dir, storeName))
	if len(got) != len(want) {
		return fmt.Errorf("%d records instead of %d, and check finds nothing", len(got), len(want))
	}
	for key, value := range want {
		if got[key] != value {
			return fmt.Errorf("record %q changed, and check finds nothing", key)
		}
	}
	return nil
}

func recordsOf(t *testing.T, name string) map[string]string {
	engine, err := bolt.Open(name)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer engine.Close()
	snapshot, err := engine.Snapshot(t.Context())
	if err != nil {
		t.Error(err)
		return nil
	}
	defer snapshot.Close()
	all := make(map[string]string)
	for entry, err := range snapshot.Scan("", "") {
		if err != nil {
			t.Error(err)
			return nil
		}
		all[entry.Key] = fmt.Sprintf("%d %s", entry.Revision, entry.Value)
	}
	return all
}
