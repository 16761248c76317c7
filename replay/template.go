package replay

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// template is a text with placeholders, taken apart.
type template []part

// part is a piece of a template.
type part struct {
	kind   partKind
	text   string   // of a literal or a pattern; the name of a capture
	call   call     // of a computed value
	accept []string // of one of several
	low    string   // of a range, in decimal; empty: open
	high   string
	expr   *regexp.Regexp // of a pattern, for a whole value
	sealed *part          // what the text of an encrypted item must fit
	offset int            // of the placeholder in the text
}

type partKind int

const (
	literal  partKind = iota // text as it stands
	quoted                   // {{"text"}}
	captured                 // {{name}}
	computed                 // {{otp SERIAL}}
	anyText                  // {{any}}
	anything                 // {{...}}
	pattern                  // {{/re/}}
	number                   // {{1..9}}
	several                  // {{a|b}}
	sealed                   // {{sealed ...}}
)

// free says that a part is for replies alone.
func (k partKind) free() bool { return k >= anyText }

// parseTemplate takes a text apart. The error is a *xmltree.LineError.
func parseTemplate(text string) (template, error) {
	var parsed template
	for at := 0; at < len(text); {
		open := strings.Index(text[at:], "{{")
		if open < 0 {
			return append(parsed, part{kind: literal, text: text[at:], offset: at}), nil
		}
		if open > 0 {
			parsed = append(parsed, part{kind: literal, text: text[at : at+open], offset: at})
		}
		p, length, err := parsePlaceholder(text[at+open:])
		if err != nil {
			return nil, &xmltree.LineError{Line: xmltree.LineAt(text, at+open), Cause: err}
		}
		p.offset = at + open
		parsed = append(parsed, p)
		at += open + length
	}
	return parsed, nil
}

// parsePlaceholder reads the placeholder that a text begins with and returns
// its length.
func parsePlaceholder(text string) (part, int, error) {
	l := &lexer{text: text, at: len("{{")}
	words, err := l.words()
	if err != nil {
		return part{}, 0, err
	}
	p, err := parsePart(words)
	if err != nil {
		return part{}, 0, fmt.Errorf("placeholder %s: %w", text[:l.at], err)
	}
	return p, l.at, nil
}

// parsePart understands the words of a placeholder.
func parsePart(words []word) (part, error) {
	if len(words) == 0 {
		return part{}, errEmptyPlaceholder
	}
	first := words[0]
	switch {
	case len(words) > 1 && words[1].kind == bar:
		return parseSeveral(words)
	case first.kind == bare && first.text == "sealed":
		return parseSealed(words[1:])
	case first.kind == bare && isCall(first.text):
		return parseCall(words)
	case len(words) > 1:
		return part{}, fmt.Errorf("it has %d words; computed values begin with one of %s, and words with spaces stand in quotes",
			len(words), strings.Join(callNames(), ", "))
	}
	return parseWord(first)
}

func parseWord(w word) (part, error) {
	switch {
	case w.kind == quote:
		return part{kind: quoted, text: w.text}, nil
	case w.kind == regex:
		if _, err := regexp.Compile(w.text); err != nil {
			return part{}, fmt.Errorf("regular expression: %w", err)
		}
		p := part{kind: pattern, text: w.text}
		p.expr = regexp.MustCompile(`\A` + p.expression() + `\z`)
		return p, nil
	case w.kind == bar:
		return part{}, errLooseBar
	case w.text == "any":
		return part{kind: anyText}, nil
	case w.text == "...":
		return part{kind: anything}, nil
	case strings.Contains(w.text, ".."):
		return parseRange(w.text)
	case isCaptureName(w.text):
		return part{kind: captured, text: w.text}, nil
	}
	return part{}, fmt.Errorf("%q is not the name of a capture: letters, digits, - and _, a letter first", w.text)
}

// parseRange reads LOW..HIGH, either of which may be missing.
func parseRange(text string) (part, error) {
	low, high, _ := strings.Cut(text, "..")
	for _, bound := range []string{low, high} {
		if bound == "" {
			continue
		}
		if _, err := strconv.ParseInt(bound, 10, 64); err != nil {
			return part{}, fmt.Errorf("%q is not a range of whole numbers such as 1..9", text)
		}
	}
	if low != "" && high != "" {
		l, _ := strconv.ParseInt(low, 10, 64)
		h, _ := strconv.ParseInt(high, 10, 64)
		if l > h {
			return part{}, fmt.Errorf("the range %s is empty", text)
		}
	}
	return part{kind: number, low: low, high: high}, nil
}

func parseSeveral(words []word) (part, error) {
	p := part{kind: several}
	for i, w := range words {
		switch isBar := w.kind == bar; {
		case isBar != (i%2 == 1) || isBar && i == len(words)-1:
			return p, errLooseBar
		case isBar:
		case w.kind == regex:
			return p, errRegexAmongSeveral
		default:
			p.accept = append(p.accept, w.text)
		}
	}
	return p, nil
}

// parseSealed reads what follows the word sealed: what the text must fit, and
// a phone.
func parseSealed(words []word) (part, error) {
	p := part{kind: sealed, call: call{name: "sealed"}}
	if len(words) == 2 && words[1].kind == bare {
		p.call.phone = words[1].text
		words = words[:1]
	}
	if len(words) != 1 {
		return p, errSealed
	}
	inner, err := parseWord(words[0])
	if err != nil {
		return p, err
	}
	if inner.kind != quoted && inner.kind != pattern && inner.kind != anyText {
		return p, errSealed
	}
	p.sealed = &inner
	return p, nil
}

// templateError is a mistake in a placeholder, in constant words.
type templateError string

func (e templateError) Error() string { return string(e) }

const (
	errEmptyPlaceholder  templateError = `it is empty; two braces that are meant are written {{"{{"}}`
	errUnclosed          templateError = `a placeholder is not closed by }}; two braces that are meant are written {{"{{"}}`
	errQuote             templateError = "a text in quotes does not end on its line, or has an escape that Go does not know"
	errRegex             templateError = "a regular expression does not end on its line; a slash in it is written \\/"
	errLooseBar          templateError = "| stands between two texts, as in {{a|b}}"
	errRegexAmongSeveral templateError = "a regular expression has alternatives of its own: {{/a|b/}}"
	errSealed            templateError = `sealed takes a text in quotes, a /regular expression/ or any, and then a phone: {{sealed "000"}}`
)

// shown returns a placeholder as a message names it.
func (p part) shown() string {
	switch p.kind {
	case anyText:
		return "{{any}}"
	case anything:
		return "{{...}}"
	case pattern:
		return "{{/" + p.text + "/}}"
	case number:
		return "{{" + p.low + ".." + p.high + "}}"
	case several:
		return "{{" + strings.Join(p.accept, "|") + "}}"
	case sealed:
		return "{{sealed " + strings.Trim(p.sealed.shown(), "{}") + "}}"
	case quoted:
		return "{{" + strconv.Quote(p.text) + "}}"
	case captured:
		return "{{" + p.text + "}}"
	case computed:
		return "{{" + p.call.name + "}}"
	}
	return p.text
}
