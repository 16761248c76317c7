package drafting

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
)

// secretValues are the secrets of a draft. Names that people give to cases and
// requests, and what is said about them, may repeat a secret.
type secretValues map[string]bool

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
		s[value] = true
	})
}

// addValues adds those of a call of REST, or of a reply to one.
func (s secretValues) addValues(m *message) {
	m.eachMember(func(_ int, name string, v *jsontree.Value) {
		field := m.rest.fieldName(name)
		isOpen := open(field) || slices.Contains(openReplies, field) || slices.Contains(openMembers, field) || slices.Contains(openAnswers, field) || name == "message"
		if v.Kind == '"' && !isOpen && len(v.Text) >= shortestSecret {
			s[v.Text] = true
		}
	})
}

// inWords are the elements that hold a sentence of the server's.
var inWords = []string{"errorDesc", "faultstring"}

var notSecret = []string{"true", "false", "null", "NULL"}

// hide replaces the secrets in a text, the longest first.
func (s secretValues) hide(text string) string {
	for _, value := range s.longestFirst() {
		text = strings.ReplaceAll(text, value, "redacted")
	}
	return text
}

func (s secretValues) longestFirst() []string {
	var all []string
	for value := range s {
		all = append(all, value)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return all
}
