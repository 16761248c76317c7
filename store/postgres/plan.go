package postgres

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// plan is a group on its way: the locks it takes, what was found under them, and
// what it writes.
type plan struct {
	locks map[int64]bool    // true: exclusive
	keys  map[string][]byte // in the column, of what is read

	found    map[string]uint64 // revisions by what the column holds
	revision int64             // of what is written

	puts    map[string]store.Write
	deletes map[string]bool
}

// newPlan gathers the locks of a group. A request that needs more of them than a
// group may take has all others wait instead: they share one lock, which it takes
// alone.
func newPlan(id string, group []*request) *plan {
	p := &plan{
		locks: map[int64]bool{}, keys: map[string][]byte{}, found: map[string]uint64{},
		puts: map[string]store.Write{}, deletes: map[string]bool{},
	}
	everyone := lockOf(id, "all")
	for _, r := range group {
		for _, read := range r.reads {
			p.keys[read.Key] = inColumn(read.Key)
		}
		switch {
		case len(r.writes) == 0: // it holds at the moment in which it is read
		case r.large():
			p.locks[everyone] = true
		default:
			p.share(everyone)
			for _, read := range r.reads {
				p.share(lockOf(id, "key", read.Key))
			}
			for _, write := range r.writes {
				p.locks[lockOf(id, "key", write.Key)] = true
			}
		}
	}
	return p
}

// share takes a lock beside others, unless it is taken alone already.
func (p *plan) share(lock int64) {
	if _, taken := p.locks[lock]; !taken {
		p.locks[lock] = false
	}
}

// lockOf returns the advisory lock of a name in a store. Two names that share one
// wait for each other more than they need.
func lockOf(parts ...string) int64 {
	hash := fnv.New64a()
	for _, part := range parts {
		hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		hash.Write([]byte(part))
	}
	return int64(hash.Sum64())
}

// sortedLocks returns the locks in the one order in which all writers take
// them, and which of them are exclusive. The writer's own is among them.
func (p *plan) sortedLocks(own int64) (locks []int64, alone []bool) {
	p.locks[own] = true
	locks = slices.Sorted(maps.Keys(p.locks))
	for _, lock := range locks {
		alone = append(alone, p.locks[lock])
	}
	return locks, alone
}

func (p *plan) columns() [][]byte { return slices.Collect(maps.Values(p.keys)) }

// decide goes through the requests in their order. Each sees what the ones
// before it write.
func (p *plan) decide(group []*request) {
	written := map[string]uint64{} // revisions, of what this group writes
	for _, r := range group {
		if !p.holds(r, written) {
			r.result = store.ErrConflict
			continue
		}
		for _, write := range r.writes {
			delete(p.puts, write.Key)
			delete(p.deletes, write.Key)
			if write.Delete {
				p.deletes[write.Key], written[write.Key] = true, 0
			} else {
				p.puts[write.Key], written[write.Key] = write, uint64(p.revision)
			}
		}
	}
}

func (p *plan) holds(r *request, written map[string]uint64) bool {
	return !slices.ContainsFunc(r.reads, func(read store.Read) bool {
		revision, is := written[read.Key]
		if !is {
			revision = p.found[string(p.keys[read.Key])]
		}
		return revision != read.Revision
	})
}

// written returns what is put, in the order of the keys.
func (p *plan) written() (columns, rests, values [][]byte) {
	for _, w := range slices.SortedFunc(maps.Values(p.puts), func(a, b store.Write) int { return cmp.Compare(a.Key, b.Key) }) {
		columns, rests = append(columns, inColumn(w.Key)), append(rests, rest(w.Key))
		values = append(values, append([]byte{}, w.Value...))
	}
	return columns, rests, values
}

func (p *plan) deleted() [][]byte {
	var columns [][]byte
	for _, key := range slices.Sorted(maps.Keys(p.deletes)) {
		columns = append(columns, inColumn(key))
	}
	return columns
}
