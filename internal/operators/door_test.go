package operators

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/admin"
)

func makeFolderAt(t *testing.T, dir string) {
	t.Helper()
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{}); err != nil {
		t.Fatal(err)
	}
}

func openTestDoor(t *testing.T, dir string) *Door {
	t.Helper()
	door, err := Open(t.Context(), dir, Config{Operator: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

// addDomain goes through the door of dir once.
func addDomain(t *testing.T, dir, name string) error {
	door, err := Open(t.Context(), dir, Config{Operator: "alice"})
	if err != nil {
		return err
	}
	_, err = door.AddDomain(t.Context(), provision.AddDomain{Name: name})
	return errors.Join(err, door.Close())
}

func domains(t *testing.T, dir string) []string {
	t.Helper()
	door := openTestDoor(t, dir)
	page, err := door.ListDomains(t.Context(), provision.ListDomains{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, domain := range page.Items {
		names = append(names, domain.Name)
	}
	if err := door.Close(); err != nil {
		t.Fatal(err)
	}
	return names
}

// hold keeps the folder open and, with a listener, answers operators there.
func hold(t *testing.T, dir string, listen bool) {
	t.Helper()
	opened, err := datafolder.Open(t.Context(), dir, datafolder.Source{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	if !listen {
		return
	}
	listener, err := admin.Listen(filepath.Join(dir, datafolder.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: (&admin.Door{Service: opened.Service, Log: slog.New(slog.DiscardHandler), Check: opened.Check}).Handler()}
	ended := make(chan struct{})
	go func() { defer close(ended); server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-ended })
}

func TestDoorWithoutServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	makeFolderAt(t, dir)
	if err := addDomain(t, dir, "lab"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lab", "master"}, domains(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestDoorOfAServerAtAnyDepth(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30), "data")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	makeFolderAt(t, dir)
	hold(t, dir, true)
	if err := addDomain(t, dir, "lab"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lab", "master"}, domains(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// A killed server leaves a socket at which nobody answers.
func TestDoorBehindAStaleSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	makeFolderAt(t, dir)
	killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, datafolder.SocketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	killed.SetUnlinkOnClose(false)
	killed.Close()
	if err := addDomain(t, dir, "lab"); err != nil {
		t.Error(err)
	}
}

// Commands that come at once wait for one another.
func TestDoorsTakeTurns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	makeFolderAt(t, dir)
	want := []string{"master"}
	var commands sync.WaitGroup
	for n := range 4 {
		name := fmt.Sprintf("domain%d", n)
		want = append(want[:n:n], name, "master")
		commands.Go(func() {
			if err := addDomain(t, dir, name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	commands.Wait()
	if diff := cmp.Diff(want, domains(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestDoorRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := addDomain(t, dir, "lab"); !errors.Is(err, datafolder.ErrNoFolder) {
		t.Errorf("no folder: %v", err)
	}
	makeFolderAt(t, dir)
	hold(t, dir, false)
	if err := addDomain(t, dir, "lab"); !errors.Is(err, datafolder.ErrLocked) || !strings.Contains(err.Error(), "no server answers") {
		t.Errorf("a folder held by a process that does not answer: %v", err)
	}
}
