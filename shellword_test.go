package dsappd

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestShellWordIsReadBack(t *testing.T) {
	for _, want := range []string{"/var/lib/dsappd", "lab", "", "a b", "it's", `"$HOME"`, "~", "a\nb", "ä;rm", "*"} {
		got, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+ShellWord(want)).Output()
		if err != nil || string(got) != want {
			t.Errorf("%q is read back as %q: %v", want, got, err)
		}
	}
}

// TestMendsCanBePasted carries out what a refusal says.
func TestMendsCanBePasted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a folder")
	if _, err := open(dir); !errors.Is(err, ErrNoFolder) || !strings.HasSuffix(err.Error(), "dsappd init --dir "+ShellWord(dir)) {
		t.Errorf("%v", err)
	}
	newFolderAt(t, dir, false)
	if err := os.Chmod(filepath.Join(dir, keyName), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := open(dir)
	if !errors.Is(err, ErrKey) {
		t.Fatalf("%v, want ErrKey", err)
	}
	mend := err.Error()[strings.LastIndex(err.Error(), "chmod"):]
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", mend).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", mend, err, out)
	}
	opened, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.close(); err != nil {
		t.Error(err)
	}
}
