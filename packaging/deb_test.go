//go:build clients && !race

package packaging_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDebianPackage builds the package, installs it below a folder, starts what
// its unit starts, uses it, upgrades it and removes it.
func TestDebianPackage(t *testing.T) {
	source := clone(t)
	first := makeDeb(t, source)
	if again := makeDeb(t, source); !bytes.Equal(read(t, first), read(t, again)) {
		t.Error("two packages of one commit differ")
	}
	second := makeDeb(t, source, "DEB_VERSION=99.0.0")
	if a, b := debVersion(t, first), debVersion(t, second); exec.Command("dpkg", "--compare-versions", a, "lt", b).Run() != nil {
		t.Errorf("version %s is not before %s", a, b)
	}
	root := newRoot(t)
	dpkg(t, root, "-i", first)
	if diff := debContents(t, root); diff != "" {
		t.Error(diff)
	}
	checkUnit(t, filepath.Join(root, "usr/lib/systemd/system/dsappd.service"))

	state := filepath.Join(root, "var/lib/dsappd")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	giveToNobody(t, state)
	running := startUnit(t, root)
	order(t, root, "ready", "--wait", "10s")
	order(t, root, "domain", "add", "branch")
	dpkg(t, root, "-i", second) // which restarts the service, where systemd runs
	running.stop(t)
	order(t, root, "domain", "add", "other") // by root, without a server
	order(t, root, "compact")
	running = startUnit(t, root)
	for _, domain := range []string{"branch", "other"} {
		if said := order(t, root, "domain", "list"); !strings.Contains(said, domain) {
			t.Errorf("after the upgrade the domains are\n%s", said)
		}
	}
	running.stop(t)

	dpkg(t, root, "-P", "dsappd")
	if left := debContents(t, root); !strings.Contains(left, "-usr/bin/dsappd") {
		t.Errorf("the package was removed, and of its files is missing: %s", left)
	}
	if _, err := os.Stat(filepath.Join(state, "data", "master.key")); err != nil {
		t.Errorf("the data folder went with the package: %v", err)
	}
}

// makeDeb returns the name of a package that make deb has made.
func makeDeb(t *testing.T, source string, variables ...string) string {
	t.Helper()
	said := sh(t, source, append([]string{"make", "-s", "deb"}, variables...)...)
	made := regexp.MustCompile(`created package: (\S+\.deb)`).FindStringSubmatch(said)
	if made == nil {
		t.Fatalf("make deb printed\n%s", said)
	}
	kept := filepath.Join(t.TempDir(), filepath.Base(made[1]))
	if err := os.Rename(filepath.Join(source, made[1]), kept); err != nil {
		t.Fatal(err)
	}
	return kept
}

func debVersion(t *testing.T, deb string) string {
	t.Helper()
	return strings.TrimSpace(sh(t, ".", "dpkg-deb", "-f", deb, "Version"))
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// newRoot makes a folder that dpkg installs into, which nobody may enter.
func newRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "dsappd-root")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	for _, folder := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// dpkg works on a folder in place of this machine.
func dpkg(t *testing.T, root string, words ...string) {
	t.Helper()
	sh(t, ".", append([]string{"dpkg", "--root=" + root, "--force-script-chrootless", "--force-depends", "--force-not-root"}, words...)...)
}

// debContents compares what is installed with what should be. The manual has a
// page for each command.
func debContents(t *testing.T, root string) string {
	t.Helper()
	diff := ""
	for _, want := range []struct {
		name string
		mode os.FileMode
	}{
		{"usr/bin/dsappd", 0o755},
		{"usr/lib/systemd/system/dsappd.service", 0o644},
		{"usr/share/bash-completion/completions/dsappd", 0o644},
		{"usr/share/doc/dsappd/copyright", 0o644},
		{"usr/share/fish/vendor_completions.d/dsappd.fish", 0o644},
		{"usr/share/man/man1/dsappd.1.gz", 0o644},
		{"usr/share/man/man1/dsappd-user-add.1.gz", 0o644},
		{"usr/share/man/man5/dsappd-settings.5.gz", 0o644},
		{"usr/share/zsh/vendor-completions/_dsappd", 0o644},
	} {
		info, err := os.Stat(filepath.Join(root, want.name))
		switch {
		case err != nil:
			diff += "-" + want.name + "\n"
		case info.Mode().Perm() != want.mode:
			diff += fmt.Sprintf("%s has mode %v, want %v\n", want.name, info.Mode().Perm(), want.mode)
		}
	}
	return diff
}

// checkUnit has systemd judge the sandbox: 0.0 is the best, 10.0 the worst.
func checkUnit(t *testing.T, unit string) {
	t.Helper()
	sh(t, ".", "systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
	text := string(read(t, unit))
	for _, line := range []string{"Type=notify", "DynamicUser=yes", "StateDirectory=dsappd", "ProtectSystem=strict", "CapabilityBoundingSet=", "WatchdogSec=30s"} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
}

// startUnit starts what the installed unit says, at free ports.
func startUnit(t *testing.T, root string) *service {
	t.Helper()
	unit := string(read(t, filepath.Join(root, "usr/lib/systemd/system/dsappd.service")))
	line := regexp.MustCompile(`(?m)^ExecStart=(.+)$`).FindStringSubmatch(unit)
	if line == nil {
		t.Fatalf("the unit starts nothing:\n%s", unit)
	}
	words := strings.Fields(line[1])
	command := asNobody(exec.Command(filepath.Join(root, words[0]), append(words[1:], "--addr", "127.0.0.1:0")...))
	command.Env = unitEnvironment(root, unit)
	return start(t, command)
}

// unitEnvironment is what the unit sets, with names below root.
func unitEnvironment(root, unit string) []string {
	var all []string
	for _, set := range regexp.MustCompile(`(?m)^Environment=(\w+)=(/.+)$`).FindAllStringSubmatch(unit, -1) {
		all = append(all, set[1]+"="+filepath.Join(root, set[2]))
	}
	return all
}

// order gives an order as an operator does, as root where the test is.
func order(t *testing.T, root string, words ...string) string {
	t.Helper()
	command := exec.Command(filepath.Join(root, "usr/bin/dsappd"), words...)
	command.Env = []string{"DSAPPD_DIR=" + filepath.Join(root, "var/lib/dsappd/data")}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("dsappd %v: %v\n%s", words, err, out)
	}
	return string(out)
}

// What make install has put somewhere is a unit that systemd can start, and a
// manual without faults; make uninstall takes all of it away.
func TestInstall(t *testing.T) {
	prefix := t.TempDir()
	source := clone(t)
	sh(t, source, "make", "-s", "install", "PREFIX="+prefix)
	unit := filepath.Join(prefix, "lib/systemd/system/dsappd.service")
	if said := sh(t, ".", "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit); said != "" {
		t.Errorf("the unit has faults:\n%s", said)
	}
	pages, err := filepath.Glob(filepath.Join(prefix, "share/man/man*/*"))
	if err != nil || len(pages) < 90 {
		t.Fatalf("%d manual pages, %v", len(pages), err)
	}
	if said := sh(t, ".", append([]string{"mandoc", "-T", "lint", "-W", "warning"}, pages...)...); said != "" {
		t.Errorf("the manual has faults:\n%s", said)
	}
	sh(t, source, "make", "-s", "uninstall", "PREFIX="+prefix)
	if left := sh(t, prefix, "find", ".", "-type", "f"); left != "" {
		t.Errorf("make uninstall leaves\n%s", left)
	}
}
