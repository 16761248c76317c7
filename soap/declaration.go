package soap

import "bytes"

// declaration is an XML declaration (XML 1.0, production 23).
type declaration struct {
	length            int // in bytes, 0: there is none
	version, encoding string
}

// readDeclaration reads the declaration that a text begins with, if any.
func readDeclaration(text []byte) (d declaration, ok bool) {
	if !bytes.HasPrefix(text, []byte("<?xml")) || len(text) < 6 || !isSpace(text[5]) {
		return d, true
	}
	end := bytes.Index(text, []byte("?>"))
	if end < 0 {
		return d, false
	}
	d.length = end + len("?>")
	names := []string{"version", "encoding", "standalone"}
	for rest := bytes.TrimSpace(text[5:end]); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		var name, value string
		if name, value, rest, ok = readPair(rest); !ok {
			return d, false
		}
		for len(names) > 0 && names[0] != name {
			names = names[1:]
		}
		if len(names) == 0 {
			return d, false // of no such name, or out of order
		}
		names = names[1:]
		switch name {
		case "version":
			d.version = value
		case "encoding":
			d.encoding = value
		}
	}
	return d, d.version != ""
}

// readPair reads name="value" or name='value'.
func readPair(text []byte) (name, value string, rest []byte, ok bool) {
	before, after, ok := bytes.Cut(text, []byte("="))
	after = bytes.TrimSpace(after)
	if !ok || len(after) == 0 || after[0] != '"' && after[0] != '\'' {
		return "", "", nil, false
	}
	content, rest, ok := bytes.Cut(after[1:], after[:1])
	return string(bytes.TrimSpace(before)), string(content), rest, ok
}

// blankDeclaration checks a text's declaration and overwrites it with spaces,
// as the tokeniser has an opinion of its own on encodings.
func blankDeclaration(text []byte) ([]byte, *Fault) {
	d, ok := readDeclaration(text)
	switch {
	case !ok:
		return nil, clientFault(NotWellFormed, "The XML declaration is not well-formed.")
	case d.length == 0:
		return text, nil
	case d.version != "1.0":
		return nil, clientFault(NotWellFormed, "The message is not XML 1.0.")
	case d.encoding != "" && encodingNamed(d.encoding).form == unknownForm:
		return nil, unsupportedEncoding()
	}
	for i := range text[:d.length] {
		if !isSpace(text[i]) {
			text[i] = ' '
		}
	}
	return text, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func onlySpace(text string) bool { return spaces(text) == len(text) }
