package wsdl

// Element is what the schemas say of one element. A global element has depth
// 0 and a namespace; its descendants follow it, are one deeper than their
// parent and are in no namespace.
type Element struct {
	Depth     int
	Name      string // local
	Namespace string // of a global element

	TypeNamespace string // "" for an anonymous type
	Type          string

	MinOccurs int
	MaxOccurs int // 0: no limit
	Choice    int // siblings of one number, not 0: exactly one is there

	Base                 string // "string", "int", "boolean" or "anyType"; "" for an element that holds elements
	MinLength, MaxLength int    // in characters; a MaxLength of 0 is none
	Pattern              string // of the whole, as XML Schema writes it
	Collapse             bool   // white space around and within is not meant
	Form                 string // what it takes, in words
	Secret               bool   // never to be shown
}
