package replay

import (
	"strconv"
	"strings"
	"unicode"
)

// word is a word of a placeholder.
type word struct {
	kind wordKind
	text string // without quotes or slashes
}

type wordKind int

const (
	bare wordKind = iota
	quote
	regex
	bar
)

// lexer reads the words of one placeholder.
type lexer struct {
	text string
	at   int
}

// words reads up to the closing braces and past them.
func (l *lexer) words() ([]word, error) {
	var words []word
	for {
		l.at += len(l.rest()) - len(strings.TrimLeft(l.rest(), " \t"))
		rest := l.rest()
		switch {
		case strings.HasPrefix(rest, "}}"):
			l.at += len("}}")
			return words, nil
		case rest == "" || rest[0] == '\n' || rest[0] == '\r':
			return nil, errUnclosed
		case rest[0] == '|':
			words = append(words, word{kind: bar})
			l.at++
		case rest[0] == '"':
			w, err := l.quote()
			if err != nil {
				return nil, err
			}
			words = append(words, w)
		case rest[0] == '/':
			w, err := l.regex()
			if err != nil {
				return nil, err
			}
			words = append(words, w)
		default:
			end := strings.IndexFunc(rest, func(r rune) bool { return strings.ContainsRune(` |"/{}<>&`, r) || unicode.IsSpace(r) })
			if end <= 0 {
				return nil, errUnclosed
			}
			words = append(words, word{kind: bare, text: rest[:end]})
			l.at += end
		}
	}
}

func (l *lexer) rest() string { return l.text[l.at:] }

func (l *lexer) quote() (word, error) {
	quoted, err := strconv.QuotedPrefix(l.rest())
	if err != nil {
		return word{}, errQuote
	}
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return word{}, errQuote
	}
	l.at += len(quoted)
	return word{kind: quote, text: text}, nil
}

// regex reads up to the first slash that has no backslash before it.
func (l *lexer) regex() (word, error) {
	rest := l.rest()
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case '/':
			l.at += i + 1
			return word{kind: regex, text: strings.ReplaceAll(rest[1:i], `\/`, "/")}, nil
		}
	}
	return word{}, errRegex
}

// isCaptureName says whether a word can be the name of a capture: letters,
// digits, - and _, a letter first, perhaps behind the name of a phone and a
// dot.
func isCaptureName(s string) bool {
	phone, name, found := strings.Cut(s, ".")
	return isName(phone) && (!found || isName(name))
}

func isName(s string) bool {
	for i, r := range s {
		letter := 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		inside := '0' <= r && r <= '9' || r == '-' || r == '_'
		if !letter && (i == 0 || !inside) {
			return false
		}
	}
	return s != ""
}
