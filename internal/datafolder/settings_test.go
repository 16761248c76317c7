package datafolder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsFileHoldsTheDefaults(t *testing.T) {
	got, err := parseSettings(SettingsText)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(DefaultSettings(), got); diff != "" {
		t.Errorf("settings.toml of a new folder (-defaults +file):\n%s", diff)
	}
	for _, name := range knownSettings() {
		_, member, found := strings.Cut(name, ".")
		if !found {
			member = name
		}
		if !strings.Contains(SettingsText, "\n"+member+" = ") && !strings.Contains(SettingsText, "\n# [["+member+"]]\n") {
			t.Errorf("settings.toml of a new folder does not show %s", name)
		}
	}
}

func TestSettingsLeftOutKeepTheirDefaults(t *testing.T) {
	got, err := parseSettings("[password_hash]\nmemory_kib = 64\n")
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultSettings()
	want.PasswordHash.MemoryKiB = 64
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The files of testdata/settings are refused; each begins with a comment that
// the error must contain, line by line.
func TestSettingsRefused(t *testing.T) {
	names, err := filepath.Glob("../../testdata/settings/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parseSettings(string(text))
			if err == nil {
				t.Fatal("accepted")
			}
			for line := range strings.Lines(string(text)) {
				want, ok := strings.CutPrefix(line, "#! ")
				if ok && !strings.Contains(err.Error(), strings.TrimSpace(want)) {
					t.Errorf("error %q\ndoes not say %q", err, want)
				}
			}
		})
	}
}

func TestReadSettingsNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadSettings(dir)
	if !errors.Is(err, ErrSettings) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	name := filepath.Join(dir, settingsName)
	if err := os.WriteFile(name, []byte("gatewy_id = \"1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = ReadSettings(dir); !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), name) {
		t.Errorf("unknown setting: %v; want ErrSettings and the name of the file", err)
	}
}
