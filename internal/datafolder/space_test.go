package datafolder

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

func TestSpace(t *testing.T) {
	opened, _ := sampleFolder(t)
	var log bytes.Buffer
	opened.Logger = slog.New(slog.NewTextHandler(&log, nil))
	free := uint64(1 << 30)
	opened.space.free = func(string) (uint64, bool) { return free, true }
	for _, c := range []struct {
		freeMiB uint64
		want    provision.Space
	}{
		{1024, provision.Ample}, {63, provision.Short}, {65, provision.Short}, {31, provision.Scarce},
		{33, provision.Scarce}, {41, provision.Short}, {81, provision.Ample},
	} {
		free = c.freeMiB << 20
		opened.lookAtSpace()
		if got := opened.Service.Space(); got != c.want {
			t.Errorf("%d MiB free: %d, want %d", c.freeMiB, got, c.want)
		}
	}
	if got := strings.Count(log.String(), "\n"); got != 4 {
		t.Errorf("%d lines in the log: %s", got, log.String())
	}
	if _, known := freeSpace(opened.Dir); !known {
		t.Error("the free space is not known")
	}
}

// What the key has sealed is counted with the audit's seals, and outlives runs.
func TestSealsAreCounted(t *testing.T) {
	opened, c := sampleFolder(t)
	before := opened.Service.Sealer.Sealed()
	register(t, opened.Service)
	sealed := opened.Service.Sealer.Sealed()
	if sealed <= before {
		t.Errorf("%d secrets after a registration, %d before", sealed, before)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), opened.Dir, Source{Now: c.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := again.Service.Sealer.Sealed(); got != sealed {
		t.Errorf("%d secrets in the next run, want %d", got, sealed)
	}
}
