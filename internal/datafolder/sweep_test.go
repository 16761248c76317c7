package datafolder

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// clock is one that the test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// sampleFolder is a new sample, open, whose clock the test sets.
func sampleFolder(t *testing.T) (*Folder, *clock) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	c := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	if err := Init(t.Context(), dir, InitOptions{Sample: true, Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n"}); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(t.Context(), dir, Source{Now: c.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened, c
}

func register(t *testing.T, service *provision.Service) string {
	t.Helper()
	result, err := service.DSAPPSRPRegister(t.Context(),
		provision.Caller{ComponentType: "srp-component", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "r"},
		provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"})
	if err != nil {
		t.Fatal(err)
	}
	return result.RegistrationID
}

func registrations(t *testing.T, service *provision.Service) int {
	t.Helper()
	page, err := service.ListRegistrations(t.Context(), provision.ListRegistrations{})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Records)
}

func TestSweeperSweepsAtOnceAndAtEveryTick(t *testing.T) {
	opened, c := sampleFolder(t)
	var log bytes.Buffer
	sweeper := sweeper{service: opened.Service, retention: func() time.Duration { return time.Hour }, logger: slog.New(slog.NewTextHandler(&log, nil))}
	register(t, opened.Service)
	c.wait(70*time.Minute + time.Second)
	living := register(t, opened.Service)
	ctx, cancel := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() { sweeper.run(ctx, ticks); close(ended) }()
	ticks <- time.Time{} // taken when the first sweep is done
	ticks <- time.Time{} // when the second is
	if got := registrations(t, opened.Service); got != 1 {
		t.Errorf("%d registrations after the first sweeps, want only %s", got, living)
	}
	c.wait(70 * time.Minute)
	ticks <- time.Time{} // the third may have been before the clock went on
	ticks <- time.Time{}
	if got := registrations(t, opened.Service); got != 0 {
		t.Errorf("%d registrations after the last sweep", got)
	}
	cancel()
	<-ended
	if got := strings.Count(log.String(), "deleted=1"); got != 2 {
		t.Errorf("log:\n%s", log.String())
	}
}

func TestSweeperNotesAFailureAndGoesOn(t *testing.T) {
	opened, _ := sampleFolder(t)
	var log bytes.Buffer
	sweeper := sweeper{service: opened.Service, retention: func() time.Duration { return 0 }, logger: slog.New(slog.NewTextHandler(&log, nil))}
	if err := opened.Records.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() { sweeper.run(ctx, ticks); close(ended) }()
	ticks <- time.Time{}
	ticks <- time.Time{}
	cancel()
	<-ended
	if got := strings.Count(log.String(), "sweep failed"); got < 2 {
		t.Errorf("log:\n%s", log.String())
	}
}
