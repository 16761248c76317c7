package provision

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawEvent(t *rapid.T) AuditEvent {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	zone := time.FixedZone("", rapid.IntRange(-50000, 50000).Draw(t, "zone")/60*60)
	e := AuditEvent{
		AuditKey: AuditKey{Run: "run", Time: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"),
			rapid.Int64Range(0, 999999999).Draw(t, "nanoseconds")).In(zone), Random: "00"},
		RequestID: text.Draw(t, "request"), Operation: text.Draw(t, "operation"), ComponentType: text.Draw(t, "component"),
		Address: text.Draw(t, "address"), Operator: text.Draw(t, "operator"), Domain: text.Draw(t, "domain"),
		UserID: text.Draw(t, "user"), SerialNumber: text.Draw(t, "serial"), RegistrationID: text.Draw(t, "registration"),
		Policy: text.Draw(t, "policy"), Reason: text.Draw(t, "reason"), Status: DefaultStatusTable()[UserLocked],
	}
	for range rapid.IntRange(0, 3).Draw(t, "checks") {
		e.Checks = append(e.Checks, Check{Name: text.Draw(t, "check"), Detail: text.Draw(t, "detail"), Settings: DefaultSettings().bearing("password")})
	}
	return e
}

// What is read from the store has to encode to the bytes that were signed.
func TestLinesStayAsTheyAre(t *testing.T) {
	s := testSealer(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		event, digest, err := sign(s, drawEvent(t).printable())
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(event)
		if err != nil || sha256.Sum256(stored) != digest {
			t.Fatalf("the line is not what is stored: %s, %v", stored, err)
		}
		var read AuditEvent
		if err := json.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		again, right, err := authentic(s, read)
		if err != nil || !right || again != digest {
			t.Fatalf("read again, %s is another line: %v, %v", stored, right, err)
		}
		if read.Reason += "."; read.Reason != "" {
			if _, right, _ := authentic(s, read); right {
				t.Fatalf("%s has the MAC of another line", stored)
			}
		}
	})
}

func TestMACsTellKindsAndKeysApart(t *testing.T) {
	s, other := testSealer(t, 1), testSealer(t, 2)
	line := []byte("{}")
	if s.auditMAC("event", line) == s.auditMAC("seal", line) || s.auditMAC("event", line) == other.auditMAC("event", line) {
		t.Error("a MAC of another kind or under another key is the same")
	}
	event, _, err := sign(s, AuditEvent{})
	if err != nil {
		t.Fatal(err)
	}
	if _, right, _ := authentic(other, event); right {
		t.Error("another key finds the MAC right")
	}
	if _, right, _ := authentic(s, AuditEvent{}); right {
		t.Error("no MAC is a right one")
	}
}

// Every setting bears on a check, by whose name explain finds it, or shapes
// what is made rather than what is decided.
func TestEverySettingBearsOnACheck(t *testing.T) {
	placed := map[string]string{
		"RegistrationIDLength": "shapes", "RegistrationIDAlphabet": "shapes", "ActivationPasswordLength": "shapes",
		"ActivationPasswordAlphabet": "shapes", "GraceDays": "shapes", "Explain": "shapes",
	}
	for _, check := range checksInCode(t) {
		for _, name := range bearing(check) {
			placed[name] = check
		}
	}
	for _, name := range SettingNames() {
		if placed[name] == "" {
			t.Errorf("the setting %s bears on no check: give it to one in bearing", name)
		}
		delete(placed, name)
	}
	for name, check := range placed {
		t.Errorf("%s: there is no setting %s", check, name)
	}
	if got, want := string(DefaultSettings().bearing("activations")), `{"MaximumActivations":3,"MinimumIntervalMinutes":1440}`; got != want {
		t.Errorf("activations: %s, want %s", got, want)
	}
}

// checksInCode are the names of all checks, as the code gives them.
func checksInCode(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`f\.checked\("([^"]*)"`).FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names
}

// What a chain cannot remember it knows to look for.
func TestChainOverflows(t *testing.T) {
	var c chain
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	commit := func() error { return nil }
	for n := range maxUnsealed + 3 {
		key := AuditKey{Run: "run", Time: at.Add(time.Duration(n) * time.Second), Random: fmt.Sprint(n)}
		if err := c.insert(AuditEvent{AuditKey: key}, Digest{}, commit); err != nil {
			t.Fatal(err)
		}
	}
	if want := at.Add(maxUnsealed * time.Second); len(c.unsealed) != maxUnsealed || !c.doubt.Equal(want) {
		t.Errorf("%d remembered, doubt since %v, want %v", len(c.unsealed), c.doubt, want)
	}
}
