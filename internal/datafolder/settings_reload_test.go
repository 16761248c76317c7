package datafolder

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each setting that has changed is taken or waits, and only those are in force
// that were taken.
func TestReloadTakesWhatItMay(t *testing.T) {
	for _, name := range knownSettings() {
		before, next := DefaultSettings(), DefaultSettings()
		change(t, settingValue(&next, name))
		got := before.reload(next)
		taken := slices.Contains(reloadable, name)
		want := Reloaded{Settings: before, Taken: []string{}, Waiting: []string{name}}
		if taken {
			want = Reloaded{Settings: next, Taken: []string{name}, Waiting: []string{}}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for _, name := range reloadable {
		if !slices.Contains(knownSettings(), name) {
			t.Errorf("no setting is called %s", name)
		}
	}
}

// change gives a setting another value than the default.
func change(t *testing.T, value reflect.Value) {
	t.Helper()
	switch v := value.Addr().Interface().(type) {
	case *string:
		*v += "x"
	case *[]string:
		*v = append(*v, "x")
	case *[]WebhookSettings:
		*v = append(*v, WebhookSettings{Name: "x"})
	case *bool:
		*v = !*v
	case *time.Duration:
		*v += time.Second
	case *int:
		*v++
	case *uint32:
		*v++
	case *uint8:
		*v++
	default:
		t.Fatalf("a setting is a %T", v)
	}
}

// The page for operators names each setting that SIGHUP takes.
func TestReloadIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n| taken on SIGHUP |")
	table, _, _ = strings.Cut(table, "\n\n")
	documented := map[string]bool{"webhook": strings.Contains(table, "`[[webhook]]`")}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		for _, heading := range regexp.MustCompile(`\[(\w+)\]`).FindAllStringSubmatch(cells[1], -1) {
			for _, member := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(cells[2], -1) {
				documented[heading[1]+"."+member[1]] = true
			}
		}
	}
	for _, name := range knownSettings() {
		if taken := slices.Contains(reloadable, name); taken != documented[name] {
			t.Errorf("%s is taken: %v; the page says so: %v", name, taken, documented[name])
		}
	}
}
