package store

import "github.com/dsappd/dsappd/provision"

// tx implements provision.Tx: it reads from a snapshot, notes what it saw
// there, and writes into an overlay.
type tx struct {
	reader
	snapshot Snapshot
	ended    bool

	reads  []Read
	writes []Write
	at     map[string]int // where in writes a key stands

	// failed is the first read that the engine could not do or write that
	// could not be taken down. Whatever the closure makes of it, nothing is
	// committed: neither a part without the rest nor a wrong conclusion.
	failed error
}

func (t *tx) close() {
	t.ended = true
	t.snapshot.Close()
}

func (t *tx) get(key string) ([]byte, uint64, error) {
	if t.ended {
		return nil, 0, ErrEnded
	}
	if i, written := t.at[key]; written {
		return t.writes[i].Value, 0, nil
	}
	value, revision, err := t.snapshot.Get(key)
	if err != nil {
		return nil, 0, t.fail(err)
	}
	t.reads = append(t.reads, Read{key, revision})
	return value, revision, nil
}

func (t *tx) write(w Write) error {
	if t.ended {
		return ErrEnded
	}
	if i, written := t.at[w.Key]; written {
		t.writes[i] = w
		return nil
	}
	if t.at == nil {
		t.at = make(map[string]int)
	}
	t.at[w.Key] = len(t.writes)
	t.writes = append(t.writes, w)
	return nil
}

func (t *tx) fail(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

func put[K, R any](t *tx, k kind[K, R], record R) error {
	key, err := k.key(k.keyOf(record))
	if err != nil {
		return t.fail(err)
	}
	value, err := k.encode(t.authenticator, key, record)
	if err != nil {
		return t.fail(err)
	}
	return t.write(Write{Key: key, Value: value})
}

func remove[K, R any](t *tx, k kind[K, R], key K) error {
	whole, err := k.key(key)
	if err != nil {
		return t.fail(err)
	}
	return t.write(Write{Key: whole, Delete: true})
}

func (t *tx) PutDomain(d provision.Domain) error               { return put(t, domains(), d) }
func (t *tx) PutUser(u provision.User) error                   { return put(t, users(), u) }
func (t *tx) PutAuthenticator(a provision.Authenticator) error { return put(t, authenticators(), a) }
func (t *tx) PutRegistration(r provision.Registration) error   { return put(t, registrations(), r) }
func (t *tx) PutComponent(c provision.Component) error         { return put(t, components(), c) }
func (t *tx) PutPolicy(p provision.Policy) error               { return put(t, policies(), p) }
func (t *tx) PutAuditEvent(e provision.AuditEvent) error       { return put(t, auditEvents(), e) }
func (t *tx) PutAuditRequest(r provision.AuditRequest) error   { return put(t, auditRequests(), r) }
func (t *tx) PutAuditSeal(s provision.AuditSeal) error         { return put(t, auditSeals(), s) }
func (t *tx) PutAuditRun(r provision.AuditRun) error           { return put(t, auditRuns(), r) }
func (t *tx) PutAuditAnchor(a provision.AuditAnchor) error     { return put(t, auditAnchors(), a) }
func (t *tx) PutKeyCheck(c provision.KeyCheck) error           { return put(t, keyChecks(), c) }
func (t *tx) PutExpiry(e provision.Expiry) error               { return put(t, expiries(), e) }
func (t *tx) PutPastExpiry(e provision.Expiry) error           { return put(t, pastExpiries(), e) }
func (t *tx) PutFreeAuthenticator(a provision.FreeAuthenticator) error {
	return put(t, freeAuthenticators(), a)
}
func (t *tx) PutGatewayKey(k provision.GatewayKey) error { return put(t, gatewayKeys(), k) }
func (t *tx) PutStranger(s provision.Stranger) error     { return put(t, strangers(), s) }

func (t *tx) DeleteDomain(name string) error         { return remove(t, domains(), name) }
func (t *tx) DeleteUser(key provision.UserKey) error { return remove(t, users(), key) }
func (t *tx) DeleteAuthenticator(serialNumber string) error {
	return remove(t, authenticators(), serialNumber)
}
func (t *tx) DeleteRegistration(id string) error               { return remove(t, registrations(), id) }
func (t *tx) DeleteComponent(key provision.ComponentKey) error { return remove(t, components(), key) }
func (t *tx) DeletePolicy(name string) error                   { return remove(t, policies(), name) }
func (t *tx) DeleteAuditEvent(key provision.AuditKey) error    { return remove(t, auditEvents(), key) }
func (t *tx) DeleteAuditRequest(key provision.AuditRequestKey) error {
	return remove(t, auditRequests(), key)
}
func (t *tx) DeleteAuditSeal(key provision.AuditSealKey) error { return remove(t, auditSeals(), key) }
func (t *tx) DeleteAuditRun(run string) error                  { return remove(t, auditRuns(), run) }
func (t *tx) DeleteAuditAnchor(run string) error               { return remove(t, auditAnchors(), run) }
func (t *tx) DeleteKeyCheck(name string) error                 { return remove(t, keyChecks(), name) }
func (t *tx) DeleteExpiry(key provision.ExpiryKey) error       { return remove(t, expiries(), key) }
func (t *tx) DeletePastExpiry(key provision.ExpiryKey) error   { return remove(t, pastExpiries(), key) }
func (t *tx) DeleteFreeAuthenticator(key provision.FreeKey) error {
	return remove(t, freeAuthenticators(), key)
}
func (t *tx) DeleteGatewayKey(name string) error { return remove(t, gatewayKeys(), name) }
func (t *tx) DeleteStranger(slot string) error   { return remove(t, strangers(), slot) }
