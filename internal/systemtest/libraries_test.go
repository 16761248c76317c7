//go:build clients && !race

package systemtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestLibraries runs the tests of the test libraries in clients, each in the test
// framework of its language, and the complete examples of their pages in docs.
func TestLibraries(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command(filepath.Join("..", "..", "testdata", "clients", "tools.sh"), "--check").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dsappd := buildProgram(t)
	clients, err := filepath.Abs(filepath.Join("..", "..", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("pytest", func(t *testing.T) {
		t.Parallel()
		example := filepath.Join(saveExample(t, "pytest.md", "python", "test_example.py"), "test_example.py")
		out := runLibrary(t, filepath.Join(clients, "python"), []string{"DSAPPD=" + dsappd, "PYTHONPATH=" + filepath.Join(clients, "python", "src")},
			"/usr/bin/python3", "-B", "-m", "pytest", "-q", "-p", "pytest_dsappd.plugin", "-p", "no:cacheprovider", "--basetemp", filepath.Join(t.TempDir(), "pytest"), "tests", example)
		wants(t, out, `(?m)^[1-9][0-9] passed`)
	})
	t.Run("junit", func(t *testing.T) {
		t.Parallel()
		classes := t.TempDir()
		const jars = "/usr/share/java/"
		sources, err := filepath.Glob(filepath.Join(clients, "java", "src", "*", "java", "io", "github", "dsappd", "junit", "*.java"))
		if err != nil {
			t.Fatal(err)
		}
		compile := append([]string{"javac", "--release", "11", "-Xlint:all,-classfile,-processing", "-Werror", "-encoding", "UTF-8", "-d", classes, "-cp",
			jars + "junit-jupiter-api.jar:" + jars + "junit-platform-commons.jar:" + jars + "apiguardian-api.jar:" + jars + "opentest4j.jar"}, sources...)
		compile = append(compile, filepath.Join(saveExample(t, "junit.md", "java", "RegistrationTest.java"), "RegistrationTest.java"))
		runLibrary(t, classes, nil, compile...)
		out := runLibrary(t, classes, []string{"DSAPPD=" + dsappd}, "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
			"-jar", jars+"junit-platform-console-standalone.jar", "--disable-banner", "--class-path", classes, "--scan-class-path", "--fail-if-no-tests")
		wants(t, out, `\[ +[1-9][0-9] tests successful +\]`)
	})
	t.Run("node", func(t *testing.T) {
		t.Parallel()
		out := runLibrary(t, filepath.Join(clients, "node"), []string{"DSAPPD=" + dsappd}, "node", "--test")
		wants(t, out, `(?m)pass [1-9][0-9]*$`)
	})
}

// buildProgram builds dsappd and returns its path.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "dsappd")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/dsappd/dsappd/cmd/dsappd").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// saveExample saves the first block of a language on a page of docs in a file of a
// new folder, which it returns.
func saveExample(t *testing.T, page, language, file string) string {
	t.Helper()
	text := readText(t, filepath.Join("..", "..", "docs", page))
	_, rest, _ := strings.Cut(text, "\n```"+language+"\n")
	example, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatalf("%s has no block of %s", page, language)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, file), []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// runLibrary runs a command in a folder, with more variables, and returns what it
// prints.
func runLibrary(t *testing.T, folder string, environment []string, command ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTimeout)
	defer cancel()
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir, run.Env, run.WaitDelay = folder, append(os.Environ(), environment...), time.Second
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return string(out)
}

// wants fails the test where an output has no match: tests that did not run have
// not passed.
func wants(t *testing.T, out, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(out) {
		t.Errorf("nothing says %s in:\n%s", pattern, out)
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
