package dsappd

import (
	"reflect"
)

// knownSettings lists the names of all settings, tables with their members.
func knownSettings() []string {
	return settingNames(reflect.TypeFor[Settings](), "")
}

func settingNames(t reflect.Type, prefix string) []string {
	var names []string
	for field := range t.Fields() {
		name := prefix + field.Tag.Get("toml")
		if field.Type.Kind() == reflect.Struct {
			names = append(names, settingNames(field.Type, name+".")...)
			continue
		}
		names = append(names, name)
	}
	return names
}
