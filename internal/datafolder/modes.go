package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/hint"
)

// What others than the owner must not do with a file.
const (
	writeByOthers fs.FileMode = 0o022
	anyByOthers   fs.FileMode = 0o077
)

// guarded is a part of a data folder, and what others must not do with it.
type guarded struct {
	name   string // inside the folder; empty: the folder itself
	others fs.FileMode
}

// guardedParts lists what decides over a folder: whoever can change one of
// these can change what the server does or whom its clients trust. The master
// key and the key of a certificate are checked where they are read.
var guardedParts = []guarded{
	{"", writeByOthers},
	{storeName, writeByOthers},
	{settingsName, writeByOthers},
	{passwordName, anyByOthers},
	{tlsFolder, writeByOthers},
	{authorityFile, writeByOthers},
	{authorityKey, anyByOthers},
}

// checkModes refuses, with ErrOpenToOthers, a data folder of which others can
// change a part or read the CA's key. It names every such part. What is missing
// is left to whoever needs it.
func checkModes(dir string) error {
	var all []error
	for _, part := range guardedParts {
		name := filepath.Join(dir, part.name)
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoFolder, err)
		}
		if info.Mode().Perm()&part.others != 0 {
			all = append(all, part.open(name, info.Mode()))
		}
	}
	return errors.Join(all...)
}

func (g guarded) open(name string, mode fs.FileMode) error {
	what, mend := "changed", "600"
	if g.others == anyByOthers {
		what = "read"
	}
	if mode.IsDir() {
		mend = "700"
	}
	return hint.Add(fmt.Errorf("%w: %s can be %s by others (%v)", ErrOpenToOthers, name, what, mode), "chmod %s %s", mend, hint.ShellWord(name))
}
