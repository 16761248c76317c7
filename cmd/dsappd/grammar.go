package main

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// wholes are the commands that look at all others.
var wholes = []string{"complete", "man"}

// grammar returns the commands that a line can mean: the one that it begins
// with alone or, where that is not known, all of them. Reading all takes tens of
// milliseconds, which every command would begin with.
func grammar(args []string) any {
	of := reflect.TypeFor[commands]()
	if slices.Contains(wholes, args[0]) {
		return new(commands)
	}
	for command := range of.Fields() {
		if commandName(command) != args[0] {
			continue
		}
		version, _ := of.FieldByName("ShowVersion")
		return reflect.New(reflect.StructOf([]reflect.StructField{command, version})).Interface()
	}
	return new(commands)
}

// commandName returns the name of a field's command: that of its tag, or the
// field's words with hyphens between them.
func commandName(field reflect.StructField) string {
	if name, is := field.Tag.Lookup("name"); is {
		return name
	}
	var name strings.Builder
	for i, r := range field.Name {
		if i > 0 && unicode.IsUpper(r) {
			name.WriteByte('-')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	return name.String()
}
