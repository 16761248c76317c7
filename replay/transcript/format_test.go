package transcript_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestFormat(t *testing.T) {
	made := &transcript.Transcript{
		File:  "made.txtar",
		Title: "A title.",
		Why:   "Why it is there,\nin two lines.",
		Header: transcript.Header{
			Clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seed: "seed", Strict: true,
			Reply:    transcript.ReplyOptions{TimeLimit: 2 * time.Second, Headers: map[string]string{"Cache-Control": "no-store"}},
			Captures: map[string]any{"registrationID": "1 registrationID", "second": map[string]any{"salt": []any{"1 salt", "2 salt"}}},
			Sample: transcript.Sample{
				Lab: true, GatewayID: "0000000001",
				Policies:       []transcript.Policy{{Name: "lab", Parent: "Base Policy", Set: map[string]any{"Attempts": int64(2), "Explain": true}}},
				Components:     []transcript.Component{{ComponentType: "srp-component", Location: "10.0.0.0/8", Policy: "lab"}},
				Domains:        []transcript.Domain{{Name: "branch"}},
				Users:          []transcript.User{{UserID: "user1", StaticPassword: `a"b`, Disabled: true}},
				Authenticators: []transcript.Authenticator{{SerialNumber: "VDS1000140", Type: "hotp", Secret: "3132333435363738393031323334353637383930", UserID: "user1"}},
			},
		},
		Exchanges: []transcript.Exchange{{
			Number: 1, Advance: 10 * time.Minute, Orders: []string{`user disable "a b"`},
			Request: transcript.Request{Kind: transcript.XML, Body: "<a>" + transcript.Literal("{{") + "</a>\n",
				RequestOptions: transcript.RequestOptions{Path: "/x", Headers: map[string]string{"SOAPAction": "a"}}},
			Reply: transcript.Reply{Kind: transcript.XML, Body: "<a><registrationID>{{any}}</registrationID></a>\n", ReplyOptions: transcript.ReplyOptions{Status: 201}},
		}, {
			Number:  3,
			Request: transcript.Request{RequestOptions: transcript.RequestOptions{Method: "GET"}},
			Reply:   transcript.Reply{Kind: transcript.Text, Body: "{{registrationID}}\n"},
		}},
	}
	made.Captures["second"] = map[string]any{"salt": []any{"1 salt", "3 salt"}}
	text, err := transcript.Format(made)
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
	if _, err := transcript.Format(made); err == nil {
		t.Error("a body that would be read as a file's marker was written")
	}
}
