package replay_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dsappd/dsappd/replay"
)

// Each file in testdata/broken is an archive of broken transcripts, each
// behind a file with what is said of it.
func TestBroken(t *testing.T) {
	names, err := filepath.Glob("testdata/broken/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no broken transcripts: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(content), "==== is told ====\n")
			_, err = replay.Parse("broken.txtar", []byte(text))
			broken, ok := errors.AsType[*replay.BrokenError](err)
			if !ok || broken.File != "broken.txtar" {
				t.Fatalf("Parse: %v, want a *BrokenError", err)
			}
			if got := err.Error() + "\n"; got != want {
				if updating() {
					err = os.WriteFile(name, []byte(text+"==== is told ====\n"+got), 0o644)
				}
				t.Errorf("told (-want +got):\n%s%v", cmp.Diff(want, got), err)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	made := &replay.Transcript{
		File:  "made.txtar",
		Title: "A title.",
		Why:   "Why it is there,\nin two lines.",
		Header: replay.Header{
			Clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seed: "seed", Strict: true,
			Reply:    replay.ReplyOptions{TimeLimit: 2 * time.Second, Headers: map[string]string{"Cache-Control": "no-store"}},
			Captures: map[string]any{"registrationID": "1 registrationID", "second": map[string]any{"salt": []any{"1 salt", "2 salt"}}},
			Sample: replay.Sample{
				Lab: true, GatewayID: "0000000001",
				Policies:       []replay.Policy{{Name: "lab", Parent: "Base Policy", Set: map[string]any{"Attempts": int64(2), "Explain": true}}},
				Components:     []replay.Component{{ComponentType: "srp-component", Location: "10.0.0.0/8", Policy: "lab"}},
				Domains:        []replay.Domain{{Name: "branch"}},
				Users:          []replay.User{{UserID: "user1", StaticPassword: `a"b`, Disabled: true}},
				Authenticators: []replay.Authenticator{{SerialNumber: "VDS1000140", Type: "hotp", Secret: "3132333435363738393031323334353637383930", UserID: "user1"}},
			},
		},
		Exchanges: []replay.Exchange{{
			Number: 1, Advance: 10 * time.Minute, Orders: []string{`user disable "a b"`},
			Request: replay.Request{Kind: replay.XML, Body: "<a>" + replay.Literal("{{") + "</a>\n",
				RequestOptions: replay.RequestOptions{Path: "/x", Headers: map[string]string{"SOAPAction": "a"}}},
			Reply: replay.Reply{Kind: replay.XML, Body: "<a><registrationID>{{any}}</registrationID></a>\n", ReplyOptions: replay.ReplyOptions{Status: 201}},
		}, {
			Number:  3,
			Request: replay.Request{RequestOptions: replay.RequestOptions{Method: "GET"}},
			Reply:   replay.Reply{Kind: replay.Text, Body: "{{registrationID}}\n"},
		}},
	}
	made.Captures["second"] = map[string]any{"salt": []any{"1 salt", "3 salt"}}
	text, err := replay.Format(made)
	if err != nil {
		t.Fatal(err)
	}
	read, err := replay.Parse("made.txtar", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(made, &read.Transcript); diff != "" {
		t.Errorf("read again (-made +read):\n%s\n%s", diff, text)
	}
	if archive := txtar.Parse(text); string(txtar.Format(archive)) != string(text) {
		t.Error("what was written is not what an archive is")
	}
	made.Exchanges[0].Request.Body = "-- 2.request.xml --\n"
	if _, err := replay.Format(made); err == nil {
		t.Error("a body that would be read as a file's marker was written")
	}
}
