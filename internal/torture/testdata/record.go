package bbolt

import (
	"encoding/binary"
	"os"
	"sync"
)

// This file is added to bbolt where the campaign power builds the program. It
// appends what is done to a store's file to the journal that TORTURE_JOURNAL
// names. Each entry is one write, so that those of several processes keep
// their order: its kind, the offset, the length of its data, and the data.

var journal = sync.OnceValue(func() *os.File {
	name := os.Getenv("TORTURE_JOURNAL")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		panic(err)
	}
	return file
})

func note(kind byte, offset int64, data []byte) {
	if journal() == nil {
		return
	}
	entry := append([]byte{kind}, make([]byte, 12)...)
	binary.LittleEndian.PutUint64(entry[1:], uint64(offset))
	binary.LittleEndian.PutUint32(entry[9:], uint32(len(data)))
	if _, err := journal().Write(append(entry, data...)); err != nil {
		panic(err)
	}
}

// recordWrites notes a write before it begins.
func recordWrites(file *os.File) func([]byte, int64) (int, error) {
	return func(data []byte, offset int64) (int, error) {
		note('w', offset, data)
		return file.WriteAt(data, offset)
	}
}

// recordTruncate notes a change of the size before it begins.
func recordTruncate(file *os.File, size int64) error {
	note('t', size, nil)
	return file.Truncate(size)
}

// recordSync notes that all that came before is on the disk.
func recordSync(err error) error {
	if err == nil {
		note('s', 0, nil)
	}
	return err
}
