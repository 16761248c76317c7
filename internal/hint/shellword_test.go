package hint

import (
	"os/exec"
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
