package drafting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"

	"github.com/maruel/natural"
)

// Importer reads what other programs keep of exchanges, or send, into a
// Drafter. docs/importing-formats.md lists their files.
type Importer struct {
	Drafter *Drafter

	// Properties are those of SoapUI that no project holds, by their names, such
	// as #Global#host, and variables of Postman and JMeter.
	Properties map[string]string

	// Progress, if it is not nil, hears now and then which file is read and how
	// many of its bytes have been.
	Progress func(file string, read, size int64)

	notices
	raw     []rawMessage
	decided []rawMessage    // requests of streams and logs, whose replies are known or not there
	parts   map[string]bool // files that are parts of others, by their names
}

// Notices returns what was left out so far, or is doubtful, in the order in
// which it was met. The notices of a draft come with it.
func (i *Importer) Notices() []Notice { return i.all }

// Paths reads files, and all files of folders. The error says what cannot be
// read; what cannot be understood is unmapped. A request and its reply may be
// in different ones.
func (i *Importer) Paths(ctx context.Context, paths ...string) error {
	for _, path := range paths {
		if err := i.path(ctx, path); err != nil {
			return err
		}
	}
	isPart := func(m rawMessage) bool { return i.parts[m.name] }
	i.raw, i.decided = slices.DeleteFunc(i.raw, isPart), slices.DeleteFunc(i.decided, isPart)
	return i.pairs(ctx)
}

func (i *Importer) path(ctx context.Context, path string) error {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 && isFolder(path) {
		path += string(filepath.Separator) // so that it is followed
	}
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		hidden := name != path && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return filepath.SkipDir
		case entry.IsDir() && soapui.IsFolder(os.DirFS(name)):
			if err := i.soapUIFolder(ctx, os.DirFS(name), name); err != nil {
				return err
			}
			return filepath.SkipDir
		case hidden || entry.IsDir():
			return nil
		}
		return i.file(ctx, name)
	})
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// file reads a file on disk.
func (i *Importer) file(ctx context.Context, name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		i.leaveOut(Source{File: name}, "it is a link to a folder, which is not followed: import the folder itself")
		return nil
	case info.Mode()&fs.ModeNamedPipe != 0:
		return i.pipe(ctx, name)
	case !info.Mode().IsRegular():
		i.leaveOut(Source{File: name}, "it is no file that can be read from its beginning: save it as one")
		return nil
	}
	return i.read(ctx, diskInput(name, info.Size()))
}

// pipe reads what a program writes, which can be read once only.
func (i *Importer) pipe(ctx context.Context, name string) error {
	once := &input{name: name, from: func() (io.ReadCloser, error) { return os.Open(name) }}
	text, err := i.whole(ctx, once)
	if damaged, ok := errors.AsType[*damagedError](err); ok {
		i.leaveOut(Source{File: name}, "%v", damaged)
		return nil
	}
	if err != nil {
		return err
	}
	a, err := once.within() // without files beside
	if err != nil {
		return err
	}
	return i.read(ctx, a.input(name, int64(len(text)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text)), nil
	}))
}

// draft drafts what was read of a file, in the order in which it can have
// happened.
func (i *Importer) draft(ctx context.Context, all []Recorded) error {
	return i.add(ctx, inOrder(all))
}

// add drafts what was read of a file, in the order in which it stands there.
func (i *Importer) add(ctx context.Context, all []Recorded) error {
	for _, r := range all {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if _, err := i.Drafter.Add(r); err != nil {
			i.leaveOut(r.Request.Source, "%v", err)
		}
	}
	return nil
}

// inOrder puts the steps of a registration behind the request that opened it,
// as the names of files do not always: activate comes before register in the
// alphabet.
func inOrder(all []Recorded) []Recorded {
	type step struct {
		key  string
		rank int
	}
	steps := make([]step, len(all))
	places := map[string][]int{}
	for n, r := range all {
		e, err := sketched(r)
		if err != nil || e.asked.operation == "" {
			continue
		}
		steps[n] = step{key: e.key(), rank: rank(e)}
		if steps[n].key != "" {
			places[steps[n].key] = append(places[steps[n].key], n)
		}
	}
	ordered := slices.Clone(all)
	for _, at := range places {
		if steps[at[0]].rank == 0 || !slices.ContainsFunc(at, func(n int) bool { return steps[n].rank == 0 }) {
			continue
		}
		sorted := slices.Clone(at)
		slices.SortStableFunc(sorted, func(a, b int) int { return steps[a].rank - steps[b].rank })
		for to, from := range sorted {
			ordered[at[to]] = all[from]
		}
	}
	return ordered
}

// rank returns where a step stands in an activation.
func rank(e sketch) int {
	if e.begins() {
		return 0
	}
	order := []string{
		"dsappSRPGenerateEphemeralKey", "dsappSRPGenerateActivationData", "PROVISIONCMD_DSAPPGENERATEACTIVATIONDATA",
		"PROVISIONCMD_MDL_ADD_DEVICE", "dsappSRPActivate", "PROVISIONCMD_DSAPPACTIVATE", "PROVISIONCMD_ACTIVATE", "PROVISIONCMD_MDL_ACTIVATE",
	}
	if found := slices.Index(order, e.operation()); found >= 0 {
		return 1 + found
	}
	return 1 + len(order)
}

// byName sorts names as people do: 2 before 10.
func byName(names []string) {
	sort.Sort(natural.StringSlice(names))
}
