//go:build clients && interop

package systemtest_test

import (
	"os"
	"path/filepath"
	"testing"
)

// installLibraries installs the test libraries as their users do, and runs the
// examples of their pages with them: a wheel by pip, an artifact from the local
// repository of Maven, a packed tarball by npm.
func installLibraries(t *testing.T, testdata string) {
	sources, dsappd := filepath.Join(testdata, "..", "..", "clients"), "DSAPPD="+buildProgram(t)
	t.Run("pip", func(t *testing.T) {
		t.Parallel()
		folder := saveExample(t, "pytest.md", "python", "test_example.py")
		python := filepath.Join(testdata, "interop", ".venv", "bin", "python")
		offline := []string{"--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"}
		runLibrary(t, folder, nil, append([]string{python, "-m", "pip", "wheel", "--no-build-isolation", "--wheel-dir", "wheels", filepath.Join(sources, "python")}, offline...)...)
		wheels, err := filepath.Glob(filepath.Join(folder, "wheels", "pytest_dsappd-*.whl"))
		if err != nil || len(wheels) != 1 {
			t.Fatalf("%v, wheels %v", err, wheels)
		}
		runLibrary(t, folder, nil, append([]string{python, "-m", "pip", "install", "--target", "site", wheels[0]}, offline...)...)
		out := runLibrary(t, folder, []string{dsappd, "PYTHONPATH=site"}, python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py")
		wants(t, out, `(?m)^3 passed`)
	})
	t.Run("maven", func(t *testing.T) {
		t.Parallel()
		library, user := t.TempDir(), t.TempDir()
		copyFolder(t, library, filepath.Join(sources, "java"))
		copyFolder(t, user, filepath.Join(testdata, "interop", "junit"))
		copyFolder(t, filepath.Join(user, "src", "test", "java"), saveExample(t, "junit.md", "java", "RegistrationTest.java"))
		maven := []string{"mvn", "--batch-mode", "--no-transfer-progress"}
		runLibrary(t, library, nil, append(maven, "--quiet", "-Dmaven.test.skip", "install")...)
		out := runLibrary(t, user, []string{dsappd}, append(maven, "test")...)
		wants(t, out, `Tests run: 3, Failures: 0, Errors: 0, Skipped: 0`)
	})
	t.Run("npm", func(t *testing.T) {
		t.Parallel()
		folder := saveExample(t, "node.md", "js", "example.test.mjs")
		npm := []string{"npm", "--silent", "--no-audit", "--no-fund"}
		runLibrary(t, folder, nil, append(npm, "pack", "--pack-destination", folder, filepath.Join(sources, "node"))...)
		tarballs, err := filepath.Glob(filepath.Join(folder, "dsappd-test-*.tgz"))
		if err != nil || len(tarballs) != 1 {
			t.Fatalf("%v, tarballs %v", err, tarballs)
		}
		runLibrary(t, folder, nil, append(npm, "install", "vitest@2.1.9", tarballs[0])...)
		out := runLibrary(t, folder, []string{dsappd, "NO_COLOR=1"}, "npx", "vitest", "run")
		wants(t, out, `Tests +3 passed \(3\)`)
	})
}

func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
