package main

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
)

// journalVariable names, for the program as recording builds it, the journal.
const journalVariable = "TORTURE_JOURNAL"

//go:embed testdata/record.go
var recordSource string

// recording makes bbolt, which writes the store's file, note what it does.
func recording() []edit {
	return []edit{
		{file: bbolt + "/torture_record.go", new: recordSource},
		{bbolt + "/db.go", "db.ops.writeAt = db.file.WriteAt", "db.ops.writeAt = recordWrites(db.file)"},
		{bbolt + "/db.go", "db.file.Truncate(int64(sz))", "recordTruncate(db.file, int64(sz))"},
		{bbolt + "/db.go", "db.file.Sync()", "recordSync(db.file.Sync())"},
		{bbolt + "/bolt_linux.go", "return syscall.Fdatasync(int(db.file.Fd()))", "return recordSync(syscall.Fdatasync(int(db.file.Fd())))"},
		{bbolt + "/boltsync_unix.go", "return db.file.Sync()", "return recordSync(db.file.Sync())"},
	}
}

// The kinds of a journal's entries.
const (
	wrote     = 'w'
	truncated = 't'
	synced    = 's'
	noted     = 'l' // a line of the ledger
)

// headSize is what leads an entry: kind, offset and length.
const headSize = 1 + 8 + 4

// journalEntry is what the program did to the store's file, or what a client
// was told. Its place among the others says what came before it.
type journalEntry struct {
	kind   byte
	offset int64 // or the size
	data   []byte
	line   line // of the ledger
}

// readJournal reads the entries. A last one that is not whole was never
// written: the program was killed.
func readJournal(name string) ([]journalEntry, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []journalEntry
	for len(text) >= headSize {
		e := journalEntry{kind: text[0], offset: int64(binary.LittleEndian.Uint64(text[1:]))}
		end := headSize + int(binary.LittleEndian.Uint32(text[9:]))
		if end > len(text) {
			break
		}
		e.data, text = text[headSize:end], text[end:]
		if e.kind == noted {
			if err := json.Unmarshal(e.data, &e.line); err != nil {
				return nil, fmt.Errorf("journal: %w", err)
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// noteLine appends a line of the ledger.
func noteLine(journal *os.File, l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	head := append([]byte{noted}, make([]byte, headSize-1)...)
	binary.LittleEndian.PutUint32(head[9:], uint32(len(text)))
	_, err = journal.Write(append(head, text...))
	return err
}
