package storetest

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// table is one kind of record as the suite handles it, and what the contract
// says of its keys.
type table[K comparable, R any] struct {
	name   string
	whole  R // with every member set
	key    func(R) K
	rekey  func(R, K) R
	order  func(a, b K) int
	inside func(key, within K) bool // shares the leading parts that are set
	kind   store.Kind[K, R]
}

func (t table[K, R]) put(tx *store.Tx, record R) error { return store.Put(tx, t.kind, record) }

func (t table[K, R]) remove(tx *store.Tx, key K) error { return store.Delete(tx, t.kind, key) }

func (t table[K, R]) get(r store.Reader, key K) (R, error) { return store.Get(r, t.kind, key) }

func (t table[K, R]) scan(v *store.View, within, after K) iter.Seq2[R, error] {
	return store.Scan(v, t.kind, within, after)
}

// single returns a table whose keys have one part.
func single[R any](t table[string, R]) table[string, R] {
	t.order = strings.Compare
	t.inside = func(key, within string) bool { return within == "" || key == within }
	return t
}

func domains() table[string, provision.Domain] {
	return single(table[string, provision.Domain]{
		name:  "domain",
		whole: wholeDomain(),
		key:   func(d provision.Domain) string { return d.Name },
		rekey: func(d provision.Domain, key string) provision.Domain { d.Name = key; return d },
		kind:  provision.Domains,
	})
}

func versions() table[string, store.Version] {
	return single(table[string, store.Version]{
		name:  "version",
		whole: store.Version{Kind: "k"},
		key:   func(v store.Version) string { return v.Kind },
		rekey: func(v store.Version, key string) store.Version { v.Kind = key; return v },
		kind:  store.Versions,
	})
}

func users() table[provision.UserKey, provision.User] {
	type key = provision.UserKey
	return table[key, provision.User]{
		name:  "user",
		whole: wholeUser(),
		key:   provision.User.Key,
		rekey: func(u provision.User, k key) provision.User { u.Domain, u.UserID = k.Domain, k.UserID; return u },
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.UserID, b.UserID))
		},
		inside: func(k, within key) bool {
			return within.Domain == "" || k.Domain == within.Domain && (within.UserID == "" || k.UserID == within.UserID)
		},
		kind: provision.Users,
	}
}

func authenticators() table[string, provision.Authenticator] {
	return single(table[string, provision.Authenticator]{
		name:  "authenticator",
		whole: wholeAuthenticator(),
		key:   func(a provision.Authenticator) string { return a.SerialNumber },
		rekey: func(a provision.Authenticator, key string) provision.Authenticator {
			a.SerialNumber = key
			return a
		},
		kind: provision.Authenticators,
	})
}

func registrations() table[string, provision.Registration] {
	return single(table[string, provision.Registration]{
		name:  "registration",
		whole: wholeRegistration(),
		key:   func(r provision.Registration) string { return r.ID },
		rekey: func(r provision.Registration, key string) provision.Registration { r.ID = key; return r },
		kind:  provision.Registrations,
	})
}

func components() table[provision.ComponentKey, provision.Component] {
	type key = provision.ComponentKey
	return table[key, provision.Component]{
		name:  "component",
		whole: wholeComponent(),
		key:   provision.Component.Key,
		rekey: func(c provision.Component, k key) provision.Component {
			c.ComponentType, c.Location = k.ComponentType, k.Location
			return c
		},
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.ComponentType, b.ComponentType), strings.Compare(prefix(a.Location), prefix(b.Location)))
		},
		inside: func(k, within key) bool {
			return within.ComponentType == "" ||
				k.ComponentType == within.ComponentType && (!within.Location.IsValid() || k.Location == within.Location)
		},
		kind: provision.Components,
	}
}

// prefix orders what is not set before everything.
func prefix(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func keyChecks() table[string, provision.KeyCheck] {
	return single(table[string, provision.KeyCheck]{
		name:  "key check",
		whole: wholeKeyCheck(),
		key:   func(c provision.KeyCheck) string { return c.Name },
		rekey: func(c provision.KeyCheck, key string) provision.KeyCheck { c.Name = key; return c },
		kind:  provision.KeyChecks,
	})
}

func expiries() table[provision.ExpiryKey, provision.Expiry] {
	type key = provision.ExpiryKey
	return table[key, provision.Expiry]{
		name:  "expiry",
		whole: wholeExpiry(),
		key: func(e provision.Expiry) key {
			return key{ExpiresAt: e.ExpiresAt.UTC().Round(0), RegistrationID: e.RegistrationID}
		},
		rekey: func(e provision.Expiry, k key) provision.Expiry { e.ExpiryKey = k; return e },
		order: func(a, b key) int {
			return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), strings.Compare(a.RegistrationID, b.RegistrationID))
		},
		inside: func(k, within key) bool {
			return within.ExpiresAt.IsZero() || k.ExpiresAt.Equal(within.ExpiresAt) &&
				(within.RegistrationID == "" || k.RegistrationID == within.RegistrationID)
		},
		kind: provision.Expiries,
	}
}

func pastExpiries() table[provision.ExpiryKey, provision.Expiry] {
	past := expiries()
	past.name = "past expiry"
	past.kind = provision.PastExpiries
	return past
}

func freeAuthenticators() table[provision.FreeKey, provision.FreeAuthenticator] {
	type key = provision.FreeKey
	return table[key, provision.FreeAuthenticator]{
		name:  "free authenticator",
		whole: wholeFreeAuthenticator(),
		key:   provision.FreeAuthenticator.Key,
		rekey: func(a provision.FreeAuthenticator, k key) provision.FreeAuthenticator { a.FreeKey = k; return a },
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.Domain, b.Domain), cmp.Compare(a.Type, b.Type), strings.Compare(a.SerialNumber, b.SerialNumber))
		},
		inside: func(k, within key) bool {
			return within.Domain == "" || k.Domain == within.Domain &&
				(within.Type == "" || k.Type == within.Type && (within.SerialNumber == "" || k.SerialNumber == within.SerialNumber))
		},
		kind: provision.FreeAuthenticators,
	}
}

func strangers() table[string, provision.Stranger] {
	return single(table[string, provision.Stranger]{
		name:  "stranger",
		whole: wholeStranger(),
		key:   func(s provision.Stranger) string { return s.Slot },
		rekey: func(s provision.Stranger, key string) provision.Stranger { s.Slot = key; return s },
		kind:  provision.Strangers,
	})
}

func gatewayKeys() table[string, provision.GatewayKey] {
	return single(table[string, provision.GatewayKey]{
		name:  "gateway key",
		whole: wholeGatewayKey(),
		key:   func(k provision.GatewayKey) string { return k.Name },
		rekey: func(k provision.GatewayKey, key string) provision.GatewayKey { k.Name = key; return k },
		kind:  provision.GatewayKeys,
	})
}

func policies() table[string, provision.Policy] {
	return single(table[string, provision.Policy]{
		name:  "policy",
		whole: wholePolicy(),
		key:   func(p provision.Policy) string { return p.Name },
		rekey: func(p provision.Policy, key string) provision.Policy { p.Name = key; return p },
		kind:  provision.Policies,
	})
}

func auditEvents() table[audit.EventKey, audit.Event] {
	type key = audit.EventKey
	return table[key, audit.Event]{
		name:  "audit event",
		whole: wholeEvent(),
		key:   func(e audit.Event) key { return utc(e.EventKey) },
		rekey: func(e audit.Event, k key) audit.Event { e.EventKey = k; return e },
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.Run, b.Run), a.Time.Compare(b.Time), strings.Compare(a.Random, b.Random))
		},
		inside: func(k, within key) bool {
			return within.Run == "" || k.Run == within.Run &&
				(within.Time.IsZero() || k.Time.Equal(within.Time) && (within.Random == "" || k.Random == within.Random))
		},
		kind: audit.Events,
	}
}

func auditRequests() table[audit.RequestKey, audit.Request] {
	type key = audit.RequestKey
	events := auditEvents()
	return table[key, audit.Request]{
		name:  "audit request",
		whole: wholeRequest(),
		key: func(r audit.Request) key {
			return key{RequestID: r.RequestID, EventKey: utc(r.EventKey)}
		},
		rekey: func(r audit.Request, k key) audit.Request { r.RequestKey = k; return r },
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.RequestID, b.RequestID), events.order(a.EventKey, b.EventKey))
		},
		inside: func(k, within key) bool {
			return within.RequestID == "" || k.RequestID == within.RequestID && events.inside(k.EventKey, within.EventKey)
		},
		kind: audit.Requests,
	}
}

func auditSeals() table[audit.SealKey, audit.Seal] {
	type key = audit.SealKey
	return table[key, audit.Seal]{
		name:  "audit seal",
		whole: wholeSeal(),
		key:   audit.Seal.Key,
		rekey: func(s audit.Seal, k key) audit.Seal { s.SealKey = k; return s },
		order: func(a, b key) int {
			return cmp.Or(strings.Compare(a.Run, b.Run), cmp.Compare(a.Number, b.Number))
		},
		inside: func(k, within key) bool {
			return within.Run == "" || k.Run == within.Run && (within.Number == 0 || k.Number == within.Number)
		},
		kind: audit.Seals,
	}
}

func auditRuns() table[string, audit.Run] {
	return single(table[string, audit.Run]{
		name:  "audit run",
		whole: audit.Run{Run: "20261122T093000Z", Number: 7, Digest: digest(7), Final: true},
		key:   func(r audit.Run) string { return r.Run },
		rekey: func(r audit.Run, key string) audit.Run { r.Run = key; return r },
		kind:  audit.Runs,
	})
}

func auditAnchors() table[string, audit.Anchor] {
	return single(table[string, audit.Anchor]{
		name:  "audit anchor",
		whole: audit.Anchor{SealDigest: wholeSeal().After[0], RemovedAt: day(5), MAC: digest(2)},
		key:   func(a audit.Anchor) string { return a.Run },
		rekey: func(a audit.Anchor, key string) audit.Anchor { a.Run = key; return a },
		kind:  audit.Anchors,
	})
}

// utc makes equal keys comparable by ==.
func utc(k audit.EventKey) audit.EventKey {
	k.Time = k.Time.UTC().Round(0)
	return k
}

// sorted returns the keys that a scan must yield.
func (t table[K, R]) sorted(records map[K]R, within, after K) []K {
	var zero K
	var keys []K
	for key := range records {
		if t.inside(key, within) && (after == zero || t.order(key, after) > 0) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, t.order)
	return keys
}

// collect scans, up to limit records; 0: all.
func (t table[K, R]) collect(v *store.View, within, after K, limit int) ([]R, error) {
	var found []R
	for record, err := range t.scan(v, within, after) {
		if err != nil {
			return found, err
		}
		if found = append(found, record); len(found) == limit {
			break
		}
	}
	return found, nil
}

func (t table[K, R]) keys(records []R) []K {
	var keys []K
	for _, record := range records {
		keys = append(keys, t.key(record))
	}
	return keys
}
