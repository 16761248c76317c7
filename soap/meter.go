package soap

import "strconv"

// The limits of a message that are not those of its size.
const (
	// MaxParts is the number of parts of a message: its elements, attributes,
	// texts and comments. A part takes about a microsecond to read, whatever
	// its size.
	MaxParts = 8192

	// freeParts is how many are read before the reading is costly. No message
	// that clients were seen to send has as many.
	freeParts = 512

	// freeSize is the size in bytes up to which a message is read at once.
	freeSize = 16 << 10
)

// meter counts the parts of one message that are read, as often as they are.
type meter struct {
	parts, limit int

	// costly is asked once, when the reading begins to be; nil: it is not.
	costly func() *Fault
}

// newMeter counts up to a limit; 0 is MaxParts.
func newMeter(limit int, costly func() *Fault) *meter {
	if limit == 0 {
		limit = MaxParts
	}
	return &meter{limit: limit, costly: costly}
}

// count counts parts. Its fault has no place.
func (m *meter) count(parts int) *Fault {
	before := m.parts
	m.parts += parts
	switch {
	case m.parts > m.limit:
		return clientFault(TooManyParts, "The message has more than "+strconv.Itoa(m.limit)+" parts: elements, attributes, texts and comments, each as often as it is referred to.")
	case before <= freeParts && m.parts > freeParts && m.costly != nil:
		return m.costly()
	}
	return nil
}
