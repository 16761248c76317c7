package provision

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Every setting bears on a check, by whose name explain finds it, or shapes
// what is made rather than what is decided.
func TestEverySettingBearsOnACheck(t *testing.T) {
	placed := map[string]string{
		"RegistrationIDLength": "shapes", "RegistrationIDAlphabet": "shapes", "ActivationPasswordLength": "shapes",
		"ActivationPasswordAlphabet": "shapes", "GraceDays": "shapes", "Explain": "shapes",
	}
	for _, check := range checksInCode(t) {
		for _, name := range bearing(check) {
			placed[name] = check
		}
	}
	for _, name := range SettingNames() {
		if placed[name] == "" {
			t.Errorf("the setting %s bears on no check: give it to one in bearing", name)
		}
		delete(placed, name)
	}
	for name, check := range placed {
		t.Errorf("%s: there is no setting %s", check, name)
	}
	if got, want := string(DefaultSettings().bearing("activations")), `{"MaximumActivations":3,"MinimumIntervalMinutes":1440}`; got != want {
		t.Errorf("activations: %s, want %s", got, want)
	}
}

// checksInCode are the names of all checks, as the code gives them.
func checksInCode(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`f\.checked\("([^"]*)"`).FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names
}
