// Command generate makes the Go side of the interfaces from their WSDLs and
// schemas: the types by gowsdl, refined; the table of elements; writers and readers. It
// also writes the documents that clients read. Run it in the folder of the
// WSDLs. With -check it writes nothing and fails, naming the file, where what it
// would write is not what is there.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
)

// documents are the WSDLs, one for each interface.
var documents = []string{"provisioning.wsdl", "administration.wsdl", "authentication.wsdl", "signature.wsdl"}

func main() {
	check := flag.Bool("check", false, "compare with the files instead of writing them")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	s, err := readSchemas(documents)
	if err != nil {
		return err
	}
	var raw [][]byte
	for _, document := range documents {
		source, err := gowsdl(document)
		if err != nil {
			return err
		}
		raw = append(raw, source)
	}
	types, err := refine(raw, s)
	if err != nil {
		return err
	}
	elements, err := elementTable(s)
	if err != nil {
		return err
	}
	writers, err := writers(s)
	if err != nil {
		return err
	}
	readers, err := readers(s)
	if err != nil {
		return err
	}
	for _, document := range documents {
		files, err := publish(document, s)
		if err != nil {
			return err
		}
		for name, source := range files {
			if err := put(filepath.Join(published, name), source, check); err != nil {
				return err
			}
		}
	}
	for name, source := range map[string][]byte{"types_gen.go": types, "elements_gen.go": elements, "writers_gen.go": writers, "readers_gen.go": readers} {
		formatted, err := format.Source(source)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := put(name, formatted, check); err != nil {
			return err
		}
	}
	return nil
}

// gowsdl runs the generator that go.mod names and returns what it wrote.
func gowsdl(document string) ([]byte, error) {
	folder, err := os.MkdirTemp("", "gowsdl")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	output, err := exec.Command("go", "tool", "gowsdl", "-d", folder, "-p", "wsdl", "-o", "types.go", document).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("gowsdl: %w\n%s", err, output)
	}
	return os.ReadFile(filepath.Join(folder, "wsdl", "types.go"))
}

func put(name string, source []byte, check bool) error {
	if !check {
		return os.WriteFile(name, source, 0o644)
	}
	have, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, source) {
		return fmt.Errorf("%s is not what the schemas give: run go generate ./wsdl", name)
	}
	return nil
}

const header = "// Code generated from the WSDLs, internal/generate; DO NOT EDIT.\n\npackage wsdl\n\n"
