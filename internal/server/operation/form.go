package operation

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Form is which attributes a command takes and answers with, by their IDs
// without the table's prefix.
type Form struct {
	Name     string   // of the command
	Required []string // in
	OneOf    []string // in: exactly one of them, or none to choose from
	Optional []string // in
	Out      []string // those with a value are in the reply, in this order
}

// In lists the attributes that the command takes.
func (f Form) In() []string { return slices.Concat(f.Required, f.OneOf, f.Optional) }

// Values are those of a command's attributes, by their IDs without the
// table's prefix.
type Values map[string]string

// With adds a value.
func (v Values) With(id, value string) Values {
	v[id] = value
	return v
}

// Sent is an attribute of a request, as it came.
type Sent struct {
	ID      string // the whole name
	Value   *wsdl.Value
	Options *wsdl.AttributeOptions
}

// is reports whether one of the attribute's options is true.
func (a Sent) is(option func(wsdl.AttributeOptions) *bool) bool {
	if a.Options == nil {
		return false
	}
	set := option(*a.Options)
	return set != nil && *set
}

func (a Sent) null() bool { return a.is(func(o wsdl.AttributeOptions) *bool { return o.Null }) }
func (a Sent) negative() bool {
	return a.is(func(o wsdl.AttributeOptions) *bool { return o.Negative })
}
func (a Sent) masked() bool { return a.is(func(o wsdl.AttributeOptions) *bool { return o.Masked }) }

// AttributeError is a FieldError of an attribute, by the status that it has.
type AttributeError struct {
	soap.FieldError
	Refusal provision.Refusal
}

// Unwrap returns the FieldError.
func (e *AttributeError) Unwrap() error { return &e.FieldError }

// given is an attribute of a request, read.
type given struct {
	value string
	there bool // it has a value
}

// Read checks the attributes of a request against the command's. Unless it is
// strict, it passes over attributes that other commands take, and repetitions
// that say the same again. passedOver are the former, by their whole names. The
// error is an AttributeError.
func (t *Table) Read(f Form, all []Sent, strict bool) (out Values, passedOver []string, err error) {
	seen := map[string]given{}
	for _, a := range all {
		id := strings.TrimPrefix(a.ID, t.Prefix)
		takes, err := t.takes(f, a.ID, id, strict)
		if err != nil {
			return nil, passedOver, err
		}
		if !takes {
			passedOver = append(passedOver, a.ID)
			continue
		}
		now, err := t.value(a, strict)
		if err != nil {
			return nil, passedOver, err
		}
		before, repeated := seen[id]
		switch {
		case repeated && strict:
			return nil, passedOver, t.refuse(provision.InvalidData, a.ID, "is there more than once", "send it once")
		case repeated && now != before:
			return nil, passedOver, t.refuse(provision.InvalidData, a.ID, "is there more than once, with different values", "send it once")
		}
		seen[id] = now
	}
	out = Values{}
	for id, a := range seen {
		if a.there {
			out[id] = a.value
		}
	}
	return out, passedOver, t.complete(f, out)
}

// refuse refuses an attribute, or several, by a status of its own where the
// table tells them apart.
func (t *Table) refuse(refusal provision.Refusal, path, problem, mend string) error {
	if !t.Telling {
		refusal = provision.InvalidParameter
	}
	return &AttributeError{FieldError: soap.FieldError{Path: path, Problem: problem, Mend: mend}, Refusal: refusal}
}

// complete refuses a request that lacks what the command requires, or has
// not exactly one of the attributes to choose from.
func (t *Table) complete(f Form, out Values) error {
	for _, id := range f.Required {
		if _, ok := out[id]; !ok {
			a := t.Attributes[t.Prefix+id]
			return t.refuse(provision.MissingField, t.Prefix+id, "is missing", "send it as xsd:"+a.Type+" with "+a.Takes)
		}
	}
	there := 0
	for _, id := range f.OneOf {
		if _, ok := out[id]; ok {
			there++
		}
	}
	if there == 1 || len(f.OneOf) == 0 {
		return nil
	}
	refusal, problem := provision.MissingField, "are missing"
	if there > 1 {
		refusal, problem = provision.InvalidParameter, "are there together"
	}
	return t.refuse(refusal, t.Prefix+strings.Join(f.OneOf, " and "+t.Prefix), problem, "send exactly one of them")
}

// takes reports whether the command takes an attribute, or, unless it is
// strict, may pass over it because another command does. It refuses the rest.
func (t *Table) takes(f Form, name, id string, strict bool) (bool, error) {
	known, is := t.Attributes[name]
	switch {
	case known.Unsupported != "":
		return false, t.refuse(provision.InvalidParameter, name, "is not supported: "+known.Unsupported, "leave it out")
	case slices.Contains(f.In(), id) && is:
		return true, nil
	case is && !strict:
		return false, nil
	case is:
		return false, t.refuse(provision.InvalidParameter, name, "is not an attribute that "+f.Name+" takes", "leave it out")
	}
	mend := "leave it out"
	if near := provision.Near(strings.TrimPrefix(strings.ToUpper(name), t.Prefix), t.ids()); near != "" {
		mend = "did you mean " + t.Prefix + near + "?"
	}
	return false, t.refuse(provision.InvalidParameter, name, "is not an attribute that this server knows", mend)
}

// value reads one attribute by its options, its type and its form. Without
// xsi:type, the text is what the attribute's own type makes of it.
func (t *Table) value(a Sent, strict bool) (given, error) {
	empty := a.Value == nil || t.Telling && !strict && a.Value.Text == ""
	switch {
	case a.negative():
		return given{}, t.refuse(provision.InvalidParameter, a.ID, "is marked negative", "leave the option out: no command searches")
	case a.null() && !empty:
		return given{}, t.refuse(provision.InvalidParameter, a.ID, "is marked null and has a value", "send one or the other")
	case empty:
		return given{}, nil
	}
	value, err := t.typed(a, strict, false)
	return given{value, err == nil}, err
}

// typed reads a value by its type and its form, or, for a wildcard, by its type
// alone. Where the table is telling, a lenient reading takes a text for any
// type that it is one of.
func (t *Table) typed(a Sent, strict, wildcard bool) (string, error) {
	known := t.Attributes[a.ID]
	asText := t.Telling && !strict && kind(claim(a.Value.Type)) == TypeString
	if problem := known.typedWrong(*a.Value, strict); problem != "" && !asText {
		return "", t.refuse(provision.InvalidData, a.ID, problem, "it is xsd:"+known.Type)
	}
	value := known.canonical(a.Value.Text)
	if wildcard {
		return value, nil
	}
	if !lexical(known.Type, value) || known.Pattern != "" && !t.patterns[a.ID]().MatchString(value) || !known.has(value) {
		return "", t.refuse(provision.InvalidData, a.ID, "has a wrong value", "it takes "+known.Takes)
	}
	return value, nil
}

// has reports whether a value is one of the attribute's, where it has a list of
// them.
func (a Attribute) has(value string) bool {
	return a.Values == nil || slices.ContainsFunc(a.Values, func(one string) bool { return strings.EqualFold(one, value) })
}
