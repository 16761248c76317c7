//go:build clients && !race

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
)

// smallDisk is a file system of its own, ext4 of so many MiB over a loop device.
type smallDisk struct{ at, device string }

func newSmallDisk(t *testing.T, mib int) smallDisk {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("only root mounts a small disk: sudo -E env PATH=\"$PATH\" go test -tags clients -run 'Disk|Files' ./cmd/dsappd")
	}
	d := smallDisk{at: filepath.Join(t.TempDir(), "disk")}
	image := d.at + ".img"
	if err := os.Mkdir(d.at, 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(int64(mib)<<20), file.Close()); err != nil {
		t.Fatal(err)
	}
	sh(t, ".", "mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image)
	d.mount(t)
	t.Cleanup(func() { sh(t, ".", "umount", "--lazy", d.at) }) // a server that was killed may hold it for a moment
	d.device = filepath.Base(strings.TrimSpace(sh(t, ".", "findmnt", "-no", "SOURCE", d.at)))
	return d
}

func (d smallDisk) mount(t *testing.T) {
	t.Helper()
	sh(t, ".", "mount", "-o", "loop,errors=remount-ro", d.at+".img", d.at)
}

// fill leaves so many bytes free, and returns what makes room again.
func (d smallDisk) fill(t *testing.T, leave int64) (empty func()) {
	t.Helper()
	file, err := os.CreateTemp(d.at, "filler-")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 4096); ; {
		var free syscall.Statfs_t
		if err := syscall.Statfs(d.at, &free); err != nil {
			t.Fatal(err)
		}
		if int64(free.Bavail)*free.Bsize <= leave {
			break
		}
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(file.Name()); err != nil {
			t.Error(err)
		}
	}
}

// folder makes a data folder on the disk.
func (d smallDisk) folder(t *testing.T, settings string) string {
	t.Helper()
	dir := filepath.Join(d.at, "data")
	options := datafolder.InitOptions{Sample: true, Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n" + settings}
	if err := datafolder.Init(context.Background(), dir, options); err != nil {
		t.Fatal(err)
	}
	return dir
}

// waiting is somebody who has registered and not activated yet.
type waiting struct {
	*activator
	client *soap.Client
	id     string
}

// newWaiting has so many users register.
func newWaiting(t *testing.T, dir string, s *served, n int) []waiting {
	t.Helper()
	client, err := phone.NewClient(s.url, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	var all []waiting
	for _, a := range newActivators(t, dir, n) {
		id, status, err := registerDirect(t.Context(), client, a.userID)
		if err != nil || status != 0 {
			t.Fatalf("register: status %d, %v", status, err)
		}
		all = append(all, waiting{a, client, id})
	}
	return all
}

// activate answers the status of an activation with the first one-time password.
func (w waiting) activate(t *testing.T) int32 {
	t.Helper()
	otp, err := oath.OTP(w.secret, 0, w.parameters())
	if err != nil {
		t.Fatal(err)
	}
	status, err := activateDirect(t.Context(), w.client, w.id, otp)
	if err != nil {
		t.Error(err)
	}
	return status
}

// reads makes sure that a server answers what needs no room: pages, its health,
// and operators.
func (s *served) reads(t *testing.T, dir string) {
	t.Helper()
	response, err := http.Get(s.url + "?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(text, []byte("definitions")) {
		t.Errorf("the WSDL: %s, %v", response.Status, err)
	}
	for _, order := range [][]string{{"ready", "--dir", dir}, {"user", "show", "--dir", dir, "user2"}, {"audit", "tail", "--dir", dir}} {
		if out, err := exec.Command("dsappd", order...).CombinedOutput(); err != nil {
			t.Errorf("dsappd %v: %v: %s", order, err, out)
		}
	}
}

// holds makes sure that nothing is wrong with a folder, nor with its audit.
func holds(t *testing.T, dir string) {
	t.Helper()
	door := openDoor(t, dir)
	if found, err := door.Check(t.Context()); err != nil || len(found.Problems) > 0 {
		t.Errorf("check: %v, %v", found.Problems, err)
	}
	if err := door.Close(); err != nil {
		t.Error(err)
	}
	verifyAudit(t, dir)
}

// failed is the status of what the server could not do, or would not for now.
const failed = -1

// On a disk that is nearly full, what has begun can end. On a full one, a write is
// refused with a status and a line in the log, and counts for nothing. Reads and
// health go on, and writes as soon as there is room.
func TestDiskIsFull(t *testing.T) {
	disk := newSmallDisk(t, 24)
	dir := disk.folder(t, "[limits]\nfree_mib = 4\n")
	server := serveFolder(t, dir)
	users := newWaiting(t, dir, server, 6)

	empty := disk.fill(t, 1<<20) // less than half of free_mib
	server.log.await(t, "the disk is nearly full")
	if _, status, err := registerDirect(t.Context(), users[0].client, users[0].userID); err != nil || status != failed {
		t.Errorf("a registration on a disk that is nearly full: status %d, %v", status, err)
	}
	if status := users[0].activate(t); status != 0 {
		t.Errorf("an activation on a disk that is nearly full: status %d", status)
	}
	empty()
	server.log.await(t, "the disk has room again")

	empty = disk.fill(t, 0)
	kept, refused := waiting{}, false
	for _, kept = range users[1:] {
		fillStore(t, dir)
		if refused = kept.activate(t) == failed; refused {
			break
		}
	}
	if !refused {
		t.Fatal("a full disk has room for every activation")
	}
	server.log.await(t, "no space left on device")
	server.reads(t, dir)
	empty()
	if status := kept.activate(t); status != 0 {
		t.Errorf("the activation that was refused, once there is room: status %d", status)
	}
	server.signal(t, syscall.SIGTERM)
	if err := server.wait(t); err != nil {
		t.Error(err)
	}
	holds(t, dir)
}

// fillStore gives orders until one does not find room in the store any more.
func fillStore(t *testing.T, dir string) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	for n := range 10000 {
		_, err := door.SetPolicy(t.Context(), provision.SetPolicy{Name: "lab", Set: fmt.Appendf(nil, `{"LockThreshold": %d}`, 3+n%7)})
		if err != nil {
			return
		}
	}
	t.Fatal("a full disk takes every order")
}

// keepHolding holds so many connections until ctx ends, each new one in the place of
// the oldest. It closes full when it holds all of them.
func keepHolding(ctx context.Context, address string, n int, full chan<- struct{}) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	held := make([]net.Conn, n)
	for i := 0; ctx.Err() == nil; i++ {
		if i == n {
			close(full)
		}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			continue
		}
		if held[i%n] != nil {
			held[i%n].Close()
		}
		held[i%n] = conn
	}
	for _, conn := range held {
		if conn != nil {
			conn.Close()
		}
	}
}

// On a file system that an error has made read-only, a write is refused, reads go
// on, and a server that starts says what is wrong.
func TestDiskIsReadOnly(t *testing.T) {
	disk := newSmallDisk(t, 24)
	dir := disk.folder(t, "[limits]\nfree_mib = 0\n")
	server := serveFolder(t, dir)
	user := newWaiting(t, dir, server, 1)[0]

	err := os.WriteFile("/sys/fs/ext4/"+disk.device+"/trigger_fs_error", []byte("1"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if status := user.activate(t); status != failed {
		t.Errorf("an activation on a read-only disk: status %d", status)
	}
	server.log.await(t, "read-only file system")
	server.log.await(t, "the audit is not sealed")
	server.reads(t, dir)
	server.signal(t, syscall.SIGTERM)
	if err := server.wait(t); err == nil {
		t.Error("a server that cannot seal its audit ends as if it could")
	}

	sh(t, ".", "umount", disk.at)
	disk.mount(t)
	server = serveFolder(t, dir)
	if user.client, err = phone.NewClient(server.url, http.DefaultClient); err != nil {
		t.Fatal(err)
	}
	if status := user.activate(t); status != 0 {
		t.Errorf("the activation that was refused, once the disk can be written: status %d", status)
	}
	server.signal(t, syscall.SIGTERM)
	if err := server.wait(t); err != nil {
		t.Error(err)
	}
	holds(t, dir)

	sh(t, ".", "mount", "-o", "remount,ro", disk.at)
	out, err := exec.Command("dsappd", "serve", "--dir", dir, "--addr", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "read-only file system") {
		t.Errorf("a server that starts on a read-only disk: %v, %s", err, out)
	}
}

// A process that may open few files holds fewer connections, and the store,
// operators and good clients find descriptors however many connections are held.
func TestFilesRunOut(t *testing.T) {
	dir := newDataFolder(t)
	limited := filepath.Join(t.TempDir(), "dsappd")
	program, err := exec.LookPath("dsappd")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(limited, fmt.Appendf(nil, "#!/bin/sh\nulimit -n 96\nexec %s \"$@\"\n", program), 0o700); err != nil {
		t.Fatal(err)
	}
	server, err := startProgram(limited, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.kill)
	server.log.await(t, "each listener holds fewer connections")
	user := newWaiting(t, dir, server, 1)[0]
	ctx, stop := context.WithCancel(t.Context())
	var holding sync.WaitGroup
	for _, door := range []string{server.url, server.gateway, server.console, server.platform} {
		at, err := url.Parse(door)
		if err != nil {
			t.Fatal(err)
		}
		full := make(chan struct{})
		holding.Go(func() { keepHolding(ctx, at.Host, 60, full) })
		await(t, full)
	}
	server.reads(t, dir)
	if status := user.activate(t); status != 0 {
		t.Errorf("an activation beside all those connections: status %d", status)
	}
	stop()
	holding.Wait()
	server.signal(t, syscall.SIGTERM)
	if err := server.wait(t); err != nil {
		t.Error(err)
	}
	holds(t, dir)
}
