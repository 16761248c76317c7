package replay

import "encoding/xml"

// edit is where a difference lies, for who mends the expectation.
type edit struct {
	want      *node // in the expected document; nil: not there
	parent    *node // of the element in it
	got       *node // in the reply; nil: not there
	gotParent *node
	attr      xml.Name // of an attribute
}

// line is the expected element that a difference is about; nil: none.
func (e edit) line() *node {
	if e.want != nil {
		return e.want
	}
	return e.parent
}
