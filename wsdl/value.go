package wsdl

// Value is the value of an element that may be of any simple type, which its
// xsi:type names.
type Value struct {
	// Type is the local name of a type of XML Schema, such as "string". In a
	// request it is "" where there was no xsi:type, and another type's is
	// "{namespace}name", with no namespace where its prefix is not declared.
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}
