package drafting

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// opening is what the first bytes of a file say about its kind.
type opening struct {
	base string // of the name, in lower case
	raw  []byte // the first bytes, startSize at most
	text []byte // the same in UTF-8

	root    xml.Name        // of the first element, if the file is XML; else empty
	attrs   []string        // the names of its attributes
	members map[string]byte // of the object of JSON that the file begins with: the first character of each value
	list    bool            // the object stands in a list
	lines   bool            // another object follows it
}

// starts reports whether a file begins with bytes, of which there are some to
// choose from.
func (b *opening) starts(with ...string) bool {
	return slices.ContainsFunc(with, func(each string) bool { return bytes.HasPrefix(b.raw, []byte(each)) })
}

// has reports whether the object of JSON that a file begins with has a member
// whose value begins with a character; 0: with any.
func (b *opening) has(member string, kind byte) bool {
	value, there := b.members[member]
	if kind == '0' {
		return there && (value == '-' || value >= '0' && value <= '9')
	}
	return there && (kind == 0 || value == kind)
}

// mitmproxyFlow is how a file with flows of mitmproxy begins.
var mitmproxyFlow = regexp.MustCompile(`^[0-9]+:[0-9]+:[a-z_]+;[0-9]+:`)

// hexDump is how packets or a stream begin that Wireshark has written in hex.
var hexDump = regexp.MustCompile(`^0000(?:0000)?[ \t]{1,3}(?:[0-9A-Fa-f]{2} {1,2}){8}`)

// startSize is how many bytes of a file are looked at.
const startSize = 64 << 10

// begin looks at the beginning of a file.
func (i *Importer) begin(ctx context.Context, in *input) (*opening, error) {
	opened, err := i.open(ctx, in)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	b := &opening{base: strings.ToLower(filepath.Base(in.name)), raw: make([]byte, startSize)}
	n, err := io.ReadFull(opened, b.raw)
	_, damaged := errors.AsType[*damagedError](err)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !(damaged && n > 0) {
		return nil, err
	}
	b.raw = b.raw[:n]
	text, err := encodings.NewReader(bytes.NewReader(b.raw))
	if err == nil {
		b.text, _ = io.ReadAll(text) // the last character may be cut
		b.text = bytes.TrimLeft(b.text, " \t\r\n")
	}
	switch {
	case bytes.HasPrefix(b.text, []byte("<")):
		err = i.lookInto(ctx, in, b.element)
	case bytes.HasPrefix(b.text, []byte("{")), bytes.HasPrefix(b.text, []byte("[")):
		err = i.lookInto(ctx, in, b.object)
	default:
		return b, nil
	}
	return b, err
}

// lookInto reads the text of a file as far as look does.
func (i *Importer) lookInto(ctx context.Context, in *input, look func(io.Reader)) error {
	text, err := i.openText(ctx, in)
	if _, damaged := errors.AsType[*damagedError](err); damaged {
		return nil // whoever reads the file says so
	}
	if err != nil {
		return err
	}
	look(io.LimitReader(text, maxWhole))
	return errors.Join(context.Cause(ctx), text.Close())
}

// element reads up to the first element of XML.
func (b *opening) element(text io.Reader) {
	decoder := xml.NewDecoder(text)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		token, err := decoder.Token()
		if err != nil {
			return
		}
		if start, ok := token.(xml.StartElement); ok {
			b.root = start.Name
			for _, a := range start.Attr {
				b.attrs = append(b.attrs, a.Name.Local)
			}
			return
		}
	}
}

// telling are the members that tell what an object of JSON is. What stands
// behind the first of them is not looked at.
var telling = []string{"log", "mappings", "requests", "serveEvents", "collections", "item", "info", "_postman_id"}

// object reads the first object of JSON up to a telling member.
func (b *opening) object(text io.Reader) {
	decoder := json.NewDecoder(text)
	token, err := decoder.Token()
	if token == json.Delim('[') {
		b.list = true
		token, err = decoder.Token()
	}
	if err != nil || token != json.Delim('{') {
		return
	}
	members := map[string]byte{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return
		}
		key, _ := name.(string)
		if slices.Contains(telling, key) {
			value, _ := decoder.Token()
			members[key] = kindOf(value)
			b.members = members
			return
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return
		}
		members[key] = value[0]
	}
	if _, err := decoder.Token(); err != nil {
		return
	}
	b.members = members
	b.lines = !b.list && decoder.More()
}

// kindOf returns the first character of a value of JSON by its first token.
func kindOf(token json.Token) byte {
	switch t := token.(type) {
	case json.Delim:
		return byte(t)
	case string:
		return '"'
	}
	return '0'
}

// read finds out what a file is and reads it.
func (i *Importer) read(ctx context.Context, in *input) error {
	b, err := i.begin(ctx, in)
	if err == nil && len(b.raw) == 0 {
		i.leaveOut(Source{File: in.name}, "the file is empty")
		return nil
	}
	if err == nil {
		all := formats()
		at := slices.IndexFunc(all, func(f format) bool { return f.is(b) })
		if f := all[at]; f.read != nil {
			before := i.found()
			err = f.read(i, ctx, in)
			if err == nil && i.found() == before {
				i.leaveOut(Source{File: in.name}, "%s without anything in it", f.name)
			}
		} else {
			i.leaveOut(Source{File: in.name}, "it is %s, which is not read: %s", f.name, f.instead)
		}
	}
	if damaged, ok := errors.AsType[*damagedError](err); ok && ctx.Err() == nil {
		i.leaveOut(Source{File: in.name}, "%v", damaged)
		return nil
	}
	return err
}

// found counts what was found so far: exchanges, messages, and what there is to
// say.
func (i *Importer) found() int { return i.Drafter.taken + len(i.raw) + len(i.decided) + len(i.all) }

// readSoapUI reads a project of SoapUI, and the whole of a composite project
// that the file is a part of.
func (i *Importer) readSoapUI(ctx context.Context, in *input) error {
	if dir := filepath.Dir(in.name); in.archive == nil && filepath.Base(in.name) == soapui.Settings && soapui.IsFolder(os.DirFS(dir)) {
		return i.soapUIFolder(ctx, os.DirFS(dir), dir)
	}
	text, err := i.whole(ctx, in)
	if err != nil {
		return err
	}
	return i.soapUI(ctx, in.name, text)
}
