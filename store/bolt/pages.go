package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// What a bbolt file looks like: pages of one size, each with a head of 16
// bytes. Pages 0 and 1 hold the two metas, of which each commit writes one.
const (
	pageHead = 16

	branchPage  = 0x01
	leafPage    = 0x02
	branchEntry = 16
	leafEntry   = 16

	metaSize  = 64
	metaMagic = 0xED0CDAED
)

// checkMetas reports that one of the two metas is not whole. bbolt then goes
// on with the other one, and with it goes the last commit: either its write
// was cut short, and it never was acknowledged, or the page was damaged.
func checkMetas(path string, pageSize int) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for page := range 2 {
		meta := make([]byte, metaSize)
		if _, err := file.ReadAt(meta, int64(page*pageSize+pageHead)); err != nil {
			return fmt.Errorf("page %d: %w", page, err)
		}
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:metaSize-8])
		if binary.NativeEndian.Uint32(meta) != metaMagic || binary.NativeEndian.Uint64(meta[metaSize-8:]) != sum.Sum64() {
			return fmt.Errorf("page %d: %w", page, errMeta)
		}
	}
	return nil
}

var (
	errMeta = errors.New("the meta page is not whole: the last commit was cut short, or the page is damaged and that commit is lost")

	// errTree is a tree of pages that must not be walked: bbolt would follow
	// it in a circle or out of the file.
	errTree = errors.New("the tree of pages is damaged")
)

// walker looks at the pages that can be reached, each once.
type walker struct {
	file     io.ReaderAt
	pageSize int
	pages    uint64 // in use
	seen     map[uint64]bool
}

// checkTree walks the tree of pages below the root of every bucket, without
// trusting it.
func checkTree(tx *bbolt.Tx, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	size := tx.DB().Info().PageSize
	w := walker{file: file, pageSize: size, pages: uint64(tx.Size() / int64(size)), seen: map[uint64]bool{}}
	roots := []uint64{uint64(tx.Cursor().Bucket().Root())}
	for _, name := range []string{headBucket, recordsBucket} {
		if bucket := tx.Bucket([]byte(name)); bucket != nil && bucket.Root() != 0 {
			roots = append(roots, uint64(bucket.Root()))
		}
	}
	for _, root := range roots {
		if err := w.walk(root); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) walk(id uint64) error {
	if id < 2 || id >= w.pages {
		return fmt.Errorf("%w: page %d of %d", errTree, id, w.pages)
	}
	if w.seen[id] {
		return fmt.Errorf("%w: page %d is reached twice", errTree, id)
	}
	w.seen[id] = true
	head := make([]byte, pageHead)
	if _, err := w.file.ReadAt(head, int64(id)*int64(w.pageSize)); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	own, flags := binary.NativeEndian.Uint64(head), binary.NativeEndian.Uint16(head[8:])
	count, overflow := int(binary.NativeEndian.Uint16(head[10:])), uint64(binary.NativeEndian.Uint32(head[12:]))
	if own != id || flags != branchPage && flags != leafPage || overflow >= w.pages-id {
		return fmt.Errorf("%w: page %d says that it is page %d, of kind %#x, with %d more", errTree, id, own, flags, overflow)
	}
	body := make([]byte, (overflow+1)*uint64(w.pageSize))
	if _, err := w.file.ReadAt(body, int64(id)*int64(w.pageSize)); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	if flags == leafPage {
		return w.leaf(id, body[pageHead:], count)
	}
	return w.branch(id, body[pageHead:], count)
}

// leaf checks that each element lies within its page.
func (w *walker) leaf(id uint64, body []byte, count int) error {
	for i := range count {
		at := i * leafEntry
		if at+leafEntry > len(body) {
			return fmt.Errorf("%w: page %d has no room for %d elements", errTree, id, count)
		}
		element := body[at:]
		position, keySize := uint64(binary.NativeEndian.Uint32(element[4:])), uint64(binary.NativeEndian.Uint32(element[8:]))
		valueSize := uint64(binary.NativeEndian.Uint32(element[12:]))
		if uint64(at)+position+keySize+valueSize > uint64(len(body)) {
			return fmt.Errorf("%w: element %d of page %d is longer than the page", errTree, i, id)
		}
	}
	return nil
}

func (w *walker) branch(id uint64, body []byte, count int) error {
	if count == 0 {
		return fmt.Errorf("%w: page %d leads nowhere", errTree, id)
	}
	for i := range count {
		at := i * branchEntry
		if at+branchEntry > len(body) {
			return fmt.Errorf("%w: page %d has no room for %d elements", errTree, id, count)
		}
		element := body[at:]
		position, keySize := uint64(binary.NativeEndian.Uint32(element)), uint64(binary.NativeEndian.Uint32(element[4:]))
		if uint64(at)+position+keySize > uint64(len(body)) {
			return fmt.Errorf("%w: element %d of page %d is longer than the page", errTree, i, id)
		}
		if err := w.walk(binary.NativeEndian.Uint64(element[8:])); err != nil {
			return err
		}
	}
	return nil
}
