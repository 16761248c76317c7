package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is a number of connections to a server that are kept alive. It costs
// little: a request is written, and its reply read, in one call of the system
// each as a rule.
type load struct {
	host        string
	connections []*connection
}

type connection struct {
	net.Conn
	buffer []byte
}

// dial opens so many connections.
func dial(b *testing.B, host string, n int) *load {
	b.Helper()
	l := &load{host: host}
	for range n {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		l.connections = append(l.connections, &connection{conn, make([]byte, 16<<10)})
	}
	return l
}

// request returns a body with its header.
func (l *load) request(body string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: %d\r\n\r\n%s",
		l.host, len(body), body)
}

// send shares requests out to the connections. heard, which may be nil, is given
// each reply's body, good until it returns. send returns how long all took,
// and each.
func (l *load) send(b *testing.B, requests [][]byte, heard func(i int, body []byte) error) (took time.Duration, each []time.Duration) {
	b.Helper()
	each = make([]time.Duration, len(requests))
	errs := make([]error, len(l.connections))
	var next atomic.Int64
	var wait sync.WaitGroup
	begin := time.Now()
	for n, c := range l.connections {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(requests) && errs[n] == nil; i = next.Add(1) - 1 {
				sent := time.Now()
				body, err := c.exchange(requests[i])
				each[i] = time.Since(sent)
				if err == nil && heard != nil {
					err = heard(int(i), body)
				}
				errs[n] = err
			}
		})
	}
	wait.Wait()
	took = time.Since(begin)
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	return took, each
}

// exchange sends a request and returns its reply's body, good until the next.
func (c *connection) exchange(request []byte) (body []byte, err error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	filled, header, whole := 0, 0, 0
	for whole == 0 || filled < whole {
		if filled == len(c.buffer) {
			c.buffer = append(c.buffer, make([]byte, len(c.buffer))...)
		}
		n, err := c.Read(c.buffer[filled:])
		if err != nil {
			return nil, fmt.Errorf("after %d bytes of a reply: %w", filled, err)
		}
		filled += n
		if whole == 0 {
			if header, whole, err = measure(c.buffer[:filled]); err != nil {
				return nil, err
			}
		}
	}
	if filled > whole {
		return nil, fmt.Errorf("%d bytes after a reply", filled-whole)
	}
	return c.buffer[header:whole], nil
}

// measure returns the lengths of a reply's header and of the whole reply; both
// are 0 while its header is not there.
func measure(begin []byte) (header, whole int, err error) {
	const mark = "\r\nContent-Length: "
	end := bytes.Index(begin, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, 0, nil
	}
	if !bytes.HasPrefix(begin, []byte("HTTP/1.1 200 ")) {
		return 0, 0, fmt.Errorf("the server answered %s", begin)
	}
	at := bytes.Index(begin[:end], []byte(mark))
	if at < 0 {
		return 0, 0, fmt.Errorf("%w: a reply without Content-Length: %s", io.ErrUnexpectedEOF, begin[:end])
	}
	digits, _, _ := bytes.Cut(begin[at+len(mark):], []byte("\r\n"))
	size, err := strconv.Atoi(string(digits))
	return end + 4, end + 4 + size, err
}

// percentile returns the latency below which so many hundredths are.
func percentile(each []time.Duration, hundredths int) time.Duration {
	sorted := slices.Sorted(slices.Values(each))
	return sorted[len(sorted)*hundredths/100]
}
