package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const printed = `goos: linux
goarch: amd64
pkg: github.com/dsappd/dsappd/srp
cpu: A CPU
BenchmarkServerExchange-2   	     483	   2397457 ns/op	      1196 bare-µs	       700.1 benchExchange-µs	         0.585 times-bare
PASS
ok  	github.com/dsappd/dsappd/srp	1.2s
`

func TestTable(t *testing.T) {
	measured, err := parse([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	g := goal{about: "SRP", benchmark: benchExchange, measured: "benchExchange-µs", reference: "bare-µs", compared: "times-bare", bound: atMost, value: 0.5, next: "0.4"}
	for value, want := range map[float64]string{
		0.5: "SRP  700 benchExchange-µs  1196 bare-µs  0.58 times-bare  missed: at most 0.5, then 0.4",
		0.6: "SRP  700 benchExchange-µs  1196 bare-µs  0.58 times-bare  met: at most 0.6, then 0.4",
	} {
		g.value = value
		var out bytes.Buffer
		if err := printTable(&out, &machine{cpu: "A CPU", cores: 2, before: 1.5}, []goal{g}, measured); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "above the") {
			t.Errorf("want %q:\n%s", want, out.String())
		}
	}
}

// A busy machine is named, and so is what was not measured.
func TestTableWarns(t *testing.T) {
	measured, err := parse([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = printTable(&out, &machine{cores: 2, before: 2.01}, goals, measured)
	if !errors.Is(err, errMissing) || !strings.Contains(err.Error(), "times-canned of BenchmarkActivate in internal/bench") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(out.String(), "above the 2 cores") {
		t.Errorf("no warning:\n%s", out.String())
	}
}

// The history can be read again, and grows.
func TestHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "benchmarks")
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for range 2 {
		if err := record(dir, now, &machine{cores: 2, fsyncs: 1000}, []byte(printed)); err != nil {
			t.Fatal(err)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "2026-11-28-*.txt"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%q, %v", names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "fsyncs: 1000\n") != 2 {
		t.Errorf("%s", text)
	}
	measured, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := measured.of(benchExchange, "times-bare"); err != nil || got != 0.585 {
		t.Errorf("%v, %v", got, err)
	}
}
