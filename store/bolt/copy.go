package bolt

import (
	"fmt"
	"io"
)

// Copy writes the file as one moment has it, while it is read and written. It
// calls begin with the size in bytes, and writes to what that returns. Pages that
// are given free meanwhile are not used anew before Copy returns: a writer that
// stalls makes the file grow.
func (e *Engine) Copy(begin func(size int64) (io.Writer, error)) error {
	tx, err := e.begin(false)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	w, err := begin(tx.Size())
	if err != nil {
		return err
	}
	if _, err := tx.WriteTo(w); err != nil {
		return fmt.Errorf("copy store file: %w", err)
	}
	return nil
}
