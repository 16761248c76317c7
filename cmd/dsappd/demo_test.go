package main

import (
	"os"
	"strings"
	"testing"
)

// The demo sends what the provisioning door is tested with.
func TestDemoSendsTheDocumentedEnvelope(t *testing.T) {
	documented, err := os.ReadFile("../../internal/server/provisioning/testdata/dsappsrpregister.xml")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSuffix(string(documented), "\n"); documentedRegister != want {
		t.Errorf("the demo sends\n%s\nwant\n%s", documentedRegister, want)
	}
}
