package drafting

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
)

// archive is what files have in common that were packed together.
type archive struct {
	left   *int64 // bytes that may still be unpacked
	depth  int    // of archives in archives, from 1
	member func(name string) (*input, bool)
}

// The limits of an archive, with the archives in it.
const (
	maxUnpacked = 1 << 30 // bytes
	maxMembers  = 20_000  // files
	maxDepth    = 4       // archives in each other
)

var (
	errUnpacksTooFar = fmt.Errorf("it unpacks to more than %d MiB, which is the limit of an archive: unpack it, and import the folder", maxUnpacked>>20)
	errTooDeep       = fmt.Errorf("archives in archives are read %d deep: unpack it, and import the folder", maxDepth)
)

// within returns the archive that an input is, as its members see it.
func (in *input) within() (*archive, error) {
	left := int64(maxUnpacked)
	a := &archive{left: &left, depth: 1}
	if in.archive != nil {
		a.left, a.depth = in.archive.left, in.archive.depth+1
	}
	if a.depth > maxDepth {
		return nil, &damagedError{errTooDeep}
	}
	return a, nil
}

// input returns a file in an archive.
func (a *archive) input(name string, size int64, from func() (io.ReadCloser, error)) *input {
	furthest := int64(0)
	return &input{name: name, size: size, archive: a, from: func() (io.ReadCloser, error) {
		opened, err := from()
		if err != nil {
			return nil, &damagedError{fmt.Errorf("it cannot be unpacked: %w", err)}
		}
		return &unpackedReader{ReadCloser: opened, archive: a, furthest: &furthest}, nil
	}}
}

// unpackedReader counts what is unpacked: once what is read again. Its errors
// are those of a damaged file.
type unpackedReader struct {
	io.ReadCloser
	archive  *archive
	furthest *int64 // that the file was read
	read     int64
}

func (r *unpackedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.read += int64(n)
	if further := r.read - *r.furthest; further > 0 {
		*r.archive.left -= further
		*r.furthest = r.read
	}
	switch {
	case *r.archive.left < 0:
		return 0, &damagedError{errUnpacksTooFar}
	case err != nil && !errors.Is(err, io.EOF):
		return n, &damagedError{fmt.Errorf("it is damaged, or was cut off: %w", err)}
	}
	return n, err
}

// readPacked reads the one file that is packed in another.
func (i *Importer) readPacked(ctx context.Context, in *input, unpack func(io.Reader) (io.Reader, error)) error {
	a, err := in.within()
	if err != nil {
		return err
	}
	return i.read(ctx, a.input(in.name, 0, func() (io.ReadCloser, error) {
		packed, err := in.from()
		if err != nil {
			return nil, err
		}
		plain, err := unpack(packed)
		if err != nil {
			return nil, errors.Join(err, packed.Close())
		}
		return struct {
			io.Reader
			io.Closer
		}{plain, packed}, nil
	}))
}

func (i *Importer) readGzip(ctx context.Context, in *input) error {
	return i.readPacked(ctx, in, func(packed io.Reader) (io.Reader, error) { return gzip.NewReader(packed) })
}

func (i *Importer) readBzip2(ctx context.Context, in *input) error {
	return i.readPacked(ctx, in, func(packed io.Reader) (io.Reader, error) { return bzip2.NewReader(packed), nil })
}

// readTar reads the files of a tar archive. They are read more than once, so
// that each is held in memory while it is.
func (i *Importer) readTar(ctx context.Context, in *input) error {
	a, err := in.within()
	if err != nil {
		return err
	}
	opened, err := i.open(ctx, in)
	if err != nil {
		return err
	}
	defer opened.Close()
	files := tar.NewReader(opened)
	for count := 0; ; count++ {
		header, err := files.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return &damagedError{fmt.Errorf("the tar archive is damaged, or was cut off: %w", err)}
		case count >= maxMembers:
			return errTooManyMembers
		case header.Typeflag != tar.TypeReg || isHidden(header.Name):
			continue
		}
		text, err := io.ReadAll(io.LimitReader(files, maxWhole+1))
		name := memberName(in.name, header.Name)
		switch {
		case err != nil:
			return &damagedError{fmt.Errorf("the tar archive is damaged, or was cut off: %w", err)}
		case len(text) > maxWhole:
			i.leaveOut(Source{File: name}, "%v", errTooLargeWhole)
			continue
		}
		if err := i.read(ctx, a.input(name, int64(len(text)), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil })); err != nil {
			return err
		}
	}
}

var errTooManyMembers = &damagedError{fmt.Errorf("it holds more than %d files, which is the limit of an archive: unpack it, and import the folder", maxMembers)}

// zipped are the files of a zip archive by their names in it, in the order of
// these.
type zipped struct {
	archive
	name  string // of the archive, for people
	fs    fs.FS
	names []string
	files map[string]*input
}

// withZip opens a zip archive and lets read read it.
func (i *Importer) withZip(ctx context.Context, in *input, read func(*zipped) error) error {
	a, err := in.within()
	if err != nil {
		return err
	}
	opened, err := in.from()
	if err != nil {
		return err
	}
	defer opened.Close()
	at, size := io.ReaderAt(nil), in.size
	if file, ok := opened.(*os.File); ok {
		at = file
	} else {
		text, err := i.whole(ctx, in)
		if err != nil {
			return err
		}
		at, size = bytes.NewReader(text), int64(len(text))
	}
	files, err := zip.NewReader(at, size)
	if err != nil {
		return &damagedError{fmt.Errorf("the zip archive is damaged, or was cut off: %w", err)}
	}
	if len(files.File) > maxMembers {
		return errTooManyMembers
	}
	z := &zipped{archive: *a, name: in.name, fs: files, files: map[string]*input{}}
	z.member = func(name string) (*input, bool) { file, found := z.files[name]; return file, found }
	for _, file := range files.File {
		name := strings.ReplaceAll(strings.ToValidUTF8(file.Name, "�"), `\`, "/")
		shown := memberName(in.name, name)
		switch {
		case file.FileInfo().IsDir() || strings.HasSuffix(name, "/") || isHidden(name):
		case file.Flags&1 != 0:
			i.leaveOut(Source{File: shown}, "it is encrypted: unpack the archive with its password, and import the folder")
		case z.files[name] != nil:
			i.leaveOut(Source{File: shown}, "the archive holds two files of this name: the first one is read")
		default:
			z.names = append(z.names, name)
			z.files[name] = z.input(shown, int64(min(file.UncompressedSize64, 1<<62)), file.Open)
			z.files[name].member = name
		}
	}
	byName(z.names)
	return read(z)
}

// readZip reads each file of a zip archive.
func (i *Importer) readZip(ctx context.Context, in *input) error {
	return i.withZip(ctx, in, func(z *zipped) error {
		switch {
		case z.isFiddler():
			return i.readFiddler(ctx, z)
		case z.isCharles():
			return i.readCharlesArchive(ctx, z)
		case z.isDocument():
			i.leaveOut(Source{File: in.name}, "it is a document or a table of an office program, which is not read: save the messages in it as texts")
			return nil
		}
		composite, err := i.composites(ctx, z)
		if err != nil {
			return err
		}
		for _, name := range z.names {
			if slices.ContainsFunc(composite, func(dir string) bool { return isBelow(name, dir) }) {
				continue
			}
			if err := i.read(ctx, z.files[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

// isDocument reports whether files are those of a document of an office program.
func (z *zipped) isDocument() bool {
	return slices.ContainsFunc([]string{"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "META-INF/manifest.xml"}, func(name string) bool { return z.files[name] != nil })
}

// composites reads the composite projects of SoapUI in an archive, and returns
// their folders.
func (i *Importer) composites(ctx context.Context, z *zipped) ([]string, error) {
	var found []string
	inside := slices.Clone(z.names)
	slices.SortStableFunc(inside, func(a, b string) int { return len(a) - len(b) }) // a folder before those in it
	for _, name := range inside {
		dir := path.Dir(name)
		if path.Base(name) != soapui.Settings || slices.ContainsFunc(found, func(outer string) bool { return isBelow(name, outer) }) {
			continue
		}
		files, err := fs.Sub(&zipFiles{FS: z.fs, zipped: z, read: func(name string) ([]byte, error) { return i.memberPart(ctx, z, name) }}, dir)
		if err != nil || !soapui.IsFolder(files) {
			continue
		}
		found = append(found, dir)
		if err := i.soapUIFolder(ctx, files, memberName(z.name, dir)); err != nil {
			return nil, err
		}
	}
	return found, context.Cause(ctx)
}

// isBelow reports whether a file is in a folder, or in one in it.
func isBelow(name, dir string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }

// zipFiles are the files of an archive, read within its limits.
type zipFiles struct {
	fs.FS
	*zipped
	read func(name string) ([]byte, error)
}

// ReadFile reads a file, as fs.ReadFile wants it.
func (z *zipFiles) ReadFile(name string) ([]byte, error) {
	if z.files[name] == nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return z.read(name)
}

// memberPart returns a file of an archive that is a part of something; empty: it is
// not there, or damaged, which is said.
func (i *Importer) memberPart(ctx context.Context, z *zipped, name string) ([]byte, error) {
	file, there := z.files[name]
	if !there {
		return nil, nil
	}
	text, err := i.whole(ctx, file)
	if damaged, ok := errors.AsType[*damagedError](err); ok && ctx.Err() == nil {
		i.leaveOut(Source{File: file.name}, "%v", damaged)
		return nil, nil
	}
	return text, err
}

// memberName returns the name of a file in an archive, for people.
func memberName(archive, member string) string {
	return archive + "/" + strings.TrimPrefix(path.Clean("/"+member), "/")
}

// isHidden reports whether a file, or a folder that it is in, is hidden, or
// holds what macOS adds to archives.
func isHidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "__MACOSX" || len(part) > 1 && part[0] == '.' && part != ".." {
			return true
		}
	}
	return false
}
