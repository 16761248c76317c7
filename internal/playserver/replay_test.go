package playserver_test

import (
	"testing"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/dsappd/dsappd/replay"
)

// TestTranscripts plays the book of the protocol against throw-away servers.
func TestTranscripts(t *testing.T) {
	run := replay.Run{Player: &replay.Player{Start: playserver.Start}, Parallel: 4, Report: (&replay.People{Writer: t.Output()}).Report}
	summary, err := run.Paths(t.Context(), []string{"../../testdata/transcripts"})
	if err != nil {
		t.Fatal(err)
	}
	if summary.Passed != summary.Transcripts || summary.Passed == 0 {
		t.Errorf("%+v", summary)
	}
}
