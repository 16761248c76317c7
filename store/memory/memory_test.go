package memory_test

import (
	"testing"

	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
	"github.com/dsappd/dsappd/store/storetest"
)

func open(string) (store.Engine, error) { return &memory.Engine{}, nil }

func TestRun(t *testing.T) { storetest.Run(t, open) }

func TestConcurrent(t *testing.T) { storetest.RunConcurrent(t, open) }
