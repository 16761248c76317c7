//go:build clients && !race

package packaging_test

import (
	"debug/elf"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestImage makes the file system of the image, looks at all that is in it, and
// runs the image's command there: as its user, where the test is root.
func TestImage(t *testing.T) {
	root := newRoot(t)
	sh(t, root, "rm", "-r", "var")
	sh(t, clone(t), "make", "-s", "rootfs", "DESTDIR="+root)
	var files []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, strings.TrimPrefix(name, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"/etc/passwd", "/usr/bin/dsappd"}; !slices.Equal(files, want) {
		t.Errorf("the image holds %v, want %v", files, want)
	}
	mustBeStatic(t, filepath.Join(root, "usr/bin/dsappd"))

	image := readContainerfile(t)
	if image["USER"] != "65532:65532" {
		t.Errorf("the image runs as %q", image["USER"])
	}
	giveToNobody(t, filepath.Join(root, "var/lib/dsappd")) // as COPY --chown does
	serve := append(words(image["ENTRYPOINT"]), words(image["CMD"])...)
	for i, word := range serve { // at free ports of this machine alone
		serve[i] = regexp.MustCompile(`^0\.0\.0\.0:\d+$`).ReplaceAllString(word, "127.0.0.1:0")
	}
	running := launch(t, inImage(root, image, serve))
	check := words(image["HEALTHCHECK"])
	if out, err := inImage(root, image, append(check, "--wait", "1m")).CombinedOutput(); err != nil {
		t.Fatalf("the server does not become ready: %v\n%s\n%s", err, out, running.log.String())
	}
	if out, err := inImage(root, image, check).CombinedOutput(); err != nil {
		t.Errorf("the health check of a server that answers: %v\n%s", err, out)
	}
	running.stop(t)
	if out, err := inImage(root, image, check).CombinedOutput(); err == nil {
		t.Errorf("the health check of a server that has ended: %s", out)
	}
}

// mustBeStatic refuses a program that needs anything of its surroundings.
func mustBeStatic(t *testing.T, name string) {
	t.Helper()
	program, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a part %v: it is not static", part.Type)
		}
	}
}

// readContainerfile returns the instructions of the last stage, the last of each
// name, and the health check without its flags.
func readContainerfile(t *testing.T) map[string]string {
	t.Helper()
	text := string(read(t, "Containerfile"))
	image := make(map[string]string)
	for _, line := range strings.Split(text[strings.LastIndex(text, "\nFROM "):], "\n") {
		name, rest, _ := strings.Cut(line, " ")
		image[name] = regexp.MustCompile(`^(--\S+ )+`).ReplaceAllString(rest, "")
	}
	return image
}

// words reads a command in the form of an array.
func words(text string) []string {
	var all []string
	for _, word := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(text, -1) {
		all = append(all, word[1])
	}
	return all
}

// inImage runs a command with the image as its whole file system, where the test
// is root.
func inImage(root string, image map[string]string, command []string) *exec.Cmd {
	name, folder, _ := strings.Cut(image["ENV"], "=")
	if os.Geteuid() != 0 {
		made := exec.Command(filepath.Join(root, command[0]), command[1:]...)
		made.Env = []string{name + "=" + filepath.Join(root, folder)}
		return made
	}
	made := asNobody(&exec.Cmd{Path: command[0], Args: command, Dir: "/"})
	made.SysProcAttr.Chroot = root
	made.Env = []string{name + "=" + folder}
	return made
}
