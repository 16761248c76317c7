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

// nearest is the known name with the smallest edit distance to name.
func nearest(name string, known []string) string {
	best, least := "", -1
	for _, candidate := range known {
		if d := editDistance(name, candidate); least < 0 || d < least {
			best, least = candidate, d
		}
	}
	return best
}

// editDistance is Levenshtein's, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
