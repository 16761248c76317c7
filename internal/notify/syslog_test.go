package notify

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rfc5424 is a message with a structure, as section 6 of RFC 5424 has it.
var rfc5424 = regexp.MustCompile(`^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) dsappd (\d+) ([!-~]{1,32}) \[origin software="dsappd" swVersion="[^"\]\\]*"\] ([\x20-\x7e]*)$`)

func checkLine(t *testing.T, line string, want Message) {
	t.Helper()
	parts := rfc5424.FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("not RFC 5424: %q", line)
	}
	var got struct {
		ID string
		Message
	}
	if err := json.Unmarshal([]byte(parts[6]), &got); err != nil || got.ID != want.ID || got.Data.UserID != want.Data.UserID || parts[5] != want.Type {
		t.Errorf("%q: %v", line, err)
	}
	if priority := strconv.Itoa(10*8 + severityWarning); parts[1] != priority {
		t.Errorf("priority %s, want %s", parts[1], priority)
	}
}

func lockMessage(n int) Message {
	return Message{ID: fmt.Sprint("m", n), Type: "user.locked", Time: time.Now(), Data: Data{UserID: "änna 😀 \"]\\ \n"}}
}

func openSyslog(t *testing.T, network, address string) deliverer {
	t.Helper()
	to := Sink{Timeout: 5 * time.Second, Version: "v1.2.3", Now: time.Now, Syslog: &Syslog{Network: network, Address: address, Facility: Facilities["authpriv"]}}.open()
	t.Cleanup(to.close)
	return to
}

// Datagrams hold one message each, over UDP and the socket of this machine.
func TestSyslogDatagrams(t *testing.T) {
	for _, at := range []struct{ network, address string }{{"udp", "127.0.0.1:0"}, {"unixgram", filepath.Join(t.TempDir(), "log")}} {
		server, err := net.ListenPacket(at.network, at.address)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		to := openSyslog(t, at.network, server.LocalAddr().String())
		for n := range 3 {
			if left, err := to.deliver(t.Context(), []Message{lockMessage(n)}); err != nil || len(left) > 0 {
				t.Fatalf("%v, %v", left, err)
			}
			buffer := make([]byte, 1<<16)
			length, _, err := server.ReadFrom(buffer)
			if err != nil {
				t.Fatal(err)
			}
			checkLine(t, string(buffer[:length]), lockMessage(n))
		}
	}
}

// Over a stream each message has its length before it; a server that is gone is
// noticed, and one that comes back is connected to again.
func TestSyslogStream(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := server.Addr().String()
	to := openSyslog(t, "tcp", address)
	for round := range 2 {
		if left, err := to.deliver(t.Context(), []Message{lockMessage(1), lockMessage(2)}); err != nil || len(left) > 0 {
			t.Fatalf("round %d: %v, %v", round, left, err)
		}
		conn, err := server.Accept()
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(conn)
		for n := range 2 {
			checkLine(t, readFramed(t, in), lockMessage(n+1))
		}
		conn.Close()
		server.Close()
		awaitFailure(t, to)
		if server, err = net.Listen("tcp", address); err != nil {
			t.Fatal(err)
		}
	}
	server.Close()
}

func readFramed(t *testing.T, in *bufio.Reader) string {
	t.Helper()
	length, err := in.ReadString(' ')
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(length))
	if err != nil {
		t.Fatal(err)
	}
	line := make([]byte, n)
	if _, err := io.ReadFull(in, line); err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// awaitFailure sends until the sender has noticed that nobody is there.
func awaitFailure(t *testing.T, to deliverer) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		left, err := to.deliver(t.Context(), []Message{lockMessage(0)})
		if err != nil && len(left) == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a server that is gone is not noticed")
		}
	}
}
