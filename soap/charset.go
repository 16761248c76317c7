package soap

import (
	"bytes"
	"strings"

	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// tableNamed finds an encoding beside those of Unicode by a name that IANA,
// the WHATWG or Java has for it; nil: there is none, or none that is safe.
func tableNamed(name string) charset.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	if number, javas := strings.CutPrefix(name, "iso8859_"); javas {
		name = "iso-8859-" + number
	}
	// IANA first: the WHATWG takes ISO-8859-1 for windows-1252.
	if table, err := ianaindex.IANA.Encoding(name); err == nil && table != nil {
		return safe(table)
	}
	if table, err := htmlindex.Get(name); err == nil {
		return safe(table)
	}
	return nil
}

// safe returns an encoding in which the bytes of US-ASCII always are its
// characters, and nil for any other. A message in EBCDIC, UTF-7, ISO-2022 or
// HZ says one thing to a filter on the way, which reads US-ASCII, and another
// to who decodes it.
func safe(table charset.Encoding) charset.Encoding {
	probe := make([]byte, 0, 160)
	for c := range byte(0x80) {
		probe = append(probe, c)
	}
	probe = append(probe, "\x1b$B<<\x1b(B<~{<<~}<\x0e<\x0f<+ADw-<"...) // shifts of ISO-2022, HZ and UTF-7
	decoded, err := table.NewDecoder().Bytes(probe)
	if err != nil || !bytes.Equal(decoded, probe) {
		return nil
	}
	return table
}

// decode returns a text in UTF-8. The decoders put U+FFFD where bytes are no
// character, which none of the encodings needs for itself.
func decode(body []byte, table charset.Encoding) ([]byte, *Fault) {
	text, err := table.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(text, '\uFFFD') {
		return nil, wrongEncoding()
	}
	return text, nil
}
