package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testSigner(t *testing.T, fill byte) *Signer {
	t.Helper()
	signer, err := NewSigner(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func drawEvent(t *rapid.T) Event {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	zone := time.FixedZone("", rapid.IntRange(-50000, 50000).Draw(t, "zone")/60*60)
	e := Event{
		EventKey: EventKey{Run: "run", Time: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"),
			rapid.Int64Range(0, 999999999).Draw(t, "nanoseconds")).In(zone), Random: "00"},
		RequestID: text.Draw(t, "request"), Operation: text.Draw(t, "operation"), ComponentType: text.Draw(t, "component"),
		Address: text.Draw(t, "address"), Operator: text.Draw(t, "operator"), Domain: text.Draw(t, "domain"),
		UserID: text.Draw(t, "user"), SerialNumber: text.Draw(t, "serial"), RegistrationID: text.Draw(t, "registration"),
		Policy: text.Draw(t, "policy"), Reason: text.Draw(t, "reason"), Status: Status{-1, "RET_FAILURE", 1007, "STAT_LOCKED"},
	}
	for range rapid.IntRange(0, 3).Draw(t, "checks") {
		e.Checks = append(e.Checks, Check{Name: text.Draw(t, "check"), Detail: text.Draw(t, "detail"), Settings: json.RawMessage(`{"LockThreshold":5}`)})
	}
	return e
}

// The line of an event is what encoding/json makes of it, which every line
// before was.
func TestEventLineIsItsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := drawEvent(t)
		if rapid.Bool().Draw(t, "printable") {
			event = event.Printable()
		}
		event.Times = rapid.IntRange(0, 3).Draw(t, "times")
		if rapid.Bool().Draw(t, "signed") {
			event.MAC = Digest{0xab, 1}
		}
		for i := range event.Checks {
			event.Checks[i].Settings = json.RawMessage(rapid.SampledFrom([]string{"", `{}`, `{"a":1,"b":"c"}`, `{ "a" : "<é \u2028>" }`, `{"a":"\u003c"}`}).Draw(t, "settings"))
		}
		want, wantErr := json.Marshal(event)
		got, err := event.appendLine([]byte("before"))
		if (err == nil) != (wantErr == nil) || err == nil && string(got) != "before"+string(want) {
			t.Fatalf("got %s, %v\nwant %s, %v", got, err, want, wantErr)
		}
	})
}

// What is read from the store has to encode to the bytes that were signed.
func TestLinesStayAsTheyAre(t *testing.T) {
	s := testSigner(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		event, digest, err := sign(s, drawEvent(t).Printable())
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(event)
		if err != nil || sha256.Sum256(stored) != digest {
			t.Fatalf("the line is not what is stored: %s, %v", stored, err)
		}
		var read Event
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
	s, other := testSigner(t, 1), testSigner(t, 2)
	line := []byte("{}")
	mac := func(s *Signer, kind string) Digest {
		return (&hashes{hash: s.hashes.Get().(*hashes).hash, line: line}).sum(kind)
	}
	if mac(s, "event") == mac(s, "seal") || mac(s, "event") == mac(other, "event") {
		t.Error("a MAC of another kind or under another key is the same")
	}
	event, _, err := sign(s, Event{})
	if err != nil {
		t.Fatal(err)
	}
	if _, right, _ := authentic(other, event); right {
		t.Error("another key finds the MAC right")
	}
	if _, right, _ := authentic(s, Event{}); right {
		t.Error("no MAC is a right one")
	}
}

// What a chain cannot remember it knows to look for.
func TestChainOverflows(t *testing.T) {
	var c chain
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	commit := func() error { return nil }
	for n := range maxUnsealed + 3 {
		key := EventKey{Run: "run", Time: at.Add(time.Duration(n) * time.Second), Random: fmt.Sprint(n)}
		if err := c.insert(Event{EventKey: key}, Digest{}, commit); err != nil {
			t.Fatal(err)
		}
	}
	if want := at.Add(maxUnsealed * time.Second); len(c.unsealed) != maxUnsealed || !c.doubt.Equal(want) {
		t.Errorf("%d remembered, doubt since %v, want %v", len(c.unsealed), c.doubt, want)
	}
}
