package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestUserImportIsInterrupted ends an import by Ctrl-C while a program still
// writes its lines: whoever was read is in, and where to go on is told.
func TestUserImportIsInterrupted(t *testing.T) {
	dir := newDataFolder(t)
	server := serveFolder(t, dir)
	importer := exec.Command("dsappd", "user", "import", "--dir", dir, "--continue", "--rows", "2", "-")
	in, err := importer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	importer.Stdout, importer.Stderr = &out, &errs
	if err := importer.Start(); err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		fmt.Fprintf(in, "{\"userID\": \"many%d\", \"staticPassword\": \"Password2\"}\n", n)
	}
	server.log.await(t, "operation=/import")
	if err := importer.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = importer.Wait() // although its input goes on
	list, listErr := exec.Command("dsappd", "user", "list", "--dir", dir).Output()
	if listErr != nil {
		t.Fatal(listErr)
	}
	imported := strings.Count(string(list), "many")
	if err == nil || imported == 0 || !strings.HasPrefix(out.String(), "added "+counted(imported, "user")+", ") {
		t.Errorf("%v: %q, and there are %d", err, out.String(), imported)
	}
	for _, want := range []string{fmt.Sprintf("stopped after row %d; go on with --after %d\n", imported, imported), "interrupted"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("stderr lacks %q: %s", want, errs.String())
		}
	}
}
