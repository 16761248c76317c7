package replay

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"golang.org/x/tools/txtar"
)

// MaxSize is the size in bytes of the largest transcript that is read.
const MaxSize = 64 << 20

// ReadFile reads the transcript in a file.
func ReadFile(name string) (*Transcript, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxSize {
		return nil, &BrokenError{File: name, Cause: fmt.Errorf("it has %d bytes; %d are the limit", info.Size(), MaxSize)}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Parse(name, text)
}

// Parse reads a transcript. What is wrong with it is told all at once, each
// fault a *BrokenError with its line; name stands for the file.
func Parse(name string, text []byte) (*Transcript, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	archive := txtar.Parse(text)
	p := &parser{
		faults:     faults{file: name},
		transcript: &Transcript{Transcript: transcript.Transcript{File: name}, text: string(text)},
		names:      map[string]int{},
		replies:    map[transcript.Kind]map[string]compiled{transcript.XML: {}, transcript.JSON: {}, transcript.Text: {}},
	}
	p.comment(string(archive.Comment))
	line, start := 1+bytes.Count(archive.Comment, []byte("\n")), len(archive.Comment)
	for _, file := range archive.Files {
		start += strings.IndexByte(p.transcript.text[start:], '\n') + 1 // behind the marker
		p.section(section{name: file.Name, text: textOf(file, p.transcript.text[start:]), line: line})
		start += len(file.Data)
		line += 1 + bytes.Count(file.Data, []byte("\n"))
	}
	p.whole()
	if err := p.faults.err(); err != nil {
		return nil, err
	}
	return p.transcript, nil
}

// textOf returns the text of a file, of which a transcript is kept only once:
// it stands at the beginning of rest, but for the line feed that a last line
// lacks.
func textOf(file txtar.File, rest string) string {
	if len(file.Data) > len(rest) {
		return string(file.Data)
	}
	return rest[:len(file.Data)]
}

// section is a file of the archive; its marker stands in line.
type section struct {
	name string
	text string
	line int
}

// parser puts a transcript together from its sections.
type parser struct {
	faults
	transcript *Transcript
	names      map[string]int // the line of each section so far
	replies    map[transcript.Kind]map[string]compiled
	first      map[string]int // the exchange that each capture is taken from first
	header     section
	misnamed   bool // a section, so that what is missing may be there
}

func (p *parser) comment(text string) {
	title, why, _ := strings.Cut(strings.TrimSpace(text), "\n")
	p.transcript.Title, p.transcript.Why = strings.TrimSpace(title), strings.TrimSpace(why)
}

func (p *parser) section(s section) {
	if before, twice := p.names[s.name]; twice {
		p.add(s.line, "there already is a %s, in line %d", s.name, before)
		return
	}
	p.names[s.name] = s.line
	if s.name == "transcript.toml" {
		if len(p.transcript.exchanges) > 0 {
			p.add(s.line, "transcript.toml stands before the exchanges")
		}
		p.header = s
		p.all(s, decodeTOML(s.text, &p.transcript.Header)...)
		return
	}
	number, rest, _ := strings.Cut(s.name, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || number != strconv.Itoa(n) {
		p.add(s.line, "%q is no file of a transcript: there are transcript.toml and, for exchange 1, 1.toml, 1.request.xml and 1.reply.xml", s.name)
		return
	}
	e := p.exchange(n, s)
	if e == nil {
		return
	}
	what, kind, _ := strings.Cut(rest, ".")
	switch {
	case rest == "toml":
		p.options(e, s)
	case what == "request" && known(transcript.Kind(kind)):
		p.request(e, transcript.Kind(kind), s)
	case what == "reply" && known(transcript.Kind(kind)):
		p.reply(e, transcript.Kind(kind), s)
	default:
		p.misnamed = true
		p.add(s.line, "%q is no file of a transcript: of exchange %d there are %d.toml, %d.request.xml and %d.reply.xml, or .json or .txt in place of .xml", s.name, n, n, n, n)
	}
}

func known(k transcript.Kind) bool {
	return slices.Contains([]transcript.Kind{transcript.XML, transcript.JSON, transcript.Text}, k)
}

// exchange returns the exchange that a section belongs to: the last, or a new
// one with a higher number.
func (p *parser) exchange(n int, s section) *exchange {
	all := &p.transcript.exchanges
	last := len(*all) - 1
	switch {
	case last >= 0 && (*all)[last].Number == n:
		return &(*all)[last]
	case last >= 0 && (*all)[last].Number > n:
		p.add(s.line, "%s stands behind exchange %d: exchanges are in the order of their numbers", s.name, (*all)[last].Number)
		return nil
	}
	*all = append(*all, exchange{Exchange: transcript.Exchange{Number: n}})
	return &(*all)[last+1]
}

func (p *parser) options(e *exchange, s section) {
	var o transcript.ExchangeOptions
	p.all(s, decodeTOML(s.text, &o)...)
	if e.Request.Kind != "" || e.Reply.Kind != "" {
		p.add(s.line, "%s stands before the request and the reply of its exchange", s.name)
	}
	if o.Advance < 0 || o.Reply.TimeLimit < 0 {
		p.add(s.line, "%s holds a time that is negative", s.name)
	}
	statuses := o.Reply.Statuses
	if o.Reply.Status != 0 {
		statuses = append(statuses, o.Reply.Status)
	}
	for _, status := range statuses {
		if status < 200 || status > 599 {
			p.add(s.line, "%s expects status %d: it is from 200 to 599", s.name, status)
		}
	}
	e.Title, e.Advance, e.Request.RequestOptions, e.Reply.ReplyOptions = o.Title, o.Advance, o.Request, o.Reply
	e.Orders = o.Orders
	for _, order := range o.Orders {
		parsed, err := parseTemplate(order)
		if err != nil {
			p.add(s.line+lineOf(s.text, "orders"), "order %q: %w", order, err)
		}
		e.orders = append(e.orders, parsed)
	}
}

func (p *parser) request(e *exchange, kind transcript.Kind, s section) {
	if e.Request.Kind != "" || e.Reply.Kind != "" {
		p.add(s.line, "%s: an exchange has one request, before its reply", s.name)
	}
	e.Request.Kind, e.Request.Body, e.request.line = kind, s.text, s.line
	var err error
	e.request.body, err = parseTemplate(s.text)
	p.all(s, err)
}

func (p *parser) reply(e *exchange, kind transcript.Kind, s section) {
	if e.Reply.Kind != "" {
		p.add(s.line, "%s: an exchange has one reply", s.name)
	}
	e.Reply.Kind, e.Reply.Body, e.reply.line = kind, s.text, s.line
	compiled, known := p.replies[kind][s.text]
	if !known {
		compiled.body, compiled.errs = parseExpectation(kind, s.text)
		p.replies[kind][s.text] = compiled
	}
	e.reply.body = compiled.body
	p.all(s, compiled.errs...)
}

// compiled is an expectation, with what is wrong with it. It never changes, so
// that replies which are the same to the letter share it.
type compiled struct {
	body expectation
	errs []error
}

// all notes the errors of a section at their lines.
func (p *parser) all(s section, errs ...error) {
	for _, err := range errs {
		if at, ok := errors.AsType[*xmltree.LineError](err); ok {
			p.add(s.line+at.Line, "%w", at.Cause)
		} else if err != nil {
			p.add(s.line, "%s: %w", s.name, err)
		}
	}
}

// whole checks what the sections must be together.
func (p *parser) whole() {
	t := p.transcript
	if len(t.exchanges) == 0 {
		p.add(0, "it holds no exchange: a transcript is a txtar archive with files such as -- 1.request.xml --")
		return
	}
	if t.Title == "" {
		p.add(1, "the first line is the title: say what is played")
	}
	p.captures()
	p.samples()
	for i := range t.exchanges {
		p.completed(&t.exchanges[i])
		t.Exchanges = append(t.Exchanges, t.exchanges[i].Exchange)
	}
}

// captures checks the places of captures against the exchanges.
func (p *parser) captures() {
	all, wrong := parseCaptures(p.transcript.Captures)
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		p.add(p.captureLine(name), "%w", wrong[name])
	}
	numbers := map[int]bool{}
	for _, e := range p.transcript.exchanges {
		numbers[e.Number] = true
	}
	p.transcript.captures, p.first = map[int][]capture{}, map[string]int{}
	for _, c := range all {
		if !numbers[c.exchange] {
			p.add(p.captureLine(c.name), "capture %s is taken from exchange %d, which is not there", c.name, c.exchange)
		}
		p.transcript.captures[c.exchange] = append(p.transcript.captures[c.exchange], c)
		if first := p.first[c.name]; first == 0 || c.exchange < first {
			p.first[c.name] = c.exchange
		}
	}
}

func (p *parser) captureLine(name string) int {
	key := append([]string{"captures"}, strings.Split(name, ".")...)
	return p.header.line + lineOfKey(p.header.text, key)
}

// samples checks what the phones need to know of the sample.
func (p *parser) samples() {
	for _, a := range p.transcript.Authenticators {
		if err := a.Check(); err != nil {
			p.add(p.header.line+lineOf(p.header.text, a.SerialNumber), "authenticator %s: %w", a.SerialNumber, err)
		}
	}
}

// lineOf returns the line, from 1, of the first mention of a text.
func lineOf(text, mention string) int {
	return xmltree.LineAt(text, max(0, strings.Index(text, mention)))
}

// completed checks an exchange and fills in what its options leave out.
func (p *parser) completed(e *exchange) {
	line := max(e.request.line, e.reply.line)
	if line == 0 {
		line = p.names[fmt.Sprintf("%d.toml", e.Number)]
	}
	bodiless := e.Request.Method == "GET" || e.Request.Method == "HEAD" || e.Request.Door != "" && e.Request.Path != ""
	if ok, _ := regexp.MatchString(`^[A-Z]*$`, e.Request.Method); !ok {
		p.add(line, "exchange %d: the method %q is not in upper-case letters", e.Number, e.Request.Method)
	}
	if doors := transcript.DoorNames(); e.Request.Door != "" && !slices.Contains(doors, e.Request.Door) {
		p.add(line, "exchange %d: there is no door %q: leave it out for the SOAP interface, or write %s", e.Number, e.Request.Door, strings.Join(doors, " or "))
	}
	if e.Request.Kind == "" && !bodiless && !p.misnamed {
		p.add(line, "exchange %d has no request: add %d.request.xml, or the method GET in %d.toml", e.Number, e.Number, e.Number)
	}
	var err error
	if e.request.path, err = parseTemplate(e.Request.Path); err != nil {
		p.add(p.optionsLine(e), "path of exchange %d: %w", e.Number, err)
	}
	e.request.head = p.headers(e, e.Request.Headers, p.transcript.Header.Request.Headers)
	e.reply.head = p.headers(e, e.Reply.Headers, p.transcript.Header.Reply.Headers)
	p.checks(e)
	p.placeholders(e)
}

// checks compiles those of an exchange and those of all.
func (p *parser) checks(e *exchange) {
	var wrong []error
	e.reply.checks, wrong = parseChecks(p.transcript.Header.Reply, e.Reply.ReplyOptions)
	for _, err := range wrong {
		p.add(p.optionsLine(e), "exchange %d: %w", e.Number, err)
	}
}

// optionsLine returns the line of N.toml or, where there is none, of what comes
// first.
func (p *parser) optionsLine(e *exchange) int {
	return cmp.Or(p.names[fmt.Sprintf("%d.toml", e.Number)], e.request.line, e.reply.line)
}

// headers compiles those of an exchange and those of all.
func (p *parser) headers(e *exchange, own, all map[string]string) map[string]template {
	merged := maps.Clone(all)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, own)
	parsed := map[string]template{}
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		compiled, err := parseTemplate(merged[name])
		if err != nil {
			s := section{line: p.names[fmt.Sprintf("%d.toml", e.Number)]}
			if _, isOwn := own[name]; !isOwn {
				s = p.header
			}
			p.add(s.line+lineOf(s.text, name), "header %s: %w", name, err)
		}
		parsed[name] = compiled
	}
	return parsed
}

// placeholders checks that each can be filled in where it stands.
func (p *parser) placeholders(e *exchange) {
	p.body(e, e.request.body, e.request.line, e.Request.Body, false)
	for _, each := range e.orders {
		p.body(e, each, p.names[fmt.Sprintf("%d.toml", e.Number)], "", false)
	}
	p.body(e, e.request.path, p.optionsLine(e), "", false)
	for _, each := range e.request.head {
		p.body(e, each, e.request.line, "", false)
	}
	for _, each := range e.reply.body.templates() {
		p.body(e, each, e.reply.line, "", true)
	}
	for _, each := range e.reply.head {
		p.body(e, each, e.reply.line, "", true)
	}
	for _, each := range e.reply.checks.templates() {
		p.body(e, each, p.optionsLine(e), "", true)
	}
}

func (p *parser) body(e *exchange, t template, line int, text string, inReply bool) {
	for _, each := range t {
		at := line
		if text != "" {
			at += xmltree.LineAt(text, each.offset)
		}
		if each.kind.free() && !inReply {
			p.add(at, "a free value cannot be sent: %s is for replies", each.shown())
		}
		if each.kind == captured {
			p.known(e, each.text, at)
		}
		if each.kind == computed || each.kind == sealed {
			for _, name := range each.call.needs() {
				p.known(e, name, at)
			}
		}
	}
}

// known says where a value is used that was not captured before.
func (p *parser) known(e *exchange, name string, line int) {
	first := p.first[name]
	switch {
	case first == 0:
		p.add(line, "nothing is captured as %s: add it to [captures] in transcript.toml, such as %s = \"%d %s\"",
			name, name[strings.LastIndex(name, ".")+1:], max(1, e.Number-1), name[strings.LastIndex(name, ".")+1:])
	case first >= e.Number:
		p.add(line, "%s is used in exchange %d, but captured in exchange %d", name, e.Number, first)
	}
}
