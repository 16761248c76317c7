package main

import (
	"math/rand/v2"
	"slices"
)

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// disk is a file as a power cut finds it: what was synced, and what was written
// since, of which any part may have reached the disk, in any order.
type disk struct {
	synced  []byte
	pending []journalEntry
}

// do does what the program did.
func (d *disk) do(e journalEntry) {
	switch e.kind {
	case wrote, truncated:
		d.pending = append(d.pending, e)
	case synced:
		for _, e := range d.pending {
			d.synced = apply(d.synced, e)
		}
		d.pending = nil
	}
}

// apply does to a file what the program did.
func apply(file []byte, e journalEntry) []byte {
	if e.kind == truncated {
		return resized(file, int(e.offset))
	}
	return put(file, int(e.offset), e.data)
}

// resized cuts a file, or fills it up with zeros.
func resized(file []byte, size int) []byte {
	if size > len(file) {
		return append(file, make([]byte, size-len(file))...)
	}
	return file[:size]
}

// put writes into a file, which grows as it must.
func put(file []byte, at int, data []byte) []byte {
	if at+len(data) > len(file) {
		file = resized(file, at+len(data))
	}
	copy(file[at:], data)
	return file
}

// cut is what a power cut leaves of writes that were not synced.
type cut string

const (
	nothing     cut = "nothing"
	everything  cut = "everything"
	someWrites  cut = "some writes" // each whole or not at all
	someSectors cut = "some sectors"
	torn        cut = "some writes, one of them torn" // at any byte
)

var cuts = []cut{nothing, everything, someWrites, someSectors, torn}

// after returns the file after a power cut.
func (d *disk) after(c cut) []byte {
	file, tear := slices.Clone(d.synced), -1
	if c == torn && len(d.pending) > 0 {
		tear = rand.IntN(len(d.pending))
	}
	for i, e := range d.pending {
		switch {
		case c == nothing:
		case c == everything:
			file = apply(file, e)
		case i == tear && e.kind == wrote:
			file = put(file, int(e.offset), e.data[:rand.IntN(len(e.data)+1)])
		case c == someSectors && e.kind == wrote:
			file = putSectors(file, e)
		case rand.IntN(2) == 0:
			file = apply(file, e)
		}
	}
	return file
}

// putSectors puts each sector of a write, or does not.
func putSectors(file []byte, e journalEntry) []byte {
	at := int(e.offset)
	for part := range slices.Chunk(e.data, sector) {
		if rand.IntN(2) == 0 {
			file = put(file, at, part)
		}
		at += len(part)
	}
	return file
}
