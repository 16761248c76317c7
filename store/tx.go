package store

import "slices"

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
	at      map[string]int // where in writes a key stands, if there are many

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
	if i := t.written(key); i >= 0 {
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
	if i := t.written(w.Key); i >= 0 {
		t.writes[i] = w
		return nil
	}
	if t.writes == nil {
		t.writes = make([]Write, 0, few)
	}
	if t.writes = append(t.writes, w); len(t.writes) > few {
		t.index()
	}
	return nil
}

// few is how many writes are looked through one after the other. Most
// transactions have no more.
const few = 8

// written returns where in writes a key stands; -1: nowhere.
func (t *Tx) written(key string) int {
	if t.at != nil {
		if i, is := t.at[key]; is {
			return i
		}
		return -1
	}
	return slices.IndexFunc(t.writes, func(w Write) bool { return w.Key == key })
}

// index notes where the last of many writes stands.
func (t *Tx) index() {
	if t.at == nil {
		t.at = make(map[string]int)
		for i, w := range t.writes {
			t.at[w.Key] = i
		}
	}
	t.at[t.writes[len(t.writes)-1].Key] = len(t.writes) - 1
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
	if t.reads == nil {
		t.reads = make([]Read, 0, few)
	}
	t.reads, t.expects = append(t.reads, Read{key, revision}), true
	return nil
}
