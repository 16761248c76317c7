package storetest

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// testModel compares random sequences of Update and View with plain maps.
func testModel(t *testing.T, open Open) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		at := filepath.Join(dir, fmt.Sprint(n))
		if err := os.Mkdir(at, 0o700); err != nil {
			t.Fatalf("%v", err)
		}
		engine, err := open(at)
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		s := store.New(engine, []byte("record key"))
		defer func() { checkAndClose(t, s) }()
		models := []recordModel{
			newModel(domains(), drawPart),
			newModel(users(), drawUserKey),
			newModel(components(), drawComponentKey),
			newModel(auditEvents(), drawAuditKey),
			newModel(auditRequests(), drawRequestKey),
			newModel(auditSeals(), drawSealKey),
		}
		t.Repeat(map[string]func(*rapid.T){
			"update": func(t *rapid.T) { modelUpdate(t, s, models) },
			"view":   func(t *rapid.T) { modelView(t, s, models) },
		})
	})
}

// recordModel is what a store must hold of one kind.
type recordModel interface {
	step(t *rapid.T, tx *store.Tx)
	commit(kept bool)
	compare(t *rapid.T, v *store.View)
}

// modelUpdate runs one transaction over all kinds to its end: by success, error
// or panic.
func modelUpdate(t *rapid.T, s *store.Store, models []recordModel) {
	end := rapid.SampledFrom([]string{"success", "success", "success", "error", "panic"}).Draw(t, "end")
	var err error
	func() {
		defer func() {
			if fault := recover(); fault != nil && fault != errClosure {
				panic(fault)
			}
		}()
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			for range rapid.IntRange(0, 8).Draw(t, "steps") {
				models[rapid.IntRange(0, len(models)-1).Draw(t, "kind")].step(t, tx)
			}
			switch end {
			case "error":
				return errClosure
			case "panic":
				panic(errClosure)
			}
			return nil
		})
	}()
	if end == "success" && err != nil || end == "error" && err != errClosure {
		t.Fatalf("Update that ends by %s: %v", end, err)
	}
	for _, model := range models {
		model.commit(end == "success")
	}
}

func modelView(t *rapid.T, s *store.Store, models []recordModel) {
	view(t, s, func(v *store.View) error {
		models[rapid.IntRange(0, len(models)-1).Draw(t, "kind")].compare(t, v)
		return nil
	})
}

// model keeps the committed records and those of the running transaction.
type model[K comparable, R any] struct {
	table     table[K, R]
	draw      func(t *rapid.T, label string) K
	committed map[K]R
	running   map[K]R
}

func newModel[K comparable, R any](table table[K, R], draw func(*rapid.T, string) K) recordModel {
	return &model[K, R]{table, draw, map[K]R{}, map[K]R{}}
}

func (m *model[K, R]) step(t *rapid.T, tx *store.Tx) {
	key := m.draw(t, m.table.name)
	record := m.table.rekey(m.table.whole, key)
	key = m.table.key(record)
	switch rapid.SampledFrom([]string{"put", "get", "delete"}).Draw(t, "step") {
	case "put":
		m.running[key] = record
		if err := m.table.put(tx, record); err != nil {
			t.Fatalf("put %v: %v", key, err)
		}
	case "delete":
		delete(m.running, key)
		if err := m.table.remove(tx, key); err != nil {
			t.Fatalf("delete %v: %v", key, err)
		}
	}
	m.get(t, tx, m.running, key)
}

func (m *model[K, R]) get(t *rapid.T, r store.Reader, records map[K]R, key K) {
	got, err := m.table.get(r, key)
	want, there := records[key]
	if there == errors.Is(err, store.ErrNotFound) || there && err != nil {
		t.Fatalf("get %v: there: %v, error: %v", key, there, err)
	}
	wantEqual(t, "record", want, got)
}

func (m *model[K, R]) commit(kept bool) {
	if kept {
		m.committed = maps.Clone(m.running)
	} else {
		m.running = maps.Clone(m.committed)
	}
}

func (m *model[K, R]) compare(t *rapid.T, v *store.View) {
	m.get(t, v, m.committed, m.table.key(m.table.rekey(m.table.whole, m.draw(t, "key"))))
	var within, after K
	if rapid.Bool().Draw(t, "confined") {
		within = m.draw(t, "within")
	}
	if rapid.Bool().Draw(t, "paged") {
		after = m.draw(t, "after")
	}
	found, err := m.table.collect(v, within, after, 0)
	if err != nil {
		t.Fatalf("scan within %v after %v: %v", within, after, err)
	}
	wantEqual(t, fmt.Sprintf("keys within %v after %v", within, after), m.table.sorted(m.committed, within, after), m.table.keys(found))
	for _, record := range found {
		wantEqual(t, "scanned record", m.committed[m.table.key(record)], record)
	}
}

// drawPart draws from few parts, so that keys meet again, that resemble each
// other.
func drawPart(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"a", "aa", "a/", "a\x01", "b", "é", "\U0010ffff"}).Draw(t, label)
}

func drawUserKey(t *rapid.T, label string) provision.UserKey {
	return provision.UserKey{Domain: drawPart(t, label), UserID: drawPart(t, label)}
}

func drawComponentKey(t *rapid.T, label string) provision.ComponentKey {
	location := rapid.SampledFrom([]string{"0.0.0.0/0", "127.0.0.0/8", "127.0.0.1/32", "127.0.0.10/32", "::/0", "::1/128", "::ffff:0.0.0.0/96"})
	return provision.ComponentKey{ComponentType: drawPart(t, label), Location: netip.MustParsePrefix(location.Draw(t, label))}
}

func drawAuditKey(t *rapid.T, label string) audit.EventKey {
	zone := rapid.SampledFrom([]*time.Location{time.UTC, time.FixedZone("", -5*3600), time.FixedZone("", 14*3600)})
	after := rapid.SampledFrom([]time.Duration{0, 1, 10, time.Microsecond, time.Second, 10 * time.Second, 24 * time.Hour, 300 * 24 * time.Hour, -1})
	return audit.EventKey{
		Run:    drawPart(t, label),
		Time:   day(1).Add(after.Draw(t, label)).In(zone.Draw(t, label)),
		Random: drawPart(t, label),
	}
}

func drawRequestKey(t *rapid.T, label string) audit.RequestKey {
	return audit.RequestKey{RequestID: drawPart(t, label), EventKey: drawAuditKey(t, label)}
}

func drawSealKey(t *rapid.T, label string) audit.SealKey {
	number := rapid.SampledFrom([]uint64{1, 2, 9, 10, 99, 100, 1<<32 - 1, 1 << 32, 1<<64 - 1})
	return audit.SealKey{Run: drawPart(t, label), Number: number.Draw(t, label)}
}
