package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/playserver"

	"golang.org/x/term"
)

type replayImportCommand struct {
	Paths    []string          `arg:"" name:"path" help:"Projects of SoapUI, Postman and JMeter, HAR and other sessions, files with requests and replies, and folders and archives of them."`
	Out      string            `required:"" placeholder:"DIR" help:"Write the transcripts and the report into this folder; no file there is replaced."`
	Redact   bool              `help:"Remove every secret, as recording does."`
	Property map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Set a property of SoapUI, or a variable of Postman or JMeter, that is not in the project, such as '#Global#host=127.0.0.1'; may be repeated."`
	Play     bool              `default:"true" negatable:"" help:"Play each transcript at once and say whether it passes."`
	JSON     string            `name:"json" placeholder:"FILE" help:"Write the report in JSON to FILE too; - is the standard output."`
}

// Run prints a line for each transcript, and one for each thing that was left
// out or is doubtful.
func (c *replayImportCommand) Run(ctx context.Context, std streams) error {
	people := std.Out
	if c.JSON == "-" {
		people = std.Err
	}
	// A large file takes much memory for a short time: rather a little more work.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	progress := &importProgress{out: terminal(std.Err)}
	run := &drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{Redact: c.Redact}, Properties: c.Property, Progress: progress.reading},
		Out:      c.Out,
		Report: func(made drafting.Imported) error {
			progress.clear()
			_, err := fmt.Fprintf(people, "%s: %s%s\n", made.File, withoutControls(made.Title), outcome(made))
			return err
		},
	}
	if c.Play {
		run.Play, run.Isolated = playserver.Play, true
	}
	report, err := run.Paths(ctx, c.Paths...)
	progress.clear()
	if ctx.Err() != nil {
		return err
	}
	for _, n := range report.Notices {
		fmt.Fprintf(std.Err, "%s: %s\n", told(n.Kind), withoutControls(n.String()))
	}
	if failed := c.writeJSON(std.Out, report); failed != nil {
		return errors.Join(err, failed)
	}
	switch {
	case errors.Is(err, drafting.ErrNothingImported) && len(report.Notices) > 0:
		return fmt.Errorf("%w: the lines above say why", err)
	case errors.Is(err, drafting.ErrNothingImported):
		return fmt.Errorf("%w: there is no file", err)
	case err != nil:
		return err
	}
	return c.conclude(people, report)
}

// outcome says what came of a first play.
func outcome(made drafting.Imported) string {
	if made.Outcome == drafting.NotPlayed {
		return ""
	}
	if made.Unwritten > 0 {
		return fmt.Sprintf(" (%s, %d without an expected reply)", made.Outcome, made.Unwritten)
	}
	return fmt.Sprintf(" (%s)", made.Outcome)
}

// told begins the line about a notice.
func told(kind drafting.NoticeKind) string {
	if kind == drafting.Doubtful {
		return "doubtful"
	}
	return "not taken over"
}

func (c *replayImportCommand) writeJSON(out io.Writer, report *drafting.ImportReport) error {
	if c.JSON == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	text = append(text, '\n')
	if c.JSON == "-" {
		_, err = out.Write(text)
		return err
	}
	return os.WriteFile(filepath.Clean(c.JSON), text, 0o600)
}

// conclude counts, and says what to do next.
func (c *replayImportCommand) conclude(out io.Writer, report *drafting.ImportReport) error {
	if c.Play {
		fmt.Fprintf(out, "%d of %d pass as they are\n", report.Passed(), len(report.Transcripts))
	}
	if n := len(report.Notices); n > 0 {
		fmt.Fprintf(out, "not taken over or doubtful: %d, listed in %s\n", n, filepath.Join(c.Out, drafting.ReportName))
	}
	_, err := fmt.Fprintf(out, "play them with: dsappd replay run %s\n", hint.ShellWord(c.Out))
	return err
}

// terminal returns a stream if it is a terminal, and nil otherwise.
func terminal(stream io.Writer) io.Writer {
	if file, ok := stream.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return stream
	}
	return nil
}

// importProgress shows on a terminal, in one line, how far an import is.
type importProgress struct {
	out io.Writer // nil: nothing is shown

	mutex sync.Mutex
	last  time.Time // when something was shown
	shown bool
}

// reading shows how much of a file is read, a few times a second at most.
func (p *importProgress) reading(file string, read, size int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.out == nil || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last, p.shown = time.Now(), true
	fmt.Fprintf(p.out, "\r\x1b[Kreading %s, %d of %d KiB", withoutControls(file), read>>10, size>>10)
}

// clear takes the line away.
func (p *importProgress) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}
