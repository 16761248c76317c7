package drafting

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// stagedFolder is a folder whose files come to stand in it all at once.
type stagedFolder struct {
	out    string
	staged string // where the files are until then
	isNew  bool   // out is made of staged

	ending sync.RWMutex // held to read while something is written
	ended  bool
	naming sync.Mutex
	names  []string
}

// stageFolder makes a folder beside out, or in it where it is there already.
func stageFolder(out string) (*stagedFolder, error) {
	f := &stagedFolder{out: filepath.Clean(out)}
	info, err := os.Stat(f.out)
	parent := f.out
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.isNew, parent = true, filepath.Dir(f.out)
		if err := os.MkdirAll(parent, 0o700); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is no folder: give another name", f.out)
	}
	f.staged, err = os.MkdirTemp(parent, ".import-*")
	return f, err
}

// name returns where a file of the folder will be.
func (f *stagedFolder) name(name string) string { return filepath.Join(f.out, name) }

// write writes a file that is not seen yet.
func (f *stagedFolder) write(name string, text [][]byte) error {
	f.ending.RLock()
	defer f.ending.RUnlock()
	if f.ended {
		return fs.ErrClosed
	}
	f.naming.Lock()
	f.names = append(f.names, name)
	f.naming.Unlock()
	file, err := os.OpenFile(filepath.Join(f.staged, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	for _, piece := range text {
		if _, err := file.Write(piece); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return file.Close()
}

// publish writes the report and lets all files be seen. It replaces none, and
// where one of them is there already none comes to be there.
func (f *stagedFolder) publish(report *ImportReport) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := f.write(ReportName, [][]byte{append(text, '\n')}); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	f.ending.Lock()
	defer f.ending.Unlock()
	if f.isNew {
		return os.Rename(f.staged, f.out)
	}
	slices.Sort(f.names)
	for _, name := range f.names {
		if _, err := os.Lstat(f.name(name)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already: remove it, or give another folder", f.name(name))
		}
	}
	for _, name := range f.names {
		if err := os.Rename(filepath.Join(f.staged, name), f.name(name)); err != nil {
			return err
		}
	}
	return nil
}

// discard removes what was not published. Nothing is written afterwards.
func (f *stagedFolder) discard() {
	f.ending.Lock()
	defer f.ending.Unlock()
	f.ended = true
	_ = os.RemoveAll(f.staged) // the error that led here says why
}
