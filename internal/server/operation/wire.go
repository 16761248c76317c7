package operation

import (
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// attribute is one on the wire, as each interface generates the type.
type attribute interface {
	wsdl.CredentialAttribute | wsdl.SignatureAttribute | wsdl.AdministrationAttribute
}

// SentOf returns the attributes of a request.
func SentOf[A attribute](all []A) []Sent {
	var out []Sent
	for _, one := range all {
		a := wsdl.CredentialAttribute(one)
		out = append(out, Sent{ID: a.AttributeID, Value: a.Value, Options: a.AttributeOptions})
	}
	return out
}

// Attributes returns the attributes of a reply.
func Attributes[A attribute](all []Written) []A {
	var out []A
	for _, w := range all {
		out = append(out, A(wsdl.CredentialAttribute{AttributeID: w.ID, Value: &w.Value}))
	}
	return out
}

// Read reads the attributes of a command, and notes those that it passes over.
func (d *Door) Read(r *soap.Request, t *Table, f Form, sent []Sent) (Values, error) {
	given, passedOver, err := t.Read(f, sent, d.Strict)
	for _, name := range passedOver {
		r.PassOver(name)
	}
	return given, err
}
