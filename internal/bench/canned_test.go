package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dsappd/dsappd/wsdl"
)

// startCanned builds and starts gSOAP's canned server. Its WSDL is dsappd's.
func startCanned(b *testing.B) *server {
	b.Helper()
	script, err := filepath.Abs("testdata/canned/build.sh")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "provisioning.wsdl"), wsdl.Document("http://127.0.0.1:8888/"), 0o600); err != nil {
		b.Fatal(err)
	}
	build := exec.Command(script)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build the canned server (make tools installs gSOAP): %v: %s", err, out)
	}
	return start(b, exec.Command(filepath.Join(dir, "canned")))
}
