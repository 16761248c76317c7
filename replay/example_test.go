package replay_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/dsappd/dsappd/replay"
)

// Play a folder of transcripts against a server that is there, and print what
// differs.
func ExampleRun() {
	run := replay.Run{
		Player: &replay.Player{URL: "http://127.0.0.1:8888/", HTTP: &http.Client{Timeout: 10 * time.Second}},
		Report: (&replay.People{Writer: os.Stdout}).Report,
	}
	summary, err := run.Paths(context.Background(), []string{"transcripts"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Passed, "of", summary.Transcripts)
}

// Read a transcript that a person wrote.
func ExampleParse() {
	transcript, err := replay.Parse("example.txtar", []byte(`A wrong password is refused.
-- transcript.toml --
-- 1.request.xml --
<a/>
-- 1.reply.xml --
<b/>
`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(transcript.Title, len(transcript.Exchanges))
	// Output: A wrong password is refused. 1
}
