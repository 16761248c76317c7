package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// A line is the JSON of an event or a seal. What vouches for it is over its
// bytes, so that whoever has exported lines needs nothing but SHA-256 to
// follow the chain; and as every line is what its record encodes to, reading
// and encoding it again changes no byte.

// signed is a record that carries a MAC of itself.
type signed[R any] interface {
	kind() string
	mac() Digest
	withMAC(Digest) R
	appendLine(to []byte) ([]byte, error)
}

func (e Event) kind() string           { return "event" }
func (e Event) mac() Digest            { return e.MAC }
func (e Event) withMAC(d Digest) Event { e.MAC = d; return e }

func (s Seal) kind() string          { return "seal" }
func (s Seal) mac() Digest           { return s.MAC }
func (s Seal) withMAC(d Digest) Seal { s.MAC = d; return s }

func (a Anchor) kind() string            { return "anchor" }
func (a Anchor) mac() Digest             { return a.MAC }
func (a Anchor) withMAC(d Digest) Anchor { a.MAC = d; return a }

// LineLen returns the length of the line of an event, in bytes.
func LineLen(event Event) (int, error) {
	text, err := event.appendLine(nil)
	return len(text), err
}

func (s Seal) appendLine(to []byte) ([]byte, error)   { return appendJSON(to, s) }
func (a Anchor) appendLine(to []byte) ([]byte, error) { return appendJSON(to, a) }

func appendJSON(to []byte, record any) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("line of the audit: %w", err)
	}
	return append(to, text...), nil
}

// sign completes a record by its MAC and returns what its line hashes to.
func sign[R signed[R]](s *Signer, record R) (R, Digest, error) {
	h := s.hashes.Get().(*hashes)
	defer s.hashes.Put(h)
	var err error
	if h.line, err = record.withMAC(Digest{}).appendLine(h.line[:0]); err != nil {
		return record, Digest{}, err
	}
	mac := h.sum(record.kind())
	h.addMAC(mac)
	return record.withMAC(mac), sha256.Sum256(h.line), nil
}

// authentic reports whether a record's MAC is right, and returns what its
// line hashes to.
func authentic[R signed[R]](s *Signer, record R) (Digest, bool, error) {
	h := s.hashes.Get().(*hashes)
	defer s.hashes.Put(h)
	var err error
	if h.line, err = record.withMAC(Digest{}).appendLine(h.line[:0]); err != nil {
		return Digest{}, false, err
	}
	right, claimed := h.sum(record.kind()), record.mac()
	h.addMAC(claimed)
	return sha256.Sum256(h.line), hmac.Equal(right[:], claimed[:]), nil
}

// digestOf hashes a record's line.
func digestOf[R signed[R]](record R) (Digest, error) {
	whole, err := record.appendLine(nil)
	return sha256.Sum256(whole), err
}

// addMAC adds the MAC to the line, of which it is the last member.
func (h *hashes) addMAC(mac Digest) {
	if mac == (Digest{}) {
		return
	}
	h.line = append(h.line[:len(h.line)-1], `,"mac":"`...)
	h.line = hex.AppendEncode(h.line, mac[:])
	h.line = append(h.line, `"}`...)
}
