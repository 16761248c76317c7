package phone

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/atomicfile"
)

// maxFile is the size in bytes of the largest state file that is read.
const maxFile = 1 << 20

// WriteFile seals a state into a file that only its owner can read. The file
// is the old one or the new one at every moment, and the new one is on disk
// when WriteFile returns.
func WriteFile(name string, rand io.Reader, pin string, s State) error {
	content, err := Seal(rand, pin, s)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(name, content, 0o600); err != nil {
		return fmt.Errorf("write the state to %s: %w", name, err)
	}
	return nil
}

// CheckFile reports whether WriteFile could write the file: it finds the faults
// that would otherwise lose a state that a server has already handed out. A
// file that is there must open under the PIN: nobody else's state is replaced.
func CheckFile(name, pin string) error {
	if err := CheckPIN(pin); err != nil {
		return err
	}
	if _, err := ReadFile(name, pin); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	probe, err := os.CreateTemp(filepath.Dir(name), atomicfile.Temporary)
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// ReadFile opens the state in a file.
func ReadFile(name, pin string) (State, error) {
	file, err := os.Open(name)
	if err != nil {
		return State{}, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return State{}, fmt.Errorf("read %s: %w", name, err)
	}
	s, err := Open(pin, content)
	if err != nil {
		return State{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}
