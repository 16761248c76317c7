package names

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Shown returns a text as a terminal shows it without misleading anybody. A text
// that looks like another, or that holds what cannot be seen, is quoted, with
// each character outside ASCII escaped as Go does: "\u0430lice". Such a text is
// not in NFC, or has a character that is not printable, or a word of several
// scripts, or a word whose letters all look like Latin ones (Unicode Technical
// Standard 39).
func Shown(text string) string {
	if isPlain(text) {
		return text
	}
	return fmt.Sprintf("%+q", text)
}

func isPlain(text string) bool {
	if !norm.NFC.IsNormalString(text) || strings.ContainsRune(text, unicode.ReplacementChar) {
		return false
	}
	var word []rune
	for _, r := range text {
		if r == '\n' || r == '\t' {
			word = word[:0]
			continue
		}
		if !unicode.IsPrint(r) || looksLikeSign(r) {
			return false
		}
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			word = append(word, r)
			if len(word) > 1 && !together(word[0], r) {
				return false
			}
			continue
		}
		if imitatesLatin(word) {
			return false
		}
		word = word[:0]
	}
	return !imitatesLatin(word)
}

// looksLikeSign reports whether r is a character that looks like one of ASCII and
// is none: forms of full width, signs for mathematics, fractions and divisions,
// and hyphens.
func looksLikeSign(r rune) bool {
	return r >= 0x80 && r != '…' && (norm.NFKC.String(string(r)) != string(r) && !unicode.In(r, unicode.Hangul, unicode.Arabic) ||
		strings.ContainsRune("‐‑‒−∕⁄∶։׃ǃǀ٪∗ꓸ", r))
}

// groups are the scripts that one word may have letters of. A script that is in
// none of them stands alone.
var groups = []map[string]bool{
	{"Han": true, "Hiragana": true, "Katakana": true},
	{"Han": true, "Hangul": true},
	{"Han": true, "Bopomofo": true},
}

// together reports whether letters of two scripts may stand in one word.
func together(a, b rune) bool {
	first, second := scriptOf(a), scriptOf(b)
	if first == second || first == "" || second == "" {
		return true
	}
	for _, group := range groups {
		if group[first] && group[second] {
			return true
		}
	}
	return false
}

// scriptOf returns the name of a character's script, empty for what stands in any.
func scriptOf(r rune) string {
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for _, usual := range []string{"Latin", "Cyrillic", "Greek"} {
		if unicode.Is(unicode.Scripts[usual], r) {
			return usual
		}
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// likeLatin are letters of other scripts that look like Latin ones in most
// typefaces.
const likeLatin = "" +
	"авекмнорстухѕіјԁԛԝһѵӏүғьАВЕКМНОРСТУХЅІЈԌҺԚԜѴӀҮЬЗз" + // Cyrillic
	"αικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + // Greek
	"օսհոցզԼՕՍ" // Armenian

func imitatesLatin(word []rune) bool {
	for _, r := range word {
		if !strings.ContainsRune(likeLatin, r) {
			return false
		}
	}
	return len(word) > 0
}
