package main

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// notifications is the socket that systemd listens at.
type notifications struct{ *net.UnixConn }

func listenForNotifications(t *testing.T) notifications {
	t.Helper()
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	return notifications{conn}
}

// await returns the next notification with the words, past others.
func (n notifications) await(t *testing.T, words string) string {
	t.Helper()
	if err := n.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for {
		buffer := make([]byte, 4096)
		length, err := n.Read(buffer)
		if err != nil {
			t.Fatalf("systemd was never told %q: %v", words, err)
		}
		if said := string(buffer[:length]); strings.Contains(said, words) {
			return said
		}
	}
}

// systemd is told when the server is ready, reloads, lives and ends.
func TestSupervisorIsTold(t *testing.T) {
	told := listenForNotifications(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	dir := newDataFolder(t)
	server := serveFolder(t, dir)
	if said := told.await(t, "READY=1"); !strings.Contains(said, "STATUS=serves SOAP at "+server.url) {
		t.Errorf("systemd was told %q", said)
	}
	for range 3 {
		told.await(t, "WATCHDOG=1")
	}
	server.signal(t, syscall.SIGHUP)
	if said := told.await(t, "RELOADING=1"); !strings.Contains(said, "\nMONOTONIC_USEC=") {
		t.Errorf("systemd was told %q", said)
	}
	told.await(t, "READY=1")
	server.signal(t, syscall.SIGTERM)
	told.await(t, "STOPPING=1")
	if err := server.wait(t); err != nil {
		t.Error(err)
	}
}
