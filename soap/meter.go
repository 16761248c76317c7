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

	// payer is asked once, when the reading begins to be costly; nil: nobody is.
	payer payer
}

// payer waits until a message may be read that is costly to read.
type payer interface{ costly() *Fault }

// newMeter counts up to MaxParts.
func newMeter() *meter { return &meter{limit: MaxParts} }

// count counts parts. Its fault has no place.
func (m *meter) count(parts int) *Fault {
	before := m.parts
	m.parts += parts
	switch {
	case m.parts > m.limit:
		return clientFault(TooManyParts, "The message has more than "+strconv.Itoa(m.limit)+" parts: elements, attributes, texts and comments, each as often as it is referred to.")
	case before <= freeParts && m.parts > freeParts && m.payer != nil:
		return m.payer.costly()
	}
	return nil
}
