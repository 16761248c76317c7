package provisioning

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// values are those of a command's attributes, by their IDs without PROVFLD_.
type values map[string]string

func (d *door) provisioningExecute(ctx context.Context, r *soap.Request, in *wsdl.ProvisioningExecute) (*wsdl.AttributeSet, error) {
	command, ok := d.table.commands[in.Cmd]
	if !ok {
		return nil, &soap.FieldError{Path: "cmd", Problem: "is no command of this server", Mend: "it is one of " + d.table.names()}
	}
	given, err := d.table.read(command, in.AttributeSet.Attributes)
	if err != nil {
		return nil, err
	}
	caller, err := d.caller(r, given["COMPONENT_TYPE"])
	if err != nil {
		return nil, err
	}
	caller.Command = in.Cmd
	result, err := command.run(d, ctx, caller, given)
	if err != nil {
		return nil, withoutMasked(err, in.AttributeSet.Attributes)
	}
	return d.table.write(command, result), nil
}

func replyProvisioningExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AttributeSet) []byte {
	reply := wsdl.ProvisioningExecuteResponse{Results: wsdl.ProvisioningResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}}
	if result != nil {
		reply.Results.ResultAttribute = *result
	}
	return wsdl.AppendProvisioningExecuteResponse(dst, &reply)
}

// read checks the attributes of a request against the command's.
func (t *commandTable) read(c command, given []wsdl.Attribute) (values, error) {
	out, seen := values{}, map[string]bool{}
	for _, a := range given {
		id := strings.TrimPrefix(a.AttributeID, attributePrefix)
		if err := t.belongs(c, a.AttributeID, id); err != nil {
			return nil, err
		}
		if seen[id] {
			return nil, &soap.FieldError{Path: a.AttributeID, Problem: "is there more than once", Mend: "send it once"}
		}
		seen[id] = true
		value, there, err := t.value(a)
		if err != nil {
			return nil, err
		}
		if there {
			out[id] = value
		}
	}
	for _, id := range c.required {
		if _, ok := out[id]; !ok {
			a := t.attributes[attributePrefix+id]
			return nil, &soap.FieldError{Path: attributePrefix + id, Problem: "is missing", Mend: "send it as xsd:" + a.xsdType + " with " + a.takes}
		}
	}
	return out, c.chosen(out)
}

// chosen refuses all but exactly one of the attributes to choose from.
func (c command) chosen(given values) error {
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

// belongs refuses what the command does not take. A name that is no
// attribute's is not quoted at length.
func (t *commandTable) belongs(c command, name, id string) error {
	_, known := t.attributes[name]
	switch {
	case name == attributePrefix+"CUSTOM_ENCRYPT_PWD":
		return &soap.FieldError{Path: name, Problem: "is not supported: how the vendor encrypts under it is not public", Mend: "leave it out"}
	case !known || !slices.Contains(c.in(), id):
		return &soap.FieldError{Path: name, Problem: "is not an attribute that " + commandPrefix + c.name + " takes", Mend: "leave it out"}
	}
	return nil
}

// withoutMasked takes out of a refusal's words what they quote of attributes
// that were sent as masked.
func withoutMasked(err error, sent []wsdl.Attribute) error {
	refusal, ok := errors.AsType[*provision.Error](err)
	if !ok {
		return err
	}
	shown := *refusal
	for _, a := range sent {
		if a.Value != nil && a.AttributeOptions != nil && set(a.AttributeOptions.Masked) {
			shown.Desc = strings.ReplaceAll(shown.Desc, strconv.Quote(a.Value.Text), "("+a.AttributeID+", masked)")
		}
	}
	return &shown
}

// value reads one attribute by its options, its type and its form. Without
// xsi:type, the text is what the attribute's own type makes of it.
func (t *commandTable) value(a wsdl.Attribute) (value string, there bool, err error) {
	known := t.attributes[a.AttributeID]
	refuse := func(problem, mend string) (string, bool, error) {
		return "", false, &soap.FieldError{Path: a.AttributeID, Problem: problem, Mend: mend}
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
		return "", false, nil
	case a.Value.Type != "" && !slices.Contains(attributeTypes(), a.Value.Type):
		return refuse("has an xsi:type that no attribute has", "it is xsd:"+known.xsdType)
	case a.Value.Type != "" && !lexical(a.Value.Type, a.Value.Text):
		return refuse("has a value that is none of its xsi:type", "it is xsd:"+known.xsdType)
	case a.Value.Type != "" && a.Value.Type != known.xsdType:
		return refuse("has another xsi:type than it should", "it is xsd:"+known.xsdType)
	}
	value = a.Value.Text
	if known.xsdType != typeString {
		value = strings.TrimSpace(value)
	}
	if !lexical(known.xsdType, value) || known.pattern != "" && !t.patterns[known.id].MatchString(value) {
		return refuse("has a wrong value", "it takes "+known.takes)
	}
	return value, true, nil
}

func set(option *bool) bool { return option != nil && *option }

// attributeTypes are those that the interface documents.
func attributeTypes() []string {
	return []string{typeString, "int", typeUnsignedInt, "boolean", "dateTime"}
}

// lexical says whether a text is one of a type's (XML Schema, part 2); what
// is no type of attributes has none.
func lexical(xsdType, text string) bool {
	var err error
	if xsdType != typeString {
		text = strings.TrimSpace(text)
	}
	switch xsdType {
	case typeString:
	case "int":
		_, err = strconv.ParseInt(text, 10, 32)
	case typeUnsignedInt:
		_, err = strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 32)
	case "boolean":
		return slices.Contains([]string{"true", "false", "1", "0"}, text)
	case "dateTime":
		if _, err = time.Parse(time.RFC3339Nano, text); err != nil {
			_, err = time.Parse("2006-01-02T15:04:05.999999999", text) // of no zone
		}
	default:
		return false
	}
	return err == nil
}

// write makes the attributes of a reply, in the order of the command's table.
func (t *commandTable) write(c command, result values) *wsdl.AttributeSet {
	var set wsdl.AttributeSet
	for _, id := range c.out {
		value, ok := result[id]
		if !ok || value == "" {
			continue
		}
		known := t.attributes[attributePrefix+id]
		a := wsdl.Attribute{AttributeID: attributePrefix + id, Value: &wsdl.Value{Type: known.xsdType, Text: value}}
		if known.masked {
			masked := true
			a.AttributeOptions = &wsdl.AttributeOptions{Masked: &masked}
		}
		set.Attributes = append(set.Attributes, a)
	}
	return &set
}
