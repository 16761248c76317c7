package operation

import (
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// Sought is an attribute that a search is for.
type Sought struct {
	ID       string // without the table's prefix
	Value    string // in the one form of its type
	Null     bool   // the attribute is not set
	Negative bool   // the rest does not hold
	None     bool   // it says nothing
}

// ReadSearch reads an attribute of a search by its options, its type and its
// form. A text may have * in the place of its beginning, its end or both. The
// error is an AttributeError.
func (t *Table) ReadSearch(a Sent, strict bool) (Sought, error) {
	s := Sought{ID: strings.TrimPrefix(a.ID, t.Prefix), Null: a.null(), Negative: a.negative()}
	if _, err := t.takes(Form{Optional: []string{s.ID}}, a.ID, s.ID, strict); err != nil {
		return s, err
	}
	empty := a.Value == nil || a.Value.Text == ""
	switch {
	case s.Null && !empty:
		return s, t.refuse(provision.InvalidParameter, a.ID, "is marked null and has a value", "send one or the other")
	case empty:
		s.None = !s.Null
		return s, nil
	}
	wildcard := t.Attributes[a.ID].Type == TypeString && t.Attributes[a.ID].Values == nil && strings.Contains(a.Value.Text, "*")
	value, err := t.typed(a, strict, wildcard)
	s.Value = value
	return s, err
}
