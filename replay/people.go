package replay

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// People writes results for people: a line for each transcript, and what
// differed as a small tree. Its method Report is for Run.
type People struct {
	Writer io.Writer
	Quiet  bool // only what did not pass
}

// Report writes one result.
func (p *People) Report(r Result) error {
	var b strings.Builder
	switch {
	case r.Broken != "":
		fmt.Fprintf(&b, "BROKEN  %s\n", strings.ReplaceAll(r.Broken, "\n", "\n        "))
	case r.Skipped != "":
		fmt.Fprintf(&b, "skip    %s: %s\n", r.File, r.Skipped)
	case r.Passed():
		if !p.Quiet {
			fmt.Fprintf(&b, "ok      %s: %s%s, %s\n", r.File, counted(len(r.Exchanges), "exchange"), unwritten(r.Unwritten()), shownTime(r.Took))
		}
	default:
		failure(&b, r)
	}
	if r.Updated != "" {
		fmt.Fprintf(&b, "updated %s\n%s", r.File, r.Updated)
	}
	_, err := io.WriteString(p.Writer, b.String())
	return err
}

// End writes the summary.
func (p *People) End(s Summary) error {
	text := fmt.Sprintf("%s, %s: %d passed, %d failed, %d skipped, %d broken",
		counted(s.Transcripts, "transcript"), counted(s.Exchanges, "exchange"), s.Passed, s.Failed, s.Skipped, s.Broken)
	if s.Updated > 0 {
		text += fmt.Sprintf(", %d updated", s.Updated)
	}
	if s.Unwritten > 0 {
		text += fmt.Sprintf("\n%s passed whatever came, as no reply is written down: --update writes what comes", counted(s.Unwritten, "exchange"))
	}
	_, err := fmt.Fprintln(p.Writer, text)
	return err
}

// unwritten says how many exchanges have no expected reply.
func unwritten(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d without an expected reply", n)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func shownTime(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// failure writes what differed, exchange by exchange.
func failure(b *strings.Builder, r Result) {
	fmt.Fprintf(b, "FAIL    %s: %s\n", r.File, r.Title)
	if r.Failed != "" {
		fmt.Fprintf(b, "        %s\n", r.Failed)
	}
	for _, e := range r.Exchanges {
		if !e.Passed() {
			b.WriteString(indented(e.failure(r.File), "        "))
		}
	}
}

// failure says what differed in an exchange.
func (e ExchangeResult) failure(file string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "exchange %d", e.Number)
	if name := e.Name(); name != "" {
		fmt.Fprintf(&b, ", %s", name)
	}
	if e.Failed != "" {
		fmt.Fprintf(&b, " (%s:%d): %s\n", file, e.Line, e.Failed)
	} else {
		fmt.Fprintf(&b, ": %s (- expected, + received)\n", counted(len(e.Differences), "difference"))
	}
	b.WriteString(tree(file, e.Differences))
	if e.Sent != "" {
		fmt.Fprintf(&b, "sent:\n%s", indented(pretty(e.Sent), "    "))
	}
	if e.Received != "" {
		fmt.Fprintf(&b, "received, status %d:\n%s", e.Status, indented(pretty(e.Received), "    "))
	}
	return b.String()
}

// tree writes differences under the elements that they lie in.
func tree(file string, all []Difference) string {
	var b strings.Builder
	var before []string
	for _, d := range all {
		steps := strings.Split(d.Path, "/")
		shared := 0
		for shared < len(steps)-1 && shared < len(before) && steps[shared] == before[shared] {
			shared++
		}
		for depth := shared; depth < len(steps); depth++ {
			fmt.Fprintf(&b, "  %s%s", strings.Repeat("  ", depth), steps[depth])
			if depth == len(steps)-1 {
				fmt.Fprintf(&b, "   %s, %s:%d", d.Kind.words(), file, d.Line)
			}
			b.WriteString("\n")
		}
		inner := strings.Repeat("  ", len(steps)+1)
		if d.Kind != Unexpected {
			b.WriteString(indented(d.Want, "-"+inner))
		}
		if d.Kind != Missing {
			b.WriteString(indented(d.Got, "+"+inner))
		}
		before = steps
	}
	return b.String()
}

func (k DifferenceKind) words() string {
	switch k {
	case Missing:
		return "is missing"
	case Unexpected:
		return "was not expected"
	case OutOfOrder:
		return "is in another place"
	case NotCaptured:
		return "cannot be captured"
	case Unreadable:
		return "cannot be read"
	}
	return "differs"
}

// indented puts an indentation before each line, and ends with a line feed.
func indented(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return by + strings.Join(lines, "\n"+by) + "\n"
}

// pretty writes a document with its elements on lines of their own; what is
// none stays as it is.
func pretty(text string) string {
	doc := etree.NewDocument()
	if doc.ReadFromString(text) != nil || doc.Root() == nil {
		return text
	}
	doc.Indent(2)
	written, err := doc.WriteToString()
	if err != nil {
		return text
	}
	return written
}
