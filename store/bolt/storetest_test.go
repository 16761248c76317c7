package bolt_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
	"github.com/dsappd/dsappd/store/storetest"
)

func openIn(dir string) (store.Engine, error) {
	path := filepath.Join(dir, "store.db")
	engine, err := bolt.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return bolt.Create(path)
	}
	return engine, err
}

func TestRun(t *testing.T)           { storetest.Run(t, openIn) }
func TestRunConcurrent(t *testing.T) { storetest.RunConcurrent(t, openIn) }

func TestRunReopen(t *testing.T) { storetest.RunReopen(t, openIn) }

func TestRunFaults(t *testing.T) { storetest.RunFaults(t, openIn) }
