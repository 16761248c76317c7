package replay_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay"
)

// A reply in JSON is compared as a tree: the order of members, the white space
// and the way a number is written do not matter, and all else does.
func TestCompareJSON(t *testing.T) {
	t.Parallel()
	const want = `{"a": "x", "n": 10, "list": [1, {"b": true}], "free": "{{/[0-9]+/}}", "any": "{{...}}", "none": null, "colon:name": "c"}`
	same := []string{
		`{"n":10,"a":"x","free":"123","any":{"deep":[1]},"list":[1,{"b":true}],"none":null,"colon:name":"c"}`,
		`{"a":"\u0078","n":1e1,"list":[1.0,{"b":true}],"free":123,"any":null,"none":null,"colon:name":"c"}`,
	}
	other := map[string]string{
		`{"n":10,"list":[1,{"b":true}],"free":"1","any":1,"none":null,"colon:name":"c"}`:                         "a",
		`{"a":"x","n":"10","list":[1,{"b":true}],"free":"1","any":1,"none":null,"colon:name":"c"}`:               "n",
		`{"a":"x","n":10,"list":[1,{"b":"true"}],"free":"1","any":1,"none":null,"colon:name":"c"}`:               "list[2]/b",
		`{"a":"x","n":10,"list":[1],"free":"1","any":1,"none":null,"colon:name":"c"}`:                            "list[2]",
		`{"a":"x","n":10,"list":[{"b":true},1],"free":"1","any":1,"none":null,"colon:name":"c"}`:                 "list[1]",
		`{"a":"x","n":10,"list":[1,{"b":true}],"free":"z","any":1,"none":null,"colon:name":"c"}`:                 "free",
		`{"a":"x","n":10,"list":[1,{"b":true}],"free":"1","any":1,"none":"","colon:name":"c"}`:                   "none",
		`{"a":"x","n":10,"list":[1,{"b":true}],"free":"1","any":1,"none":null,"colon:name":"c","more":{"of":1}}`: "more",
		`[]`: "value",
	}
	for _, got := range same {
		if paths, err := replay.DifferencesJSON(want, got); err != nil || len(paths) > 0 {
			t.Errorf("%s: %v, %v", got, paths, err)
		}
	}
	for got, path := range other {
		if paths, err := replay.DifferencesJSON(want, got); err != nil || !slices.Contains(paths, path) {
			t.Errorf("%s: %v, %v; want %s", got, paths, err, path)
		}
	}
	for _, broken := range []string{`{"a":1,"a":2}`, `{} {}`, `{`, strings.Repeat("[", 100) + strings.Repeat("]", 100), "\"\xff\"", ``} {
		if _, err := replay.DifferencesJSON(want, broken); err == nil {
			t.Errorf("%s was read", broken)
		}
	}
}

// mutationsJSON spoils a reply in every place, one at a time: each member and
// item is dropped, each value is another one or of another kind, and each object
// and array has one more.
func mutationsJSON(t *testing.T, reply string, free map[string]bool) map[string]string {
	t.Helper()
	all := make(map[string]string)
	var whole any
	if err := json.Unmarshal([]byte(reply), &whole); err != nil {
		t.Fatal(err)
	}
	note := func(what string) {
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		all[what] = string(text)
	}
	var walk func(value any, path string, set func(any))
	walk = func(value any, path string, set func(any)) {
		others := []any{map[string]any{}}
		switch v := value.(type) {
		case string:
			others = append(others, v+"x", 1)
		case float64:
			others = append(others, v+1, fmt.Sprint(v))
		case bool:
			others = append(others, !v, fmt.Sprint(v))
		case map[string]any:
			others = []any{nil, []any{}}
			v["one more"] = 1
			note("one more in " + path)
			delete(v, "one more")
			for _, name := range slices.Sorted(maps.Keys(v)) {
				inner := v[name]
				delete(v, name)
				note("without " + path + "/" + name)
				v[name] = inner
				walk(inner, path+"/"+name, func(other any) { v[name] = other })
			}
		case []any:
			others = []any{map[string]any{}}
			set(append(slices.Clone(v), "one more"))
			note("one more in " + path)
			if len(v) > 0 {
				set(v[1:])
				note("one fewer in " + path)
			}
			set(v)
			for i, inner := range v {
				walk(inner, fmt.Sprintf("%s[%d]", path, i+1), func(other any) { v[i] = other })
			}
		}
		if free[strings.TrimPrefix(path, "/")] {
			return
		}
		for _, other := range others {
			set(other)
			note(fmt.Sprintf("%s is %v", path, other))
		}
		set(value)
	}
	walk(whole, "", func(other any) { whole = other })
	return all
}
