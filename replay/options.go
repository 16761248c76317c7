package replay

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/BurntSushi/toml"
)

// decodeTOML reads a section of TOML into v. Every error has its line within
// the text.
func decodeTOML(text string, v any) []error {
	meta, err := toml.Decode(text, v)
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		return []error{&xmltree.LineError{Line: parse.Position.Line, Cause: errors.New(parse.Message)}}
	}
	if err != nil {
		return []error{mistyped(err)}
	}
	var all []error
	for _, key := range meta.Undecoded() {
		if key[0] == "captures" {
			continue // of any name, but not any value: parseCaptures says
		}
		all = append(all, &xmltree.LineError{Line: lineOfKey(text, key), Cause: fmt.Errorf("there is no key %q here; known are: %s",
			key, strings.Join(knownKeys(reflect.TypeOf(v).Elem(), key[:len(key)-1]), ", "))})
	}
	for _, key := range meta.Keys() {
		if last := key[len(key)-1]; (last == "advance" || last == "timeLimit") && meta.Type(key...) == "Integer" {
			all = append(all, &xmltree.LineError{Line: lineOfKey(text, key), Cause: fmt.Errorf(
				"%s is a number without a unit: write it as text with one, such as %s = \"10m\"", key, last)})
		}
	}
	return all
}

// mistyped takes the line out of what TOML's reader says of a value that has
// the wrong type: that error has no fields.
func mistyped(err error) error {
	at := &xmltree.LineError{Line: 1, Cause: err}
	var key string
	if n, _ := fmt.Sscanf(err.Error(), "toml: line %d (last key %q)", &at.Line, &key); n == 2 {
		_, message, _ := strings.Cut(err.Error(), "): ")
		at.Cause = fmt.Errorf("%s: %s", key, message)
	}
	return at
}

// knownKeys lists the keys that a table may have.
func knownKeys(t reflect.Type, table toml.Key) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
		switch {
		case name == "" || field.Anonymous:
		case len(table) == 0:
			names = append(names, name)
		case name == table[0]:
			return knownKeys(field.Type, table[1:])
		}
	}
	return names
}

// lineOfKey finds the line, from 1, that sets a key: the metadata of TOML have
// the keys but not where they stood.
func lineOfKey(text string, key toml.Key) int {
	table, name := key[:len(key)-1].String(), key[len(key)-1]
	here, number, nearest := "", 0, 1
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if inner, ok := strings.CutPrefix(line, "["); ok {
			inner, _, _ = strings.Cut(strings.TrimPrefix(inner, "["), "]")
			if here = strings.TrimSpace(inner); here == key.String() {
				return number
			}
			continue
		}
		left, _, found := strings.Cut(line, "=")
		left = strings.Trim(strings.TrimSpace(left), `"'`)
		switch {
		case found && here == table && left == name:
			return number
		case found && nearest == 1 && strings.Contains(line, name):
			nearest = number // within an inline table, most likely
		}
	}
	return nearest
}
