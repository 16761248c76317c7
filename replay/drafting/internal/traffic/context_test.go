package traffic

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The expressions that the functions on bytes stand for: they are read once for
// each message, and expressions took a third of the time of an import.
var (
	keyedForm     = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_. -]{0,40}?)["']?\s*[:=]\s*["'{\[(]*([A-Za-z0-9][A-Za-z0-9:./+_-]*)`)
	uuidWord      = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	exchangeForm  = regexp.MustCompile(`(?:exchange|correlation|corr|request|req|message|msg|trace|transaction|txn|trx|tx|conversation|activity|call|invocation|flow|session|connection|conn)(?:id|uuid|guid|key|no|nr|number)$|^(?:id|cid|rid|xid|tid|uuid|guid|seq|mdc)$`)
	bracketForm   = regexp.MustCompile(`[\[(]([^\[\]()]+)[\])]`)
	numberForm    = regexp.MustCompile(`[0-9a-fA-F-]{6,}|[0-9]+`)
	requestForm   = regexp.MustCompile(`(?i)for request\s*[\[:(]?\s*$`)
	recordsForm   = regexp.MustCompile(`(?m)` + recordStart.String())
	plainTagsForm = regexp.MustCompile(`(<)(/)?((?:[A-Za-z_][A-Za-z0-9_.-]*:)?)Envelope$`)
)

// textOf draws a text of pieces that matter.
func textOf(t *rapid.T, pieces ...string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(t, "text"), "")
}

func TestContextOfExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := textOf(t, "a", "Id", "exchange", " ", "_", ".", "-", `"`, "'", ":", "=", "\n", "\t", "[", "(", "]", ")", "{", "7", "ff", "é", "x.y",
			"corr", strings.Repeat("k", 40), "0a1b2c3d-0000-1111-2222-333344445555", "INFO", "2026-01-02", "12:13:14", "for request")
		var pairs, want [][2]string
		for from := 0; ; {
			key, value, end := pair(text, from)
			if end < 0 {
				break
			}
			pairs, from = append(pairs, [2]string{key, value}), end
		}
		for _, found := range keyedForm.FindAllStringSubmatch(text, -1) {
			want = append(want, [2]string{found[1], found[2]})
		}
		same(t, "pairs", text, pairs, want)
		same(t, "UUIDs", text, uuids(text), uuidWord.FindAllString(text, -1))
		var brackets []string
		for _, found := range bracketForm.FindAllStringSubmatch(text, -1) {
			brackets = append(brackets, strings.TrimSpace(found[1]))
		}
		same(t, "brackets", text, bracketed(text), brackets)
		same(t, "numbers", text, withoutNumbers(text), numberForm.ReplaceAllString(text, "0"))
		same(t, "for request", text, endsForRequest(text), requestForm.MatchString(text))
		record := text
		if starts := recordsForm.FindAllStringIndex(text, -1); len(starts) > 0 {
			record = text[starts[len(starts)-1][0]:]
		}
		same(t, "record", text, strings.TrimSpace(Message{Before: text}.record()), strings.TrimSpace(record))
	})
}

// Threads are found in the parts of a text that hold what a name of one does.
func TestThreadsOfExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := textOf(t, "http", "nio", "exec", "-", "8080", " ", "pool", "thread", "#", "3", "é", ":", "$", ".", "worker_", "\n", "w", "main")
		var want []string
		for _, found := range threadInside.FindAllString(text, -1) {
			want = append(want, strings.TrimSpace(found))
		}
		same(t, "threads", text, threads(text), want)
	})
}

func TestNamesOfExchanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := textOf(t, "exchange", "corr", "request", "id", "uuid", "no", "number", "key", "x", "conn", "ection", "mdc", "seq", "c", "r")
		want := ""
		if exchangeForm.MatchString(name) {
			want = name
		}
		same(t, "name", name, exchangeName(name), want)
	})
}

func TestTagsOfExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := textOf(t, "<", "/", "e", ":", "E-1", "_", "9", " ", "&lt;", `\u003c`, "Envelope", ">") + "Envelope"
		got, ok := tagAt([]byte(text), len(text))
		m := plainTagsForm.FindStringSubmatchIndex(text)
		if m == nil {
			if ok && got.form == plain {
				t.Errorf("%q is a plain tag: %+v", text, got)
			}
			return
		}
		same(t, "tag", text, got, tag{start: m[0], end: len(text), closes: m[4] >= 0, prefix: text[m[6]:m[7]]})
	})
}

func same[T any](t *rapid.T, what, text string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(tag{})); d != "" && !bothEmpty(got, want) {
		t.Errorf("%s of %q (-expression +function):\n%s", what, text, d)
	}
}

// bothEmpty reports whether two lists hold nothing, nil or not.
func bothEmpty(a, b any) bool {
	one, isList := a.([]string)
	other, _ := b.([]string)
	return isList && slices.Equal(one, other)
}
