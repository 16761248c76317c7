package provision

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

func (e AuditEvent) kind() string                { return "event" }
func (e AuditEvent) mac() Digest                 { return e.MAC }
func (e AuditEvent) withMAC(d Digest) AuditEvent { e.MAC = d; return e }

func (s AuditSeal) kind() string               { return "seal" }
func (s AuditSeal) mac() Digest                { return s.MAC }
func (s AuditSeal) withMAC(d Digest) AuditSeal { s.MAC = d; return s }

func (a AuditAnchor) kind() string                 { return "anchor" }
func (a AuditAnchor) mac() Digest                  { return a.MAC }
func (a AuditAnchor) withMAC(d Digest) AuditAnchor { a.MAC = d; return a }

// auditLine encodes a record.
func auditLine(record any) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("line of the audit: %w", err)
	}
	return text, nil
}

// sign completes a record by its MAC and returns what its line hashes to.
func sign[R signed[R]](s *Sealer, record R) (R, Digest, error) {
	plain, err := auditLine(record.withMAC(Digest{}))
	if err != nil {
		return record, Digest{}, err
	}
	mac := s.auditMAC(record.kind(), plain)
	return record.withMAC(mac), sha256.Sum256(withMember(plain, mac)), nil
}

// authentic reports whether a record's MAC is right, and returns what its
// line hashes to.
func authentic[R signed[R]](s *Sealer, record R) (Digest, bool, error) {
	plain, err := auditLine(record.withMAC(Digest{}))
	if err != nil {
		return Digest{}, false, err
	}
	right, claimed := s.auditMAC(record.kind(), plain), record.mac()
	return sha256.Sum256(withMember(plain, claimed)), hmac.Equal(right[:], claimed[:]), nil
}

// digestOf is what a record's line hashes to.
func digestOf[R signed[R]](record R) (Digest, error) {
	whole, err := auditLine(record)
	return sha256.Sum256(whole), err
}

// withMember adds the MAC to a line, of which it is the last member.
func withMember(plain []byte, mac Digest) []byte {
	if mac == (Digest{}) {
		return plain
	}
	return fmt.Appendf(nil, `%s,"mac":"%s"}`, plain[:len(plain)-1], mac)
}

// auditMAC is under a key that only whoever has the master key can have.
func (s *Sealer) auditMAC(kind string, line []byte) Digest {
	h := hmac.New(sha256.New, s.auditKey)
	h.Write([]byte(kind + "\x00"))
	h.Write(line)
	return Digest(h.Sum(nil))
}
