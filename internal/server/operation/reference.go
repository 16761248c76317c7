package operation

// Reference is what a page about attributes is written from: those of a kind of
// objects, and the commands or operations that take them.
type Reference struct {
	Title  string
	Prefix string // of every attribute's name

	// Attributes are in the order of the table.
	Attributes []Attribute
	Forms      []Form
	Read       []string // the IDs of those that objects can have; nil: those that Forms answer with
}

// Reference makes a reference of the table and forms over it.
func (t *Table) Reference(title string, forms ...Form) Reference {
	r := Reference{Title: title, Prefix: t.Prefix, Forms: forms}
	for _, id := range t.order {
		r.Attributes = append(r.Attributes, t.Attributes[t.Prefix+id])
	}
	return r
}
