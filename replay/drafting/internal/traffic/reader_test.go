package traffic

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read finds the messages of a text that is looked at in steps of some size.
func read(t *testing.T, text []byte, step int) []string {
	t.Helper()
	var all []string
	r := &Reader{
		Found:  func(m Message) { all = append(all, string(m.Text)) },
		Unread: func(_ int, why error) { all = append(all, why.Error()) },
		step:   step,
	}
	if err := r.Read(t.Context(), bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all) // the streams of a file have no order
	return all
}

// A message is found wherever the steps fall in which its file is read.
func TestReaderInSteps(t *testing.T) {
	files, err := filepath.Glob("../../testdata/logs/*.*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole := read(t, text, 0)
		for _, step := range []int{1, 700, 5000} {
			if diff := cmp.Diff(whole, read(t, text, step)); diff != "" {
				t.Errorf("%s, in steps of %d: %s", file, step, diff)
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	files, err := filepath.Glob("../../testdata/logs/*.*")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		size := 0
		r := &Reader{
			Found: func(m Message) {
				m.Context()
				size += len(m.Text)
			},
			Unread: func(int, error) {}, step: 1 << 10,
		}
		if err := r.Read(t.Context(), bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if size > 2*len(text) {
			t.Errorf("the messages have %d bytes, the text %d", size, len(text))
		}
	})
}
