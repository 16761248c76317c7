package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf16"
)

// Facilities lists those of RFC 5424, section 6.2.1, by the names that syslog.conf
// has for them.
var Facilities = map[string]int{
	"user": 1, "daemon": 3, "auth": 4, "authpriv": 10, "audit": 13,
	"local0": 16, "local1": 17, "local2": 18, "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
}

// The severities of RFC 5424, section 6.2.1.
const (
	severityAlert   = 1
	severityWarning = 4
	severityNotice  = 5
	severityInfo    = 6
)

// severities are those of messages by their types; others are informational.
var severities = map[string]int{
	"authenticator.activated": severityNotice,
	"user.locked":             severityWarning,
	"licence.full":            severityWarning,
	"certificate.expiring":    severityWarning,
	"audit.broken":            severityAlert,
}

// syslog sends messages to a syslog server.
type syslog struct {
	network, address string      // of net.Dial
	tls              *tls.Config // nil: plain
	facility         int
	timeout          time.Duration
	version          string

	conn *syslogConn // nil: there is none yet
}

// syslogConn is a connection, which knows whether its peer has closed it.
type syslogConn struct {
	net.Conn
	ended atomic.Bool
}

// deliver sends messages one after the other. Over TCP and TLS one counts as
// delivered when the system has taken it, because syslog has no answers.
func (s *syslog) deliver(ctx context.Context, all []Message) (left []Message, err error) {
	for i, m := range all {
		if err := s.send(ctx, m); err != nil {
			s.close()
			return all[i:], err
		}
	}
	return nil, nil
}

func (s *syslog) send(ctx context.Context, m Message) error {
	if s.conn != nil && s.conn.ended.Load() {
		s.close()
	}
	if s.conn == nil {
		if err := s.dial(ctx); err != nil {
			return err
		}
	}
	line, err := s.line(m)
	if err != nil {
		return err
	}
	if s.framed() {
		line = append(fmt.Appendf(nil, "%d ", len(line)), line...) // octet counting: RFC 5425, RFC 6587
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	_, err = s.conn.Write(line)
	return err
}

// framed reports whether the transport is a stream.
func (s *syslog) framed() bool { return s.network == "tcp" }

func (s *syslog) dial(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var conn net.Conn
	var err error
	if s.tls == nil {
		conn, err = new(net.Dialer).DialContext(ctx, s.network, s.address)
	} else {
		conn, err = (&tls.Dialer{Config: s.tls}).DialContext(ctx, s.network, s.address)
	}
	if err != nil {
		return err
	}
	s.conn = &syslogConn{Conn: conn}
	if s.framed() {
		go s.conn.watch()
	}
	return nil
}

// watch notices that the peer closes, which says nothing else.
func (c *syslogConn) watch() {
	_, _ = io.Copy(io.Discard, c)
	c.ended.Store(true)
}

func (s *syslog) close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}

// line is the message of RFC 5424: its text is JSON in ASCII.
func (s *syslog) line(m Message) ([]byte, error) {
	text, err := json.Marshal(struct {
		ID string `json:"id"`
		Message
	}{m.ID, m})
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", m.ID, err)
	}
	severity, known := severities[m.Type]
	if !known {
		severity = severityInfo
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "-"
	}
	head := fmt.Appendf(nil, `<%d>1 %s %s dsappd %d %s [origin software="dsappd" swVersion="%s"] `,
		s.facility*8+severity, m.Time.UTC().Format("2006-01-02T15:04:05.000000Z"), visible(host, 255), os.Getpid(), visible(m.Type, 32), visible(s.version, 32))
	return append(head, ascii(text)...), nil
}

// visible is a field of a header, which has no space and nothing outside ASCII.
func visible(text string, most int) string {
	kept := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || r == '"' || r == ']' || r == '\\' {
			return '_'
		}
		return r
	}, text)
	return kept[:min(len(kept), most)]
}

// ascii escapes what JSON has outside ASCII.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
