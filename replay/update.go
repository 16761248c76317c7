package replay

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"
)

// update writes what came into the transcript's file where an expectation
// failed, and returns the transcript as it is then and what was changed.
func update(t *Transcript, r Result) (*Transcript, string, error) {
	archive := txtar.Parse([]byte(t.text))
	for i, result := range r.Exchanges { // they are as far as the play came
		if result.Passed() && !result.Unwritten {
			continue
		}
		if result.Unwritten {
			writeReply(archive, t, &t.exchanges[i], result)
			continue
		}
		updateReply(archive, t, &t.exchanges[i], result)
		updateOptions(archive, &t.exchanges[i], result)
	}
	shown := changed(t, archive)
	if shown == "" {
		return t, "", nil
	}
	text := txtar.Format(archive)
	updated, err := Parse(t.File, text)
	if err != nil {
		return t, "", fmt.Errorf("the update would break the transcript, which stays as it was: %w", err)
	}
	if err := replaceFile(t.File, text); err != nil {
		return t, "", fmt.Errorf("update %s: %w", t.File, err)
	}
	return updated, shown, nil
}

// changed shows what an update makes of each file of a transcript.
func changed(t *Transcript, archive *txtar.Archive) string {
	before := txtar.Parse([]byte(t.text))
	var shown strings.Builder
	for _, file := range archive.Files {
		var old []byte
		if found := sectionNamed(before, file.Name); found != nil {
			old = found.Data
		}
		shown.Write(diff.Diff(t.File+" "+file.Name, old, t.File+" "+file.Name, file.Data))
	}
	return shown.String()
}

// updateReply mends the reply of an exchange.
func updateReply(archive *txtar.Archive, t *Transcript, e *exchange, result ExchangeResult) {
	file := sectionNamed(archive, fmt.Sprintf("%d.reply.%s", e.Number, e.Reply.Kind))
	if file == nil {
		return // of what is expected, only what N.toml says is written
	}
	if e.Reply.Kind == transcript.Text {
		for _, d := range result.Differences {
			if d.Path == "text" {
				file.Data = []byte(transcript.Literal(d.Got) + "\n")
			}
		}
		return
	}
	if e.Reply.Kind == transcript.JSON {
		if got, err := jsontree.Read(result.Received); err == nil {
			differ := make(map[string]bool)
			for _, d := range result.Differences {
				differ[d.Path] = true
			}
			file.Data = []byte(mended(e.reply.body.json.Value, got, "", differ).Indented() + "\n")
		}
		return
	}
	file.Data = []byte(edited(string(file.Data), result.Differences, func(n *xmltree.Node) bool { return t.takes(e, n) }))
}

// writeReply writes the reply of an exchange that has none yet behind its
// request.
func writeReply(archive *txtar.Archive, t *Transcript, e *exchange, result ExchangeResult) {
	if result.Failed != "" {
		return
	}
	file, usual := txtar.File{Name: fmt.Sprintf("%d.reply.txt", e.Number), Data: []byte(transcript.Literal(result.Received) + "\n")}, 200
	if value, err := jsontree.Read(result.Received); err == nil {
		file = txtar.File{Name: fmt.Sprintf("%d.reply.json", e.Number), Data: []byte(expectingJSON(value, t.captured(e)).Indented() + "\n")}
	} else if _, root, err := xmltree.Read([]byte(result.Received)); err == nil {
		file = txtar.File{Name: fmt.Sprintf("%d.reply.xml", e.Number), Data: []byte(expecting(root, func(n *xmltree.Node) bool { return t.takes(e, n) }))}
		if expected, wrong := parseExpectation(transcript.XML, string(file.Data)); wrong == nil && expected.fault() {
			usual = 500
		}
	}
	last := 0
	for i, each := range archive.Files {
		if strings.HasPrefix(each.Name, fmt.Sprintf("%d.", e.Number)) {
			last = i + 1
		}
	}
	archive.Files = slices.Insert(archive.Files, last, file)
	if result.Status != usual {
		setOption(archive, e, "status", strconv.Itoa(result.Status))
	}
}

// updateOptions mends the status and the headers in N.toml.
func updateOptions(archive *txtar.Archive, e *exchange, result ExchangeResult) {
	for _, d := range result.Differences {
		header, isHeader := strings.CutPrefix(d.Path, "header ")
		path, isValue := strings.CutPrefix(d.Path, "value ")
		var key, value string
		switch {
		case d.Path == "status":
			key, value = "status", d.Got
		case isHeader:
			key, value = "headers."+strconv.Quote(header), strconv.Quote(transcript.Literal(d.Got))
		case isValue && d.Got != noElement:
			key, value = "values."+strconv.Quote(path), strconv.Quote(transcript.Literal(d.Got))
		default:
			continue
		}
		setOption(archive, e, key, value)
	}
}

// setOption sets a key of the table reply in N.toml, which may not be there
// yet.
func setOption(archive *txtar.Archive, e *exchange, key, value string) {
	name := fmt.Sprintf("%d.toml", e.Number)
	file := sectionNamed(archive, name)
	if file == nil {
		i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, fmt.Sprintf("%d.", e.Number)) })
		archive.Files = slices.Insert(archive.Files, i, txtar.File{Name: name})
		file = &archive.Files[i]
	}
	file.Data = setReplyKey(file.Data, key, value)
}

func sectionNamed(archive *txtar.Archive, name string) *txtar.File {
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			return &archive.Files[i]
		}
	}
	return nil
}

// setReplyKey sets a key in the table reply of N.toml, in its line if it has
// one.
func setReplyKey(text []byte, key, value string) []byte {
	last := key[strings.LastIndex(key, ".")+1:]
	bare := regexp.QuoteMeta(strings.Trim(last, `"`))
	table := regexp.MustCompile(`(?m)^\[reply[\].]`).FindIndex(text)
	if table != nil {
		line := regexp.MustCompile(`(["']?` + bare + `["']?\s*=\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[0-9]+)`)
		if at := line.FindSubmatchIndex(text[table[0]:]); at != nil {
			return slices.Concat(text[:table[0]+at[4]], []byte(value), text[table[0]+at[5]:])
		}
	}
	set := key + " = " + value + "\n"
	if heading := regexp.MustCompile(`(?m)^\[reply\][^\n]*\n`).FindIndex(text); heading != nil {
		return slices.Concat(text[:heading[1]], []byte(set), text[heading[1]:])
	}
	if len(text) > 0 {
		set = "\n[reply]\n" + set
	} else {
		set = "[reply]\n" + set
	}
	return slices.Concat(text, []byte(set))
}

// replaceFile writes a file anew, with its mode.
func replaceFile(name string, text []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return atomicfile.Write(name, text, info.Mode().Perm())
}

// captured returns the names of members that are captured from a reply.
func (t *Transcript) captured(e *exchange) map[string]bool {
	names := make(map[string]bool)
	for _, c := range t.captures[e.Number] {
		name, _, _ := strings.Cut(c.path[strings.LastIndex(c.path, "/")+1:], "[")
		names[name] = true
	}
	return names
}

// takes says whether an element of a reply is one that is captured.
func (t *Transcript) takes(e *exchange, n *xmltree.Node) bool {
	return slices.ContainsFunc(t.captures[e.Number], func(c capture) bool {
		last := c.path[strings.LastIndex(c.path, "/")+1:]
		name, _, _ := strings.Cut(last, "[")
		return name == n.Name.Local && !n.HoldsElements() && name != "value"
	})
}
