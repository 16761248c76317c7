package replay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/dsappd/dsappd/replay"
)

// folderOf writes transcripts of four exchanges each, the last of which is
// wrong, into a folder.
func folderOf(t *testing.T, exchanges int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Four exchanges.\n")
	for i := range 4 {
		fmt.Fprintf(&b, "-- %d.request.xml --\n<a>%s</a>\n-- %[1]d.reply.xml --\n<a><b>%s</b><c>{{any}}</c></a>\n",
			i+1, strings.Repeat("sent ", 40), map[bool]string{true: "wrong", false: "right"}[i == 3])
	}
	dir := t.TempDir()
	for i := range exchanges / 4 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.txtar", i)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The heap that is in use does not grow with the number of exchanges, not even
// when each transcript fails and is reported in full.
func TestMemoryDoesNotGrow(t *testing.T) {
	player := said(t, "<a><b>right</b><c>"+strings.Repeat("received ", 40)+"</c></a>")
	heap := func(exchanges int) uint64 {
		dir := folderOf(t, exchanges)
		reports := []interface {
			Report(replay.Result) error
			End(replay.Summary) error
		}{&replay.People{Writer: io.Discard}, &replay.JSONReport{Writer: io.Discard}, &replay.JUnitReport{Writer: io.Discard}}
		var highest uint64
		played := 0
		run := replay.Run{Player: player, Parallel: 4, Report: func(r replay.Result) error {
			if played++; played%(exchanges/40) == 0 {
				var stats runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&stats)
				highest = max(highest, stats.HeapAlloc)
			}
			var all []error
			for _, each := range reports {
				all = append(all, each.Report(r))
			}
			return errors.Join(all...)
		}}
		summary, err := run.Paths(t.Context(), []string{dir})
		if err != nil || summary.Exchanges != exchanges || summary.Failed != exchanges/4 {
			t.Fatalf("%+v, %v", summary, err)
		}
		return highest
	}
	few, many := heap(200), heap(4000)
	t.Logf("in use at most: %d KiB for 200 exchanges, %d KiB for 4000", few>>10, many>>10)
	// The names of the files are 1000; all results would be more than 2 MiB.
	if many > few+(1<<20) {
		t.Errorf("%d bytes are in use for 4000 exchanges, %d for 200", many, few)
	}
}

// Results come in the order of the names, however many are played at once,
// and a report that fails ends the run.
func TestOrder(t *testing.T) {
	dir := folderOf(t, 200)
	player := said(t, "<a><b>right</b><c>x</c></a>")
	var names []string
	run := replay.Run{Player: player, Parallel: 8, Repeat: 2, Report: func(r replay.Result) error {
		names = append(names, r.File)
		return nil
	}}
	if _, err := run.Paths(t.Context(), []string{dir}); err != nil {
		t.Fatal(err)
	}
	if len(names) != 100 || !slices.IsSorted(names) {
		t.Errorf("%d results in the order %q", len(names), names)
	}
	failed := errors.New("the disk is full")
	run.Report = func(replay.Result) error { return failed }
	if _, err := run.Paths(t.Context(), []string{dir}); !errors.Is(err, failed) {
		t.Errorf("Paths: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	run.Report = func(replay.Result) error { cancel(); return nil }
	if _, err := run.Paths(ctx, []string{dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("Paths after an interrupt: %v", err)
	}
}

// The same seed gives the same values, another one others.
func TestSeed(t *testing.T) {
	text, err := os.ReadFile("../testdata/transcripts/activation.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var replies []string
	for _, seed := range []string{"one", "one", "two"} {
		transcript, err := replay.Parse("seed", []byte(strings.Replace(string(text), `seed = "single device"`, fmt.Sprintf("seed = %q", seed), 1)))
		if err != nil {
			t.Fatal(err)
		}
		var all string
		err = replay.Watch(t.Context(), &replay.Player{Start: playserver.Start}, transcript, func(_ replay.Watched, reply string, _ func(string) bool) {
			all += reply
		})
		if err != nil {
			t.Fatal(err)
		}
		replies = append(replies, all)
	}
	if replies[0] != replies[1] || replies[0] == replies[2] {
		t.Errorf("replies for the seeds one, one, two:\n%s", strings.Join(replies, "\n"))
	}
}

// BenchmarkPlay plays a whole activation, server and all, and says what share
// of the time the server's start takes.
func BenchmarkPlay(b *testing.B) {
	transcript, err := replay.ReadFile("../testdata/transcripts/activation.txtar")
	if err != nil {
		b.Fatal(err)
	}
	empty := replay.WithoutExchanges(transcript)
	player := &replay.Player{Start: playserver.Start}
	var whole, start float64
	for b.Loop() {
		result := player.Play(b.Context(), transcript)
		if !result.Passed() {
			b.Fatalf("%+v", result)
		}
		whole += result.Took.Seconds()
		start += player.Play(b.Context(), empty).Took.Seconds()
	}
	b.ReportMetric(start/whole, "start/whole")
	b.ReportMetric(1000*start/float64(b.N), "ms/start")
}
