package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func wroteAt(offset int64, data string) journalEntry {
	return journalEntry{kind: wrote, offset: offset, data: []byte(data)}
}

// What was synced stays, and of the rest anything may be left.
func TestDisk(t *testing.T) {
	first, second := string(bytes.Repeat([]byte{'a'}, 2*sector)), string(bytes.Repeat([]byte{'b'}, 2*sector))
	for _, c := range cuts {
		d := &disk{synced: []byte("before")}
		for _, e := range []journalEntry{{kind: truncated, offset: 4 * sector}, wroteAt(0, first), {kind: synced}, wroteAt(2*sector, second)} {
			d.do(e)
		}
		seen := make(map[string]bool)
		for range 200 {
			file := d.after(c)
			if len(file) != 4*sector || string(file[:2*sector]) != first {
				t.Fatalf("%s: what was synced is lost", c)
			}
			seen[string(bytes.Trim(file[2*sector:], "\x00"))] = true
		}
		most := map[cut]int{nothing: 1, everything: 1, someWrites: 2, someSectors: 3, torn: 200}[c] // of both sectors, one alone looks like the other
		if len(seen) > most || seen[""] && c == everything || seen[second] && c == nothing || len(seen) == 1 && most > 1 {
			t.Errorf("%s: %d ways", c, len(seen))
		}
	}
}

// Lines of the ledger keep their place among what the program does, and an
// entry that a kill cut short is left out.
func TestJournal(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	journal, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	l := newLedger()
	l.journal = journal
	l.note(line{Asked: "a"})
	if _, err := journal.Write([]byte{synced, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	l.note(line{Told: "a"})
	l.note(line{Decided: "1"})
	if _, err := journal.Write([]byte{wrote, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 'x'}); err != nil || l.failed != nil {
		t.Fatal(err, l.failed)
	}
	all, err := readJournal(name)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []byte
	again := newLedger()
	for _, e := range all {
		if kinds = append(kinds, e.kind); e.kind == noted {
			again.note(e.line)
		}
	}
	if !slices.Equal(kinds, []byte{noted, synced, noted, noted}) || again.steps["a"] != (steps{1, 1}) || !again.decided["1"] {
		t.Errorf("%q, %v, %v", kinds, again.steps, again.decided)
	}
}
