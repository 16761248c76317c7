package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"

	"github.com/BurntSushi/toml"
	"golang.org/x/tools/txtar"
)

// Format writes a transcript, so that replay.Parse reads the same one. The error names what cannot be written down.
func Format(t *Transcript) ([]byte, error) {
	out := &Writer{}
	out.Grow(t.size())
	if err := out.Head(t); err != nil {
		return nil, err
	}
	for _, e := range t.Exchanges {
		if err := out.Exchange(e); err != nil {
			return nil, err
		}
	}
	if out.HoldsMarker {
		return nil, ErrMarker
	}
	return out.Bytes(), nil
}

// size estimates how many bytes a transcript takes, so that a large one is not
// copied while it grows.
func (t *Transcript) size() int {
	const aroundBodies = 256 // names, and the options of an exchange
	size := len(t.Title) + len(t.Why) + 1<<10
	for _, e := range t.Exchanges {
		size += len(e.Request.Body) + len(e.Reply.Body) + aroundBodies
	}
	return size
}

// Writer writes a transcript piece by piece, as a txtar archive.
type Writer struct {
	bytes.Buffer
	HoldsMarker bool // a text in it would be read as the marker of a file
}

// Head writes what stands before the exchanges of a transcript.
func (w *Writer) Head(t *Transcript) error {
	w.comment(t.Title + "\n")
	if t.Why != "" {
		w.comment("\n" + t.Why + "\n")
	}
	header, err := encodeTOML(t.Header)
	if err != nil {
		return err
	}
	if len(header) > 0 {
		w.file("transcript.toml", header)
	}
	return nil
}

// Exchange writes the files of an exchange.
func (w *Writer) Exchange(e Exchange) error {
	options, err := encodeTOML(ExchangeOptions{Title: e.Title, Advance: e.Advance, Orders: e.Orders, Request: e.Request.RequestOptions, Reply: e.Reply.ReplyOptions})
	if err != nil {
		return err
	}
	if len(options) > 0 {
		w.file(fmt.Sprintf("%d.toml", e.Number), options)
	}
	if e.Request.Kind != "" {
		w.file(fmt.Sprintf("%d.request.%s", e.Number, e.Request.Kind), e.Request.Body)
	}
	if e.Reply.Kind != "" {
		w.file(fmt.Sprintf("%d.reply.%s", e.Number, e.Reply.Kind), e.Reply.Body)
	}
	return nil
}

// comment adds lines to what stands before the files.
func (w *Writer) comment(text string) {
	w.HoldsMarker = w.HoldsMarker || holdsMarker(text)
	w.WriteString(text)
}

// file adds a file, whose last line is ended.
func (w *Writer) file(name, text string) {
	w.HoldsMarker = w.HoldsMarker || holdsMarker(text)
	fmt.Fprintf(w, "-- %s --\n%s", name, text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		w.WriteByte('\n')
	}
}

// holdsMarker reports whether a line of a text would be read as the marker of a
// file.
func holdsMarker(text string) bool {
	return (strings.HasPrefix(text, "-- ") || strings.Contains(text, "\n-- ")) && len(txtar.Parse([]byte(text)).Files) > 0
}

func encodeTOML(v any) (string, error) {
	var out bytes.Buffer
	encoder := toml.NewEncoder(&out)
	encoder.Indent = ""
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("write TOML: %w", err)
	}
	return withoutEmptyTables(out.String()), nil
}

// withoutEmptyTables drops the headings of tables that hold nothing.
func withoutEmptyTables(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	var kept []string // from the last line to the first
	next := ""        // the line below that is not blank
	for _, line := range slices.Backward(lines) {
		inner := strings.TrimSuffix(line, "]") + "."
		heading := strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "[[")
		if !heading || next != "" && (!strings.HasPrefix(next, "[") || strings.HasPrefix(next, inner)) {
			kept = append(kept, line)
		}
		if strings.TrimSpace(line) != "" {
			next = strings.TrimSpace(line)
		}
	}
	slices.Reverse(kept)
	trimmed := strings.Trim(strings.Join(kept, "\n"), "\n")
	if trimmed == "" {
		return ""
	}
	return trimmed + "\n"
}

// ErrMarker says that a body cannot be written, as one of its lines would end it.
var ErrMarker = errors.New("a line of a body looks like -- NAME --, which a transcript cannot hold")

// Literal writes a text so that it stands for itself in a request or a reply.
func Literal(text string) string { return strings.ReplaceAll(text, "{{", `{{"{{"}}`) }

// LiteralJSON returns a value whose strings stand for themselves in a reply.
func LiteralJSON(v *jsontree.Value) *jsontree.Value {
	out := *v
	if v.Kind == '"' && strings.Contains(v.Text, "{{") {
		out.Raw = jsontree.Quoted("{{" + strconv.Quote(v.Text) + "}}")
	}
	out.Members, out.Items = make(map[string]*jsontree.Value), nil
	for _, name := range v.Names {
		out.Members[name] = LiteralJSON(v.Members[name])
	}
	for _, item := range v.Items {
		out.Items = append(out.Items, LiteralJSON(item))
	}
	return &out
}
