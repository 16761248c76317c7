package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startDev serves a lab, and returns what it printed and how it ended.
func startDev(t *testing.T, command devCommand) (lab devLab, end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := command.Run(ctx, streams{Out: in, Err: io.Discard})
		in.CloseWithError(err)
		ended <- err
	}()
	if err := json.NewDecoder(out).Decode(&lab); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	return lab, func() error { cancel(); return <-ended }
}

// runCommand carries out one command line.
func runCommand(args ...string) (code int, out, err string) {
	var printed, said bytes.Buffer
	code = run(args, streams{In: &bytes.Buffer{}, Out: &printed, Err: &said})
	return code, printed.String(), said.String()
}

// dsappd dev serves every listener, and leaves nothing behind.
func TestDev(t *testing.T) {
	t.Parallel()
	lab, end := startDev(t, devCommand{FreePorts: true, JSON: true, At: instant(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))})
	if u := lab.URLs; u.SOAP == "" || u.Gateway == "" || u.Console == "" || u.Platform == "" || u.Lab == "" || len(lab.Users) != 9 {
		t.Errorf("%+v", lab)
	}
	code, clock, text := runCommand("lab", "clock", "--json", "--url", lab.URLs.Lab)
	var shown struct{ Now time.Time }
	if err := json.Unmarshal([]byte(clock), &shown); err != nil || code != 0 || shown.Now.Year() != 2020 {
		t.Errorf("the clock: %d, %s%s", code, clock, text)
	}
	if code, shown, text := runCommand("user", "show", "--dir", lab.Dir, "user1"); code != 0 {
		t.Errorf("an operator: %d, %s%s", code, shown, text)
	}
	phoneFollows(t, lab)
	if err := end(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(lab.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", lab.Dir, err)
	}
}

// phoneFollows has a phone whose one-time passwords go by the time activate at a
// lab of another year.
func phoneFollows(t *testing.T, lab devLab) {
	t.Helper()
	response, err := http.Post(lab.URLs.SOAP, "text/xml", strings.NewReader(documentedRegister))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) string {
		_, rest, _ := strings.Cut(string(reply), "<"+name+">")
		text, _, _ := strings.Cut(rest, "<")
		return text
	}
	phone := func(words ...string) string {
		words = append([]string{"phone"}, append(words, "--lab", lab.URLs.Lab, "--state", filepath.Join(t.TempDir(), "..", "phone"), "--pin", "2468")...)
		code, out, text := runCommand(words...)
		if code != 0 {
			t.Fatalf("%q: %s", words, text)
		}
		return strings.TrimSpace(out)
	}
	phone("exchange", "--url", lab.URLs.SOAP, "--registration-id", field("registrationID"), "--activation-password", field("activationPassword"))
	otp := phone("otp")
	phone("activate", "--url", lab.URLs.SOAP, "--response", otp)
}
