package provisioning

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// values are those of a command's attributes, by their IDs without PROVFLD_.
type values map[string]string

// sent is an attribute of a request, read.
type sent struct {
	value string
	there bool // it has a value
}

// read checks the attributes of a request against the command's. Unless it is
// strict, it passes over attributes that other commands take, and repetitions
// that say the same again. passedOver are the former, by their whole names.
func (t *commandTable) read(c command, given []wsdl.ProvisioningAttribute, strict bool) (out values, passedOver []string, err error) {
	seen := map[string]sent{}
	for _, a := range given {
		id := strings.TrimPrefix(a.AttributeID, attributePrefix)
		takes, err := t.takes(c, a.AttributeID, id, strict)
		if err != nil {
			return nil, passedOver, err
		}
		if !takes {
			passedOver = append(passedOver, a.AttributeID)
			continue
		}
		now, err := t.value(a, strict)
		if err != nil {
			return nil, passedOver, err
		}
		before, repeated := seen[id]
		switch {
		case repeated && strict:
			return nil, passedOver, &soap.FieldError{Path: a.AttributeID, Problem: "is there more than once", Mend: "send it once"}
		case repeated && now != before:
			return nil, passedOver, &soap.FieldError{Path: a.AttributeID, Problem: "is there more than once, with different values", Mend: "send it once"}
		}
		seen[id] = now
	}
	out = values{}
	for id, a := range seen {
		if a.there {
			out[id] = a.value
		}
	}
	return out, passedOver, t.complete(c, out)
}

// complete refuses a request that lacks what the command requires, or has
// not exactly one of the attributes to choose from.
func (t *commandTable) complete(c command, given values) error {
	for _, id := range c.required {
		if _, ok := given[id]; !ok {
			a := t.attributes[attributePrefix+id]
			return &soap.FieldError{Path: attributePrefix + id, Problem: "is missing", Mend: "send it as xsd:" + a.xsdType + " with " + a.takes}
		}
	}
	there := 0
	for _, id := range c.oneOf {
		if _, ok := given[id]; ok {
			there++
		}
	}
	if there == 1 || len(c.oneOf) == 0 {
		return nil
	}
	problem := "are missing"
	if there > 1 {
		problem = "are there together"
	}
	return &soap.FieldError{Path: attributePrefix + strings.Join(c.oneOf, " and "+attributePrefix), Problem: problem, Mend: "send exactly one of them"}
}

// takes reports whether the command takes an attribute, or, unless it is
// strict, may pass over it because another command does. It refuses the rest.
func (t *commandTable) takes(c command, name, id string, strict bool) (bool, error) {
	_, known := t.attributes[name]
	switch {
	case name == attributePrefix+"CUSTOM_ENCRYPT_PWD":
		return false, &soap.FieldError{Path: name, Problem: "is not supported: how the vendor encrypts under it is not public", Mend: "leave it out"}
	case slices.Contains(c.in(), id) && known:
		return true, nil
	case known && !strict:
		return false, nil
	case known:
		return false, &soap.FieldError{Path: name, Problem: "is not an attribute that " + commandPrefix + c.name + " takes", Mend: "leave it out"}
	}
	mend := "leave it out"
	if near := provision.Near(strings.TrimPrefix(strings.ToUpper(name), attributePrefix), t.attributeIDs()); near != "" {
		mend = "did you mean " + attributePrefix + near + "?"
	}
	return false, &soap.FieldError{Path: name, Problem: "is not an attribute that this server knows", Mend: mend}
}

// value reads one attribute by its options, its type and its form. Without
// xsi:type, the text is what the attribute's own type makes of it.
func (t *commandTable) value(a wsdl.ProvisioningAttribute, strict bool) (sent, error) {
	known := t.attributes[a.AttributeID]
	refuse := func(problem, mend string) (sent, error) {
		return sent{}, &soap.FieldError{Path: a.AttributeID, Problem: problem, Mend: mend}
	}
	options := wsdl.AttributeOptions{}
	if a.AttributeOptions != nil {
		options = *a.AttributeOptions
	}
	switch {
	case set(options.Negative):
		return refuse("is marked negative", "leave the option out: no command searches")
	case set(options.Null) && a.Value != nil:
		return refuse("is marked null and has a value", "send one or the other")
	case a.Value == nil:
		return sent{}, nil
	}
	if problem := known.typedWrong(*a.Value, strict); problem != "" {
		return refuse(problem, "it is xsd:"+known.xsdType)
	}
	value := known.canonical(a.Value.Text)
	if !lexical(known.xsdType, value) || known.pattern != "" && !t.patterns[known.id].MatchString(value) {
		return refuse("has a wrong value", "it takes "+known.takes)
	}
	return sent{value, true}, nil
}

func set(option *bool) bool { return option != nil && *option }
