package transcript_test

import (
	"fmt"

	"github.com/dsappd/dsappd/replay/transcript"
)

// A transcript is filled in and written down.
func Example() {
	t := &transcript.Transcript{
		Title: "A word that is known.",
		Exchanges: []transcript.Exchange{{
			Number:  1,
			Request: transcript.Request{RequestOptions: transcript.RequestOptions{Method: "GET", Path: "/word"}},
			Reply:   transcript.Reply{Kind: transcript.Text, Body: "{{hello|good day}}\n"},
		}},
	}
	text, err := transcript.Format(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", text)
	// Output:
	// A word that is known.
	// -- 1.toml --
	// [request]
	// method = "GET"
	// path = "/word"
	// -- 1.reply.txt --
	// {{hello|good day}}
}
