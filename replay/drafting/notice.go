package drafting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Notice says what of a recording was left out of the transcripts, or what in
// them is doubtful, and where it was found.
type Notice struct {
	Kind NoticeKind `json:"kind"`
	Source
	Reason string `json:"reason"`
}

// NoticeKind says what became of the thing that a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	LeftOut  NoticeKind = "left out" // it is in no transcript
	Disabled NoticeKind = "disabled" // it is in no transcript, because whoever wrote it had switched it off
	Doubtful NoticeKind = "doubtful" // it is in a transcript, by a guess
)

// String returns FILE:LINE: REASON.
func (n Notice) String() string { return n.Source.String() + ": " + n.Reason }

// notices collects what an import has to say.
type notices struct{ all []Notice }

// leaveOut notes that something is in no transcript, and why.
func (n *notices) leaveOut(at Source, format string, values ...any) {
	n.notice(LeftOut, at, format, values...)
}

// doubt says what was guessed, and why it may be wrong.
func (n *notices) doubt(at Source, format string, values ...any) {
	n.notice(Doubtful, at, format, values...)
}

// disabled notes that something was switched off by whoever wrote it.
func (n *notices) disabled(at Source, format string, values ...any) {
	n.notice(Disabled, at, format, values...)
}

func (n *notices) notice(kind NoticeKind, at Source, format string, values ...any) {
	reason := strings.Join(strings.Fields(fmt.Sprintf(format, values...)), " ") // in one line
	n.all = append(n.all, Notice{Kind: kind, Source: at, Reason: reason})
}

// anyPasses is what is said of an exchange whose reply nobody knows.
const anyPasses = "any passes, and replay run --update writes what comes"

// SortNotices sorts notices by file and line, and drops those that say the
// same about the same place.
func SortNotices(all []Notice) []Notice {
	files := map[string]int{} // in the order in which they were met
	for _, n := range all {
		if _, met := files[n.File]; !met {
			files[n.File] = len(files)
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(files[a.File], files[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(sorted)
}
