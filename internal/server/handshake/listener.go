package handshake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/soap"
)

// Listener answers peers of inner that begin with the other protocol, and
// hands on all others.
func Listener(inner net.Listener, c Config) net.Listener {
	return &listener{inner, &reporter{Config: c}}
}

type listener struct {
	net.Listener
	reporter *reporter
}

// Accept implements net.Listener. Nothing is read here: the peer may be slow.
func (l *listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: inner, reporter: l.reporter}, nil
}

// conn looks at what a peer sends first.
type conn struct {
	net.Conn
	reporter *reporter
	begun    bool
}

// errAnswered ends a connection that was answered here.
var errAnswered = errors.New("the peer spoke another protocol and was answered")

// Read implements net.Conn. Whoever reads from a connection does so one after
// the other.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.begun || n == 0 {
		return n, err
	}
	c.begun = true
	switch {
	case !c.reporter.TLS && isTLS(p[:n]):
		c.refuseTLS()
		return 0, io.EOF // which an HTTP server passes over in silence
	case c.reporter.TLS && isHTTP(p[:n]):
		c.refuseHTTP(bytes.Clone(p[:n]))
		return 0, errAnswered
	}
	return n, err
}

// NetConn returns the connection of the inner listener.
func (c *conn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends what is sent, as an http.Server does that hears a peer out.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// isTLS reports whether a TLS record of a handshake begins (RFC 8446, section
// 5.1).
func isTLS(begin []byte) bool {
	return len(begin) > 2 && begin[0] == 22 && begin[1] == 3
}

// isHTTP reports whether the line of a request begins. TLS reads only its
// record's header at first.
func isHTTP(begin []byte) bool {
	for _, method := range []string{"GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "DELETE ", "PATCH ", "CONNECT ", "TRACE "} {
		if n := min(len(begin), len(method)); n > 2 && string(begin[:n]) == method[:n] {
			return true
		}
	}
	return false
}

// url returns where the peer should go on, by the host that it used.
func (c *conn) url(scheme, host string) string {
	if host == "" {
		host = c.LocalAddr().String()
	}
	return scheme + "://" + host + "/"
}

func (c *conn) refuseTLS() {
	words := "This address speaks plain HTTP, and the peer began with TLS: use " + c.url("http", "")
	if c.reporter.ForTLS != "" {
		words += ", or " + c.reporter.ForTLS
	}
	words += "."
	c.answer("HTTP 400", "TLSOnPlainPort", http.StatusBadRequest, "text/plain; charset=utf-8", words+"\n", words)
}

// The bounds of what is read of a plain request, for its Host and so that its
// sender comes to read the answer.
const (
	maxHead    = 16 << 10
	maxDrained = 1 << 20
	patience   = 2 * time.Second
)

func (c *conn) refuseHTTP(begin []byte) {
	_ = c.Conn.SetReadDeadline(time.Now().Add(patience))
	head := c.head(begin)
	words := "This address speaks TLS, and the request came unencrypted: use " + c.url("https", hostOf(head)) + ". What it held travelled in the clear."
	if c.reporter.SOAP && bytes.HasPrefix(head, []byte("POST ")) {
		fault := &soap.Fault{Code: soap.CodeClient, Reason: soap.WrongAddress, String: words}
		c.answer("HTTP 500", "HTTPOnTLSPort", http.StatusInternalServerError, "text/xml; charset=utf-8", string(soap.Document(fault)), words)
		return
	}
	c.answer("HTTP 400", "HTTPOnTLSPort", http.StatusBadRequest, "text/plain; charset=utf-8", words+"\n", words)
}

// head reads the header of a request, or as much as comes of it.
func (c *conn) head(begin []byte) []byte {
	part := make([]byte, 4<<10)
	for len(begin) < maxHead && !bytes.Contains(begin, []byte("\r\n\r\n")) {
		n, err := c.Conn.Read(part)
		begin = append(begin, part[:n]...)
		if err != nil {
			break
		}
	}
	return begin
}

// hostOf returns the Host of a request's header, if it is a host's.
func hostOf(head []byte) string {
	for line := range strings.Lines(string(head)) {
		name, value, _ := strings.Cut(line, ":")
		host := strings.TrimSpace(value)
		if strings.EqualFold(name, "Host") && len(host) < 256 && !strings.ContainsAny(host, " \t\"<>&/\\@?#") {
			return host
		}
	}
	return ""
}

// guards are the headers that the server's other answers have too: a browser
// keeps nothing of the answer and makes no page, frame or script of it.
const guards = "Cache-Control: no-store\r\n" +
	"X-Content-Type-Options: nosniff\r\n" +
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'\r\n" +
	"Referrer-Policy: no-referrer\r\n"

// answer writes an answer, hears the peer out, which may still be sending, and
// ends the connection.
func (c *conn) answer(status, problem string, code int, mediaType, body, reason string) {
	c.reporter.report(c.RemoteAddr().String(), status, problem, reason)
	_ = c.Conn.SetDeadline(time.Now().Add(patience))
	_, _ = fmt.Fprintf(c.Conn, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s",
		code, http.StatusText(code), mediaType, len(body), guards, body)
	_ = c.CloseWrite()
	_, _ = io.CopyN(io.Discard, c.Conn, maxDrained)
	_ = c.Conn.Close()
}
