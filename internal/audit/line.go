package audit

import (
	"crypto/hmac"
	"crypto/sha256"
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
	text, err := line(event)
	return len(text), err
}

// line encodes a record.
func line(record any) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("line of the audit: %w", err)
	}
	return text, nil
}

// sign completes a record by its MAC and returns what its line hashes to.
func sign[R signed[R]](s *Signer, record R) (R, Digest, error) {
	plain, err := line(record.withMAC(Digest{}))
	if err != nil {
		return record, Digest{}, err
	}
	mac := s.mac(record.kind(), plain)
	return record.withMAC(mac), sha256.Sum256(withMember(plain, mac)), nil
}

// authentic reports whether a record's MAC is right, and returns what its
// line hashes to.
func authentic[R signed[R]](s *Signer, record R) (Digest, bool, error) {
	plain, err := line(record.withMAC(Digest{}))
	if err != nil {
		return Digest{}, false, err
	}
	right, claimed := s.mac(record.kind(), plain), record.mac()
	return sha256.Sum256(withMember(plain, claimed)), hmac.Equal(right[:], claimed[:]), nil
}

// digestOf is what a record's line hashes to.
func digestOf[R signed[R]](record R) (Digest, error) {
	whole, err := line(record)
	return sha256.Sum256(whole), err
}

// withMember adds the MAC to a line, of which it is the last member.
func withMember(plain []byte, mac Digest) []byte {
	if mac == (Digest{}) {
		return plain
	}
	return fmt.Appendf(nil, `%s,"mac":"%s"}`, plain[:len(plain)-1], mac)
}
