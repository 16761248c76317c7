package datafolder

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/dsappd/dsappd/internal/provision"
)

// knownSettings lists the names of all settings, tables with their members.
func knownSettings() []string {
	return settingNames(reflect.TypeFor[Settings](), "")
}

func settingNames(t reflect.Type, prefix string) []string {
	var names []string
	for field := range t.Fields() {
		name := prefix + field.Tag.Get("toml")
		if field.Anonymous {
			names = append(names, settingNames(field.Type, prefix)...)
			continue
		}
		if field.Type.Kind() == reflect.Struct {
			names = append(names, settingNames(field.Type, name+".")...)
			continue
		}
		names = append(names, name)
	}
	return names
}

// nearestSetting returns the known name that key most likely means: one of the
// same name in another table, or else the nearest.
func nearestSetting(key toml.Key) string {
	known := slices.Concat(knownSettings(), settingNames(reflect.TypeFor[WebhookSettings](), "webhook."))
	for _, name := range known {
		if strings.HasSuffix("."+name, "."+key[len(key)-1]) {
			return name
		}
	}
	return provision.Nearest(key.String(), known)
}

// checkUnits refuses durations that are numbers: TOML's reader takes them for
// nanoseconds, which nobody means.
func checkUnits(text string, meta toml.MetaData) error {
	var all []error
	for _, table := range durationSettings() {
		if meta.Type(table[0], table[1]) == "Integer" {
			all = append(all, fmt.Errorf("line %d: %s is a number without a unit: write it as text with one, such as %s = \"20s\"",
				lineOf(text, table), table, table[1]))
		}
	}
	return errors.Join(all...)
}

// durationSettings lists the settings that are durations; each is in a table.
func durationSettings() []toml.Key {
	var keys []toml.Key
	for table := range reflect.TypeFor[Settings]().Fields() {
		if table.Type.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(table.Type) {
			if field.Type == reflect.TypeFor[time.Duration]() {
				keys = append(keys, toml.Key{table.Tag.Get("toml"), field.Tag.Get("toml")})
			}
		}
	}
	return keys
}
