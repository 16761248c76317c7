package administration

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// search is a query as it was sent.
type search[R any] struct {
	filters  []filter[R]
	show     []string // attributes of each row, in the order of the table
	distinct bool
	options  provision.SearchOptions
}

// filter is what an attribute must be.
type filter[R any] struct {
	field    field[R]
	value    string
	domains  []string // of the attribute that names the domain
	isSet    bool     // any value will do, or with negative, none
	negative bool
}

// domainID is the attribute whose value may be a list.
const domainID = "DOMAIN"

// read reads a search. Attributes without a value and options search for
// nothing.
func (k *kind[R]) read(d *door, set wsdl.AdministrationAttributeSet, fields *wsdl.AdministrationFieldSet, options *wsdl.AdministrationQueryOptions) (search[R], error) {
	var s search[R]
	for _, a := range operation.SentOf(set.Attributes) {
		given, err := k.table.ReadSearch(a, d.Strict)
		if err != nil {
			return s, err
		}
		f := k.field(given.ID)
		if given.None {
			continue
		}
		s.filters = append(s.filters, newFilter(f, given))
	}
	var err error
	if s.show, err = k.shown(fields); err != nil {
		return s, err
	}
	return s, s.readOptions(options)
}

func newFilter[R any](f field[R], given operation.Sought) filter[R] {
	one := filter[R]{field: f, value: given.Value, isSet: given.Null, negative: given.Negative}
	if given.Null {
		one.negative = !given.Negative // null finds those that lack it
	} else if f.ID == domainID && (strings.Contains(given.Value, ",") || !strings.Contains(given.Value, "*")) {
		for domain := range strings.SplitSeq(given.Value, ",") {
			one.domains = append(one.domains, prepared(strings.TrimSpace(domain), names.Domain))
		}
	}
	return one
}

func prepared(text string, prepare func(string) (string, error)) string {
	if name, err := prepare(text); err == nil {
		return name
	}
	return text
}

func (k *kind[R]) field(id string) field[R] {
	for _, f := range k.fields {
		if f.ID == id {
			return f
		}
	}
	return field[R]{}
}

// shown lists the attributes that rows have: those of the field set, or all.
func (k *kind[R]) shown(fields *wsdl.AdministrationFieldSet) ([]string, error) {
	if fields == nil || len(fields.AttributeID) == 0 {
		return k.out(), nil
	}
	wanted := map[string]bool{}
	for _, name := range fields.AttributeID {
		if _, known := k.table.Attributes[name]; !known {
			return nil, &operation.AttributeError{
				FieldError: soap.FieldError{Path: "fieldSet", Problem: "names an attribute that this server does not know", Mend: "leave " + shortened(name) + " out"},
				Refusal:    provision.InvalidParameter,
			}
		}
		wanted[strings.TrimPrefix(name, k.table.Prefix)] = true
	}
	return slices.DeleteFunc(k.out(), func(id string) bool { return !wanted[id] }), nil
}

// shortened cuts a name that the peer has sent, to show it.
func shortened(name string) string { return name[:min(len(name), 64)] }

// The orders of a search.
const (
	ascending  = "QUERYOPTIONSORTORDER_ASCENDING"
	descending = "QUERYOPTIONSORTORDER_DESCENDING"
)

func (s *search[R]) readOptions(o *wsdl.AdministrationQueryOptions) error {
	if o == nil {
		return nil
	}
	s.distinct = o.Distinct != nil && *o.Distinct
	s.options.Count = o.Count != nil && *o.Count
	for _, number := range []struct {
		name string
		sent *int32
		kept *int
	}{{"rowoffset", o.Rowoffset, &s.options.Offset}, {"rowcount", o.Rowcount, &s.options.Limit}} {
		if number.sent == nil {
			continue
		}
		if *number.sent < 0 {
			return invalidOption(number.name, "is negative", "send 0 or more")
		}
		*number.kept = int(*number.sent)
	}
	switch {
	case o.Sortorder == nil || *o.Sortorder == ascending:
	case *o.Sortorder == descending:
		s.options.Descending = true
	default:
		return invalidOption("sortorder", "is no order", "send "+ascending+" or "+descending)
	}
	return nil
}

func invalidOption(name, problem, mend string) error {
	return &operation.AttributeError{
		FieldError: soap.FieldError{Path: "queryOptions/" + name, Problem: problem, Mend: mend}, Refusal: provision.InvalidData,
	}
}

// fits reports whether an object is one of those that are searched for. An
// attribute that no object has is set on none.
func (s search[R]) fits(record R, now time.Time) bool {
	for _, f := range s.filters {
		value := ""
		if f.field.get != nil {
			value = f.field.get(record, now)
		}
		if f.fits(value) == f.negative {
			return false
		}
	}
	return true
}

// fits reports whether a value is what the filter asks for, before negative.
func (f filter[R]) fits(value string) bool {
	switch {
	case f.isSet:
		return value != ""
	case f.domains != nil:
		return slices.Contains(f.domains, value)
	case f.field.Type == operation.TypeDateTime:
		return value != "" && operation.ParseDateTime(value).Equal(operation.ParseDateTime(f.value).Truncate(time.Second))
	case f.field.Type == operation.TypeBoolean:
		return value != "" && isTrue(value) == isTrue(f.value)
	case f.field.Values != nil:
		return strings.EqualFold(value, f.value)
	case f.field.Type != operation.TypeString:
		return value == f.value
	}
	return f.pattern().fits(value)
}

// pattern is what a text must be: with * at its beginning, its end or both.
type pattern struct {
	text          string
	before, after bool // anything may stand there
}

func (f filter[R]) pattern() pattern {
	p := pattern{text: f.value}
	if p.text, p.after = strings.CutSuffix(p.text, "*"); p.text == "" && p.after {
		return pattern{before: true, after: true}
	}
	p.text, p.before = strings.CutPrefix(p.text, "*")
	return p
}

func (p pattern) fits(value string) bool {
	switch {
	case p.before && p.after:
		return strings.Contains(value, p.text)
	case p.before:
		return strings.HasSuffix(value, p.text)
	case p.after:
		return strings.HasPrefix(value, p.text)
	}
	return value == p.text
}

// exact returns the whole value that an attribute must have, and the beginning
// that it must have. Both are empty where the search says neither.
func (s search[R]) exact(id string) (exact, beginning string) {
	for _, f := range s.filters {
		if f.field.ID != id || f.isSet || f.negative {
			continue
		}
		switch p := f.pattern(); {
		case !p.before && !p.after:
			exact = p.text
		case !p.before:
			beginning = p.text
		}
	}
	return exact, beginning
}

// domains lists the domains that are searched, or none for all.
func (s search[R]) domains() []string {
	for _, f := range s.filters {
		if f.domains != nil && !f.negative {
			return f.domains
		}
	}
	return nil
}

// rows writes what was found.
func (k *kind[R]) rows(s search[R], found provision.Found[R], now time.Time) *rows {
	out := &rows{count: found.Count}
	for _, record := range found.Records {
		out.list = append(out.list, attributesOf(k.row(s, record, now)))
	}
	return out
}

// row returns an object as the search shows it.
func (k *kind[R]) row(s search[R], record R, now time.Time) []operation.Written {
	return k.table.Write(operation.Form{Out: s.show}, k.values(record, now))
}

// unseen reports whether a row is the first of its kind. Digests keep a search
// through many objects small.
func unseen() func([]operation.Written) bool {
	seen := map[[sha256.Size]byte]bool{}
	return func(row []operation.Written) bool {
		var text []byte
		for _, w := range row {
			text = fmt.Appendf(text, "%q=%q ", w.ID, w.Value.Text)
		}
		digest := sha256.Sum256(text)
		first := !seen[digest]
		seen[digest] = true
		return first
	}
}

// query reads a search, has it made, and writes the rows.
func query[R any](ctx context.Context, d *door, r *soap.Request, k *kind[R], sessionID *string,
	set wsdl.AdministrationAttributeSet, fields *wsdl.AdministrationFieldSet, options *wsdl.AdministrationQueryOptions,
	find func(provision.Operator, search[R], func(R) bool) (provision.Found[R], error),
) (*rows, error) {
	s, err := k.read(d, set, fields, options)
	if err != nil {
		return nil, err
	}
	operator, err := d.operator(r, sessionID)
	if err != nil {
		return nil, err
	}
	now, first := d.Service.Now(), unseen()
	found, err := find(operator, s, func(record R) bool {
		return s.fits(record, now) && (!s.distinct || first(k.row(s, record, now)))
	})
	if err != nil {
		return nil, inWords(err)
	}
	return k.rows(s, found, now), nil
}
