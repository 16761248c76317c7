package drafting

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
)

// secretValues holds the secrets of a draft, by their length in bytes. Names that
// people give to cases and requests, and what is said about them, may repeat one.
type secretValues map[int]map[string]bool

func (s secretValues) put(value string) {
	if s[len(value)] == nil {
		s[len(value)] = make(map[string]bool)
	}
	s[len(value)][value] = true
}

// shortestSecret is how many bytes a value has at least that is looked for in
// names: shorter ones are parts of many words.
const shortestSecret = 4

// add adds the values of a message that are not known to be open.
func (s secretValues) add(m *message) {
	if m == nil {
		return
	}
	if m.rest != nil {
		s.addValues(m)
		return
	}
	kept := m.fieldsThat(openInReply)
	m.root.Visit(func(n *xmltree.Node) {
		value := strings.TrimSpace(n.Text)
		if n.HoldsElements() || slices.Contains(inWords, n.Name.Local) || kept[n.Index] || openElement(n) || len(value) < shortestSecret || slices.Contains(notSecret, value) {
			return
		}
		s.put(value)
	})
}

// addValues adds those of a call of REST, or of a reply to one.
func (s secretValues) addValues(m *message) {
	m.eachMember(func(_ int, name string, v *jsontree.Value) {
		field := m.rest.fieldName(name)
		isOpen := open(field) || slices.Contains(openReplies, field) || slices.Contains(openMembers, field) || slices.Contains(openAnswers, field) || name == "message"
		if v.Kind == '"' && !isOpen && len(v.Text) >= shortestSecret {
			s.put(v.Text)
		}
	})
}

// inWords are the elements that hold a sentence of the server's.
var inWords = []string{"errorDesc", "faultstring"}

var notSecret = []string{"true", "false", "null", "NULL"}

// hide replaces the secrets in a text. It looks each stretch of it up, so that a text
// costs the same however many secrets there are.
func (s secretValues) hide(text string) string {
	var out strings.Builder
	end := 0 // of the secrets so far
	for at := range len(text) {
		begun := at < end
		for length, values := range s {
			if at+length <= len(text) && values[text[at:at+length]] {
				end = max(end, at+length)
			}
		}
		switch {
		case begun:
		case at < end:
			out.WriteString("redacted")
		default:
			out.WriteByte(text[at])
		}
	}
	return out.String()
}
