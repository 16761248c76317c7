package drafting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// input is a file to be imported, on disk or in an archive.
type input struct {
	name    string                        // for people: its path, or that of its archive and its own there
	size    int64                         // in bytes; 0: not known
	archive *archive                      // that it is in; nil: it is on disk
	member  string                        // its own name in there
	from    func() (io.ReadCloser, error) // opens it at its beginning
}

// maxWhole is the size in bytes of the largest file of a kind that can only be
// read as a whole.
const maxWhole = 256 << 20

// damagedError says that a file is not whole, or unpacks to more than it may.
// Other files can still be read.
type damagedError struct{ cause error }

func (e *damagedError) Error() string { return e.cause.Error() }

func (e *damagedError) Unwrap() error { return e.cause }

// errTooLargeWhole says that a file is larger than maxWhole.
var errTooLargeWhole = &damagedError{fmt.Errorf("it has more than %d MiB, which is the limit of a file of this kind: divide it", maxWhole>>20)}

// diskInput returns a file on disk.
func diskInput(name string, size int64) *input {
	return &input{name: name, size: size, from: func() (io.ReadCloser, error) { return os.Open(name) }}
}

// open opens an input at its beginning. Reading it ends with ctx, and is told
// to Progress. Every reader of a format opens its input by this function, or by
// one of those below.
func (i *Importer) open(ctx context.Context, in *input) (io.ReadCloser, error) {
	opened, err := in.from()
	if err != nil {
		return nil, err
	}
	if err := context.Cause(ctx); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return &watchedReader{ReadCloser: opened, ctx: ctx, told: func(read int64) { i.progress(in.name, read, in.size) }}, nil
}

// openText opens an input at its beginning and reads it in UTF-8, as far as its
// first bytes tell its encoding.
func (i *Importer) openText(ctx context.Context, in *input) (io.ReadCloser, error) {
	opened, err := i.open(ctx, in)
	if err != nil {
		return nil, err
	}
	text, err := encodings.NewReader(opened)
	if err != nil {
		_ = opened.Close() // the first error says why
		return nil, &damagedError{err}
	}
	return struct {
		io.Reader
		io.Closer
	}{text, opened}, nil
}

// wholeText does what openText does, for an input of at most maxWhole bytes.
func (i *Importer) wholeText(ctx context.Context, in *input) (io.ReadCloser, error) {
	if in.size > maxWhole {
		return nil, errTooLargeWhole
	}
	text, err := i.openText(ctx, in)
	if err != nil {
		return nil, err
	}
	return &wholeReader{text, maxWhole}, nil
}

// wholeReader reads so many bytes and refuses the next: an archive may say any
// size of its members.
type wholeReader struct {
	io.ReadCloser
	left int64
}

func (r *wholeReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, errTooLargeWhole
	}
	return n, err
}

// whole reads all bytes of an input, of which there are at most maxWhole.
func (i *Importer) whole(ctx context.Context, in *input) ([]byte, error) {
	opened, err := i.open(ctx, in)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	if in.size > maxWhole {
		return nil, errTooLargeWhole
	}
	var all bytes.Buffer
	if in.archive == nil { // an archive may say any size
		all.Grow(int(in.size) + bytes.MinRead)
	}
	_, err = all.ReadFrom(io.LimitReader(opened, maxWhole+1))
	text := all.Bytes()
	if err == nil && len(text) > maxWhole {
		return nil, errTooLargeWhole
	}
	damaged, isDamaged := errors.AsType[*damagedError](err)
	if isDamaged && len(text) > 0 && !errors.Is(err, errUnpacksTooFar) {
		i.leaveOut(Source{File: in.name}, "%v; what stands before that is read", damaged)
		return text, nil
	}
	return text, err
}

// watchedReader ends with its context and tells how much it has read.
type watchedReader struct {
	io.ReadCloser
	ctx  context.Context // as Read takes none
	told func(read int64)
	read int64
}

func (r *watchedReader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	n, err := r.ReadCloser.Read(p)
	r.read += int64(n)
	r.told(r.read)
	return n, err
}

// progress tells how much of a file is read.
func (i *Importer) progress(file string, read, size int64) {
	if i.Progress != nil {
		i.Progress(file, read, size)
	}
}

// beside returns a file at a path from the folder of an input, if it is there.
func (in *input) beside(relative string) (*input, bool) {
	if in.archive != nil && in.archive.member == nil {
		return nil, false
	}
	if in.archive == nil {
		name := filepath.Join(filepath.Dir(in.name), filepath.FromSlash(relative))
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return nil, false
		}
		return diskInput(name, info.Size()), true
	}
	return in.archive.member(path.Join(path.Dir(in.member), relative))
}

// used notes that a file is a part of another one, and no message of its own.
func (i *Importer) used(name string) {
	if i.parts == nil {
		i.parts = map[string]bool{}
	}
	i.parts[name] = true
}
