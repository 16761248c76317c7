package store

import (
	"encoding/json"
	"fmt"

	"github.com/dsappd/dsappd/provision"
)

// kind is how one kind of record R is kept under its keys K.
type kind[K, R any] struct {
	name  string
	names parts // of the parts of the key
	split func(K) parts
	keyOf func(R) K
}

// stored is a pointer to a record.
type stored[R any] interface {
	*R
	SetRevision(uint64)
}

func domains() kind[string, provision.Domain] {
	return kind[string, provision.Domain]{
		name:  "domain",
		names: parts{"Name"},
		split: onePart,
		keyOf: func(d provision.Domain) string { return d.Name },
	}
}

func users() kind[provision.UserKey, provision.User] {
	return kind[provision.UserKey, provision.User]{
		name:  "user",
		names: parts{"Domain", "UserID"},
		split: func(k provision.UserKey) parts { return parts{k.Domain, k.UserID} },
		keyOf: provision.User.Key,
	}
}

func authenticators() kind[string, provision.Authenticator] {
	return kind[string, provision.Authenticator]{
		name:  "authenticator",
		names: parts{"SerialNumber"},
		split: onePart,
		keyOf: func(a provision.Authenticator) string { return a.SerialNumber },
	}
}

func registrations() kind[string, provision.Registration] {
	return kind[string, provision.Registration]{
		name:  "registration",
		names: parts{"ID"},
		split: onePart,
		keyOf: func(r provision.Registration) string { return r.ID },
	}
}

func components() kind[provision.ComponentKey, provision.Component] {
	return kind[provision.ComponentKey, provision.Component]{
		name:  "component",
		names: parts{"ComponentType", "Location"},
		split: func(k provision.ComponentKey) parts { return parts{k.ComponentType, prefixPart(k.Location)} },
		keyOf: provision.Component.Key,
	}
}

func policies() kind[string, provision.Policy] {
	return kind[string, provision.Policy]{
		name:  "policy",
		names: parts{"Name"},
		split: onePart,
		keyOf: func(p provision.Policy) string { return p.Name },
	}
}

func auditEvents() kind[provision.AuditKey, provision.AuditEvent] {
	return kind[provision.AuditKey, provision.AuditEvent]{
		name:  "audit",
		names: parts{"Run", "Time", "Random"},
		split: func(k provision.AuditKey) parts { return parts{k.Run, timePart(k.Time), k.Random} },
		keyOf: provision.AuditEvent.Key,
	}
}

func auditRequests() kind[provision.AuditRequestKey, provision.AuditRequest] {
	return kind[provision.AuditRequestKey, provision.AuditRequest]{
		name:  "auditrequest",
		names: parts{"RequestID", "Run", "Time", "Random"},
		split: func(k provision.AuditRequestKey) parts {
			return parts{k.RequestID, k.Run, timePart(k.Time), k.Random}
		},
		keyOf: provision.AuditRequest.Key,
	}
}

func auditSeals() kind[provision.AuditSealKey, provision.AuditSeal] {
	return kind[provision.AuditSealKey, provision.AuditSeal]{
		name:  "auditseal",
		names: parts{"Run", "Number"},
		split: func(k provision.AuditSealKey) parts { return parts{k.Run, numberPart(k.Number)} },
		keyOf: provision.AuditSeal.Key,
	}
}

func auditRuns() kind[string, provision.AuditRun] {
	return kind[string, provision.AuditRun]{
		name:  "auditrun",
		names: parts{"Run"},
		split: onePart,
		keyOf: func(r provision.AuditRun) string { return r.Run },
	}
}

func auditAnchors() kind[string, provision.AuditAnchor] {
	return kind[string, provision.AuditAnchor]{
		name:  "auditanchor",
		names: parts{"Run"},
		split: onePart,
		keyOf: func(a provision.AuditAnchor) string { return a.Run },
	}
}

func keyChecks() kind[string, provision.KeyCheck] {
	return kind[string, provision.KeyCheck]{
		name:  "keycheck",
		names: parts{"Name"},
		split: onePart,
		keyOf: func(c provision.KeyCheck) string { return c.Name },
	}
}

func expiries() kind[provision.ExpiryKey, provision.Expiry] {
	return kind[provision.ExpiryKey, provision.Expiry]{
		name:  "expiry",
		names: parts{"ExpiresAt", "RegistrationID"},
		split: func(k provision.ExpiryKey) parts { return parts{timePart(k.ExpiresAt), k.RegistrationID} },
		keyOf: provision.Expiry.Key,
	}
}

// pastExpiries are those that a sweep has been at.
func pastExpiries() kind[provision.ExpiryKey, provision.Expiry] {
	k := expiries()
	k.name = "pastexpiry"
	return k
}

func freeAuthenticators() kind[provision.FreeKey, provision.FreeAuthenticator] {
	return kind[provision.FreeKey, provision.FreeAuthenticator]{
		name:  "free",
		names: parts{"Domain", "Type", "SerialNumber"},
		split: func(k provision.FreeKey) parts { return parts{k.Domain, string(k.Type), k.SerialNumber} },
		keyOf: provision.FreeAuthenticator.Key,
	}
}

func strangers() kind[string, provision.Stranger] {
	return kind[string, provision.Stranger]{
		name:  "stranger",
		names: parts{"Slot"},
		split: onePart,
		keyOf: func(s provision.Stranger) string { return s.Slot },
	}
}

func gatewayKeys() kind[string, provision.GatewayKey] {
	return kind[string, provision.GatewayKey]{
		name:  "gatewaykey",
		names: parts{"Name"},
		split: onePart,
		keyOf: func(k provision.GatewayKey) string { return k.Name },
	}
}

func onePart(key string) parts { return parts{key} }

// length is the number of parts of the kind's keys.
func (k kind[K, R]) length() int {
	n := 0
	for n < len(k.names) && k.names[n] != "" {
		n++
	}
	return n
}

// key is the whole key: no part may be empty.
func (k kind[K, R]) key(key K) (string, error) {
	p, n := k.split(key), k.length()
	for i, part := range p[:n] {
		if part == "" {
			return "", &KeyError{k.name, k.names[i], "is empty"}
		}
	}
	if err := k.check(p); err != nil {
		return "", err
	}
	whole := joinKey(k.name, p, n)
	if len(whole) > MaxKeySize {
		return "", &KeyError{k.name, "the whole", fmt.Sprintf("is %d bytes long, at most %d are allowed", len(whole), MaxKeySize)}
	}
	return whole, nil
}

// prefix is what the keys begin with that share the leading set parts of
// within.
func (k kind[K, R]) prefix(within K) (string, error) {
	p, n := k.split(within), 0
	for n < len(p) && p[n] != "" {
		n++
	}
	return joinKey(k.name, p, n), k.check(p)
}

// after is a place among the keys, which needs not be the key of a record:
// a part that is not set comes before all others.
func (k kind[K, R]) after(key K) (string, error) {
	p := k.split(key)
	return joinKey(k.name, p, k.length()), k.check(p)
}

func (k kind[K, R]) check(p parts) error {
	for i, part := range p {
		if fault := faultOf(part); fault != "" {
			return &KeyError{k.name, k.names[i], fault}
		}
	}
	return nil
}

// encode makes the value under key of a record.
func (k kind[K, R]) encode(a *authenticator, key string, record R) ([]byte, error) {
	plain, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", k.name, err)
	}
	value := a.seal(key, plain)
	if len(value) > MaxValueSize {
		return nil, fmt.Errorf("encode %s: %w: %d bytes, at most %d are allowed", k.name, ErrTooLarge, len(value), MaxValueSize)
	}
	return value, nil
}

// decode reads a record, which has to be the one of its key.
func decode[K, R any, P stored[R]](k kind[K, R], a *authenticator, key string, value []byte, revision uint64) (R, error) {
	var record R
	plain, err := a.open(key, value)
	if err == nil {
		err = json.Unmarshal(plain, &record)
	}
	if err == nil {
		if own, keyErr := k.key(k.keyOf(record)); keyErr != nil || own != key {
			err = ErrMisplaced
		}
	}
	if err != nil {
		var none R
		return none, &provision.UnreadableError{Kind: k.name, Key: splitKey(key)[1:], Cause: err}
	}
	P(&record).SetRevision(revision)
	return record, nil
}
