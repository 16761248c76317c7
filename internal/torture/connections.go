package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// few keeps the connections of a listener few, so that an attack can be small.
var few = [][2]string{{"connections = 1024", "connections = 128"}, {"connections_per_address = 256", "connections_per_address = 32"}}

// connections holds connections in every way that needs no password.
func connections(secure bool, addresses int) campaign {
	s := siege{settings: append(cheapHashes(), few...)}
	name, pace := fmt.Sprintf("connections-%d", addresses), 200
	if secure {
		s.flags = []string{"--tls"}
		name, pace = name+"-tls", 50
	}
	for _, kind := range []string{"silent", "header", "body", "kept", "unread"} {
		s.attacks = append(s.attacks, fmt.Sprintf("%s 60 %d %d", kind, addresses, pace))
	}
	return campaign{
		name:  name,
		about: fmt.Sprintf("hold 900 connections, of 384: silent, by slow headers and bodies, kept alive and unread; addresses: %d", addresses),
		run:   s.run,
		mutants: []mutant{
			{"no-eviction", []edit{
				{"internal/server/listen/table.go", "func idlest(pools ...[]*group) *conn {\n", "func idlest(pools ...[]*group) *conn {\n\tpools = nil\n"},
				{"internal/server/listen/table.go", "g.open >= t.limits.PerAddress", "false"},
			}},
		},
	}
}

// hold holds a connection until it is closed.
func (a attacker) hold(c net.Conn) {
	const head = "POST / HTTP/1.1\r\nHost: lab\r\nContent-Type: text/xml\r\n"
	switch a.kind {
	case "silent":
	case "header":
		trickle(c, head, "X-Slow: x\r\n")
	case "body":
		trickle(c, head+"Content-Length: 60000\r\n\r\n", "x")
	case "kept":
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: lab\r\n\r\n")
	case "unread":
		_, _ = io.WriteString(c, strings.Repeat("GET /?wsdl HTTP/1.1\r\nHost: lab\r\n\r\n", 20))
		time.Sleep(time.Minute)
	case "full":
		_, _ = io.WriteString(c, head+fmt.Sprintf("Content-Length: %d\r\n\r\n", largeBody+1)+strings.Repeat(" ", largeBody))
	case "costly":
		costly(c)
		return
	}
	_, _ = io.Copy(io.Discard, c)
}

// trickle sends the beginning of a request and then, now and then, a little
// more of it, until the connection is closed.
func trickle(c net.Conn, begin, more string) {
	_, err := io.WriteString(c, begin)
	for err == nil {
		time.Sleep(500 * time.Millisecond)
		_, err = io.WriteString(c, more)
	}
}
