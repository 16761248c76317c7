package administration

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
)

// kind is a kind of objects R: its attributes and its commands.
type kind[R any] struct {
	table    *operation.Table
	fields   []field[R]
	commands map[string]command
	cmds     []string // the names of the commands
}

// field is an attribute of an object.
type field[R any] struct {
	operation.Attribute

	// get returns the value, empty where it is not set; nil: the attribute is
	// only sent.
	get func(R, time.Time) string
}

// command is one of an Execute operation's.
type command struct {
	form operation.Form
	run  func(context.Context, *door, provision.Operator, request) (operation.Values, error)
}

// request is what a command was sent.
type request struct {
	operation.Values
	sent   []operation.Sent
	prefix string
}

// was reports whether an attribute was sent, with a value or without.
func (in request) was(id string) bool {
	for _, a := range in.sent {
		if a.ID == in.prefix+id {
			return true
		}
	}
	return false
}

// newKind makes a kind of its attributes, whose names begin with prefix, and
// its commands.
func newKind[R any](prefix, cmdPrefix string, fields []field[R], commands []command) (*kind[R], error) {
	var attributes []operation.Attribute
	for _, f := range fields {
		attributes = append(attributes, f.Attribute)
	}
	table, err := operation.NewTable(prefix, true, attributes)
	if err != nil {
		return nil, err
	}
	k := &kind[R]{table: table, fields: fields, commands: map[string]command{}}
	for _, c := range commands {
		if c.form.Out == nil {
			c.form.Out = k.out()
		}
		if err := table.Check(c.form); err != nil {
			return nil, err
		}
		c.form.Name = cmdPrefix + c.form.Name
		k.commands[c.form.Name] = c
		k.cmds = append(k.cmds, c.form.Name)
	}
	return k, nil
}

// out lists the attributes that an object can have.
func (k *kind[R]) out() []string {
	var ids []string
	for _, f := range k.fields {
		if f.get != nil {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// documented are the vendor's commands that this server does not carry out.
var documented = []string{
	"USERCMD_MOVE", "USERCMD_LINK_USER", "USERCMD_UNLINK_USER", "USERCMD_GET_ADMIN_DOMAINS", "USERCMD_SET_ADMIN_DOMAINS", "USERCMD_GET_PERMISSION",
	"USERCMD_SET_PERMISSION", "USERCMD_COPY_PERMISSION", "USERCMD_GET_DEPENDING_PERMISSION", "USERCMD_ASSIGN_ADMIN_ROLES",
	"USERCMD_GET_ASSIGNED_ADMIN_ROLES", "USERCMD_REVOKE_ADMIN_ROLES",
	"DIGIPASSCMD_ADD_DEVICE", "DIGIPASSCMD_BIND_DEVICE", "DIGIPASSCMD_DEACTIVATE", "DIGIPASSCMD_DELETE", "DIGIPASSCMD_DECRYPT_INFORMATION_MESSAGE",
	"DIGIPASSCMD_GENERATE_ACTIVATION_MESSAGE", "DIGIPASSCMD_MOVE", "DIGIPASSCMD_UPDATE",
	"DIGIPASSAPPLCMD_CREATE", "DIGIPASSAPPLCMD_DELETE", "DIGIPASSAPPLCMD_DISABLE_PIN", "DIGIPASSAPPLCMD_ENABLE_PIN", "DIGIPASSAPPLCMD_FORCE_PIN_CHANGE",
	"DIGIPASSAPPLCMD_SET_EVENT_COUNTER", "DIGIPASSAPPLCMD_UPDATE", "DIGIPASSAPPLCMD_VIEW", "DIGIPASSAPPLCMD_TEST_SIGNATURE",
}

// nothing serves as the Out of a command that answers with no attributes.
func nothing() []string { return []string{} }

func (k *kind[R]) command(name string) (command, error) {
	if c, known := k.commands[name]; known {
		return c, nil
	}
	mend := "send one of " + operation.Names(k.cmds)
	if slices.Contains(documented, name) {
		return command{}, &soap.FieldError{Path: "cmd", Problem: "is a documented command that this server does not carry out", Mend: mend}
	}
	if near := provision.Near(name, k.cmds); near != "" {
		mend = "did you mean " + near + "?"
	}
	return command{}, &soap.FieldError{Path: "cmd", Problem: "is not a command that this server knows", Mend: mend}
}

// reference describes the kind for a page.
func (k *kind[R]) reference(title string) operation.Reference {
	var forms []operation.Form
	for _, name := range k.cmds {
		forms = append(forms, k.commands[name].form)
	}
	r := k.table.Reference(title, forms...)
	r.Read = k.out()
	return r
}

// values returns the values of an object.
func (k *kind[R]) values(record R, now time.Time) operation.Values {
	values := operation.Values{}
	for _, f := range k.fields {
		if f.get == nil {
			continue
		}
		if value := f.get(record, now); value != "" {
			values[f.ID] = value
		}
	}
	return values
}

// The forms of values in replies.

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

func number(n int) string { return fmt.Sprint(n) }

// The forms of values in requests.

// text returns an attribute for a command that changes what is sent: nil if it
// was not sent, empty if it was sent without a value.
func (in request) text(id string) *string {
	if value, there := in.Values[id]; there {
		return &value
	}
	if in.null(id) {
		return new(string)
	}
	return nil
}

// null reports whether an attribute is to be unset.
func (in request) null(id string) bool {
	for _, a := range in.sent {
		if a.ID == in.prefix+id && a.Options != nil && a.Options.Null != nil && *a.Options.Null {
			return true
		}
	}
	return false
}

func (in request) truth(id string) *bool {
	value, there := in.Values[id]
	if !there {
		return nil
	}
	is := isTrue(value)
	return &is
}

func isTrue(value string) bool { return value == "true" || value == "1" }

// moment returns a time from an attribute, and the zero time where the
// attribute is to be unset.
func (in request) moment(id string) *time.Time {
	value, there := in.Values[id]
	if !there {
		if in.null(id) {
			return new(time.Time)
		}
		return nil
	}
	at := operation.ParseDateTime(value)
	return &at
}
