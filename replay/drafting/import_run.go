package drafting

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/dsappd/dsappd/replay/transcript"
)

// ImportRun imports files into a folder of transcripts.
type ImportRun struct {
	Importer *Importer
	Out      string // the folder; no file in it is replaced

	// Play plays a transcript; nil: none is played. The error says that it
	// cannot be played at all. Unwritten counts the exchanges of which no reply
	// is expected.
	Play func(ctx context.Context, file string, text []byte) (passed bool, unwritten int, err error)

	// Isolated says that Play starts a server for each play, so that what is
	// the same to the letter ends in the same way and is played once.
	Isolated bool

	// Report is told of each transcript, in order and never two at once. Its
	// error ends the run.
	Report func(Imported) error

	plays sync.Map // *firstPlay, by the hash of what is played
}

// Imported is a transcript that an import made.
type Imported struct {
	File    string        `json:"file"`
	Title   string        `json:"title"`
	Outcome ImportOutcome `json:"outcome,omitempty"`
	Notices []Notice      `json:"notices,omitempty"` // about this transcript alone

	// Unwritten counts the exchanges of which no reply is expected.
	Unwritten int `json:"unwritten,omitempty"`
}

// ImportOutcome says how the first play of an imported transcript ended.
type ImportOutcome string

// The outcomes of a first play.
const (
	NotPlayed ImportOutcome = ""
	Passes    ImportOutcome = "passes"
	Differs   ImportOutcome = "differs"
	Unplayed  ImportOutcome = "broken" // it cannot be played
)

// ImportReport is the whole result of an import, in the order in which things
// were met. It is kept beside the transcripts as ReportName.
type ImportReport struct {
	Transcripts []Imported `json:"transcripts"`
	Notices     []Notice   `json:"notices"` // all of them, also those of the transcripts
}

// ReportName is the file in the folder of an import that holds its report.
const ReportName = "import.json"

// Passed counts the transcripts that passed at once.
func (r ImportReport) Passed() int {
	passed := 0
	for _, t := range r.Transcripts {
		if t.Outcome == Passes {
			passed++
		}
	}
	return passed
}

// ErrNothingImported says that no transcript was made. The notices say why.
var ErrNothingImported = errors.New("nothing was imported")

// Paths imports files and folders. The folder Out holds all transcripts and
// the report when it returns without an error, and none of them otherwise.
// When ctx ends, Paths returns at once, with an empty report. The report is
// never nil.
func (r *ImportRun) Paths(ctx context.Context, paths ...string) (*ImportReport, error) {
	report := &ImportReport{Transcripts: []Imported{}, Notices: []Notice{}}
	if err := await(ctx, func() error { return r.Importer.Paths(ctx, paths...) }); err != nil {
		return report, err
	}
	report.Notices = append(report.Notices, r.Importer.Notices()...)
	if r.Importer.Drafter.Len() == 0 {
		report.Notices = SortNotices(report.Notices)
		return report, ErrNothingImported
	}
	folder, err := stageFolder(r.Out)
	if err != nil {
		return report, fmt.Errorf("write transcripts: %w", err)
	}
	defer folder.discard()
	if err := await(ctx, func() error { return r.write(ctx, folder, report) }); err != nil {
		return &ImportReport{Transcripts: []Imported{}, Notices: []Notice{}}, err
	}
	report.Notices = SortNotices(report.Notices)
	return report, folder.publish(report)
}

// await returns when some work is done or ctx has ended, whichever is first.
func await(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// write drafts and plays several transcripts at once, and reports them in their
// order.
func (r *ImportRun) write(ctx context.Context, folder *stagedFolder, report *ImportReport) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type numbered struct {
		number int
		flow   *flow
	}
	flows := func(emit func(numbered)) error {
		for i := range r.Importer.Drafter.Len() {
			if ctx.Err() != nil {
				break
			}
			flow := r.Importer.Drafter.sorter.flows[i]
			r.Importer.Drafter.Forget(i)
			emit(numbered{i, flow})
		}
		return context.Cause(ctx)
	}
	draft := func(n numbered) Imported {
		made, text, err := r.draft(folder, n.number, n.flow)
		if err != nil {
			cancel(err)
		}
		return r.played(ctx, made, text)
	}
	err := inTurn(flows, draft, func(made Imported) {
		if ctx.Err() != nil {
			return // until the drafting has noticed
		}
		report.Notices = append(report.Notices, made.Notices...)
		if made.File == "" {
			return
		}
		report.Transcripts = append(report.Transcripts, made)
		if err := r.Report(made); err != nil {
			cancel(fmt.Errorf("report: %w", err))
		}
	})
	return cmp.Or(context.Cause(ctx), err)
}

// draft writes one transcript into the staged folder.
func (r *ImportRun) draft(folder *stagedFolder, i int, flow *flow) (Imported, [][]byte, error) {
	source := flow.source()
	head, rest := &transcript.Writer{}, &pieces{}
	drafted, about := r.Importer.Drafter.compose(flow, flow.drained(), rest.add)
	err := cmp.Or(rest.err, head.Head(drafted))
	if err == nil && (head.HoldsMarker || rest.last.HoldsMarker) {
		err = transcript.ErrMarker
	}
	if err != nil { // it holds a line that a transcript cannot
		said := &notices{all: about}
		said.leaveOut(source, "%q cannot be written down: %v", drafted.Title, err)
		return Imported{Notices: said.all}, nil, nil
	}
	text := append([][]byte{head.Bytes()}, rest.all()...)
	digits := max(3, len(fmt.Sprint(r.Importer.Drafter.Len())))
	name := fmt.Sprintf("%0*d-%s%s", digits, i+1, slug(drafted.Title), transcript.Extension)
	if err := folder.write(name, text); err != nil {
		return Imported{}, nil, err
	}
	return Imported{File: folder.name(name), Title: drafted.Title, Notices: about}, text, nil
}

// pieces are exchanges as they are written, in pieces, so that what is written
// of a large transcript is not copied while it grows.
type pieces struct {
	full [][]byte
	last transcript.Writer
	err  error
}

// pieceSize is about the size in bytes of a piece.
const pieceSize = 256 << 10

func (p *pieces) add(e transcript.Exchange) {
	p.err = cmp.Or(p.err, p.last.Exchange(e))
	if p.last.Len() >= pieceSize {
		p.full = append(p.full, bytes.Clone(p.last.Bytes()))
		p.last.Reset()
	}
}

func (p *pieces) all() [][]byte { return append(p.full, p.last.Bytes()) }

// firstPlay is what came of a transcript.
type firstPlay struct {
	play      sync.Once
	broken    error
	passed    bool
	unwritten int
}

// played plays a transcript that was written, once for all that are the same
// but for what stands above them: a play on a server of its own always ends in
// the same way.
func (r *ImportRun) played(ctx context.Context, made Imported, text [][]byte) Imported {
	if r.Play == nil || made.File == "" || ctx.Err() != nil {
		return made
	}
	whole := bytes.Join(text, nil)
	_, parts, _ := bytes.Cut(whole, []byte("\n-- "))
	known, _ := r.plays.LoadOrStore(sha256.Sum256(parts), &firstPlay{})
	first := known.(*firstPlay)
	if !r.Isolated {
		first = &firstPlay{}
	}
	first.play.Do(func() {
		first.passed, first.unwritten, first.broken = r.Play(ctx, made.File, whole)
	})
	switch made.Outcome, made.Unwritten = Differs, first.unwritten; {
	case first.broken != nil:
		made.Outcome = Unplayed
		made.Notices = append(made.Notices, Notice{Kind: Doubtful, Source: Source{File: made.File}, Reason: first.broken.Error()})
	case first.passed:
		made.Outcome = Passes
	}
	return made
}

// slug returns a title as part of a file's name.
func slug(title string) string {
	words := []rune(slugGap.ReplaceAllString(title, "-"))
	return strings.Trim(string(words[:min(len(words), 60)]), "-")
}

var slugGap = regexp.MustCompile(`[^\pL\pN]+`)
