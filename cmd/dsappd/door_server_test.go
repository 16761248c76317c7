package main

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// operate gives one order to a data folder and returns what is printed.
func operate(t *testing.T, dir string, args ...string) string {
	t.Helper()
	command := exec.Command("dsappd", append(args, "--dir", dir)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, stderr.String())
	}
	return string(out)
}

func registrations(t *testing.T, dir string, flags ...string) []admin.Registration {
	t.Helper()
	var all []admin.Registration
	out := operate(t, dir, append([]string{"registration", "list", "--json"}, flags...)...)
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return all
}

func registerAt(t *testing.T, url string) {
	t.Helper()
	response, err := http.Post(url, "text/xml; charset=utf-8", strings.NewReader(directRegister))
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("register: %s, %v", response.Status, err)
	}
}

// What an operator orders is seen by clients of a living server at once, and
// outlives the server's being killed; the socket that is left behind hinders
// neither commands nor the next server.
func TestOrdersOutliveTheServer(t *testing.T) {
	dir := newDataFolder(t)
	server := serveFolder(t, dir)
	registerAt(t, server.url)
	all := registrations(t, dir)
	if len(all) != 1 || all[0].State != "Registered" || all[0].UserID != "user2" || all[0].ComponentType != "srp-direct" {
		t.Fatalf("registrations: %+v", all)
	}
	if said := operate(t, dir, "registration", "close", all[0].ID, "--reason", "lost phone"); said != "closed registration "+all[0].ID+": lost phone\n" {
		t.Errorf("close said %q", said)
	}
	server.kill()
	<-server.ended

	if closed := registrations(t, dir, "--state", "Closed"); len(closed) != 1 || closed[0].ClosedBecause != "lost phone" {
		t.Errorf("after the kill, closed registrations: %+v", closed)
	}
	for flag, n := range map[string]int{"--user=user2": 1, "--user=user1": 0, "--domain=master": 1,
		"--serial-number=" + all[0].SerialNumber: 1, "--serial-number=VDS9999999": 0} {
		if narrowed := registrations(t, dir, flag); len(narrowed) != n {
			t.Errorf("%s: %d registrations, want %d", flag, len(narrowed), n)
		}
	}
	operate(t, dir, "user", "disable", "user1")

	serveFolder(t, dir)
	if shown := operate(t, dir, "user", "show", "user1", "--json"); !strings.Contains(shown, `"disabled": true`) {
		t.Errorf("the next server shows %s", shown)
	}
	if open := registrations(t, dir, "--state", "Registered"); len(open) != 0 {
		t.Errorf("the next server has open registrations: %+v", open)
	}
}
