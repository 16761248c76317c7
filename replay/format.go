package replay

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"golang.org/x/tools/txtar"
)

// Format writes a transcript from its exported fields: what Parse of it reads
// is the same transcript. The error names what cannot be written down.
func Format(t *Transcript) ([]byte, error) {
	archive := &txtar.Archive{Comment: []byte(t.Title + "\n")}
	if t.Why != "" {
		archive.Comment = append(archive.Comment, "\n"+t.Why+"\n"...)
	}
	header, err := encodeTOML(t.Header)
	if err != nil {
		return nil, err
	}
	if len(header) > 0 {
		archive.Files = append(archive.Files, txtar.File{Name: "transcript.toml", Data: header})
	}
	for _, e := range t.Exchanges {
		files, err := e.files()
		if err != nil {
			return nil, err
		}
		archive.Files = append(archive.Files, files...)
	}
	return txtar.Format(archive), checkArchive(archive)
}

func (e Exchange) files() ([]txtar.File, error) {
	var files []txtar.File
	options, err := encodeTOML(exchangeOptions{Title: e.Title, Advance: e.Advance, Orders: e.Orders, Request: e.Request.RequestOptions, Reply: e.Reply.ReplyOptions})
	if err != nil {
		return nil, err
	}
	if len(options) > 0 {
		files = append(files, txtar.File{Name: fmt.Sprintf("%d.toml", e.Number), Data: options})
	}
	if e.Request.Kind != "" {
		files = append(files, txtar.File{Name: fmt.Sprintf("%d.request.%s", e.Number, e.Request.Kind), Data: []byte(e.Request.Body)})
	}
	if e.Reply.Kind != "" {
		files = append(files, txtar.File{Name: fmt.Sprintf("%d.reply.%s", e.Number, e.Reply.Kind), Data: []byte(e.Reply.Body)})
	}
	return files, nil
}

func encodeTOML(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := toml.NewEncoder(&out)
	encoder.Indent = ""
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("write TOML: %w", err)
	}
	return []byte(withoutEmptyTables(out.String())), nil
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

// checkArchive refuses texts that would be read as markers of files.
func checkArchive(archive *txtar.Archive) error {
	if again := txtar.Parse(txtar.Format(archive)); len(again.Files) != len(archive.Files) {
		return errMarker
	}
	return nil
}

const errMarker templateError = "a line of a body looks like -- NAME --, which a transcript cannot hold"

// Literal writes a text so that it stands for itself in a request or a reply.
func Literal(text string) string { return strings.ReplaceAll(text, "{{", `{{"{{"}}`) }
