package phone_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/phone"
)

// TestFaults commits every fault on a fresh registration of each kind, over
// each transport, against the real server: the status is the documented one,
// the records stay sound, and an activation after it succeeds.
func TestFaults(t *testing.T) {
	l := newImageLab(t)
	for name, transport := range l.transports() {
		for _, fault := range phone.Faults() {
			for serialNumber, want := range map[string]phone.Outcome{single: fault.Single, licence: fault.MDL} {
				t.Run(strings.Join([]string{name, fault.Name, serialNumber}, " "), func(t *testing.T) {
					l.commit(t, transport, fault, serialNumber, want)
				})
			}
		}
	}
}

func (l *imageLab) commit(t *testing.T, transport phone.Transport, fault phone.Fault, serialNumber string, want phone.Outcome) {
	l.now, l.kept = l.now.Add(time.Minute), phone.State{}
	device := *l.device
	device.Transport = transport
	a := l.activation(l.image(serialNumber))
	trial, s, err := device.Try(t.Context(), l.kept, a, fault)
	switch {
	case want == "":
		if !errors.Is(err, phone.ErrFault) {
			t.Errorf("a fault that cannot be committed: %+v, %v", trial, err)
		}
	case err != nil:
		t.Fatal(err)
	case trial.Got != want || !trial.AsDocumented():
		t.Errorf("answered %s %q, want %s (%s)", trial.Got, trial.Words, want, trial.Want)
	}
	l.check()
	last := serialNumber == licence && fault.Name == "drop-after-4"
	if last { // the server has activated the instance, and only a person can tell the device
		s = must(l.kept.Confirm(""))(t)
	}
	if !activated(s) {
		if s, err = device.ActivateImage(t.Context(), l.kept, a); err != nil || !activated(s) {
			t.Errorf("the activation after it: %v, %v", s, err)
		}
	}
	l.free(s)
}

func activated(s phone.State) bool {
	return s.Activated || slices.ContainsFunc(s.MDL.Instances, func(i phone.Instance) bool { return i.Activated })
}

func TestFaultsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, fault := range phone.Faults() {
		if seen[fault.Name] || fault.Does == "" || fault.Single == "" && fault.MDL == "" {
			t.Errorf("%q stands twice or says nothing", fault.Name)
		}
		seen[fault.Name] = true
	}
	if _, err := phone.FaultNamed("a-one"); !errors.Is(err, phone.ErrFault) || !strings.Contains(err.Error(), "a-zero") {
		t.Errorf("FaultNamed: %v", err)
	}
}

// TestFaultsAreDocumented: go test ./phone -update writes the table anew.
func TestFaultsAreDocumented(t *testing.T) {
	var table strings.Builder
	table.WriteString(faultsHead)
	for _, f := range phone.Faults() {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", f.Name, f.Does, orDash(f.Single), orDash(f.MDL))
	}
	file := filepath.Join("..", "docs", "faults.md")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(must(os.ReadFile(file))(t)); got != table.String() {
		t.Errorf("%s differs: write it with go test ./phone -update\n%s", file, table.String())
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write docs/faults.md anew")
	os.Exit(m.Run())
}

func orDash(o phone.Outcome) string {
	if o == "" {
		return "-"
	}
	return string(o)
}

const faultsHead = `# What a phone can do wrong

` + "`dsappd phone activate --image FILE --fault NAME,...`" + ` takes an activation from
its scan and commits a fault on the way, to see whether a server answers as
documented. The activation ends at the fault, unless the fault comes after a
right call; then it goes on. Several faults are committed one after the other,
each from the scan. As three wrong proofs, those answered with 1000, close a
registration, no more than two of them go on one image.

| fault | the phone | single-device | several devices |
|---|---|---|---|
`
