package store

// Tx reads from a snapshot, notes what it saw there, and writes into an
// overlay, so that it reads its own writes. It lives as long as the closure that
// got it.
type Tx struct {
	authenticator *authenticator
	open          func() (Snapshot, error)
	snapshot      Snapshot // nil until something is read
	ended         bool

	reads   []Read
	expects bool // reads holds what a View saw
	writes  []Write
	at      map[string]int // where in writes a key stands

	// failed is the first read that the engine could not do or write that
	// could not be taken down. Whatever the closure makes of it, nothing is
	// committed: neither a part without the rest nor a wrong conclusion.
	failed error
}

func (t *Tx) close() {
	t.ended = true
	if t.snapshot != nil {
		t.snapshot.Close()
	}
}

func (t *Tx) macs() *authenticator { return t.authenticator }

func (t *Tx) get(key string) ([]byte, uint64, error) {
	if t.ended {
		return nil, 0, ErrEnded
	}
	if i, written := t.at[key]; written {
		return t.writes[i].Value, 0, nil
	}
	if err := t.begin(); err != nil {
		return nil, 0, err
	}
	value, revision, err := t.snapshot.Get(key)
	if err != nil {
		return nil, 0, t.fail(err)
	}
	t.reads = append(t.reads, Read{key, revision})
	return value, revision, nil
}

// begin opens the snapshot, unless it is open.
func (t *Tx) begin() (err error) {
	if t.snapshot != nil {
		return nil
	}
	if t.snapshot, err = t.open(); err != nil {
		t.snapshot = nil
		return t.fail(err)
	}
	return nil
}

func (t *Tx) write(w Write) error {
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

func (t *Tx) fail(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// expect notes a revision that a view saw.
func (t *Tx) expect(key string, revision uint64) error {
	if t.ended {
		return ErrEnded
	}
	t.reads, t.expects = append(t.reads, Read{key, revision}), true
	return nil
}
