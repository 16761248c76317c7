package encodings_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

func text(t *testing.T, name string, in encoding.Encoding) []byte {
	t.Helper()
	whole := "<a>José €</a>"
	if name != "" {
		whole = `<?xml version="1.0" encoding='` + name + `'?>` + "\n" + whole
	}
	if in == nil {
		return []byte(whole)
	}
	encoded, err := in.NewEncoder().Bytes([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestDecode(t *testing.T) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	for name, c := range map[string]struct {
		declared, charset string
		in                encoding.Encoding
	}{
		"UTF-8":                           {"UTF-8", "", nil},
		"nothing said":                    {"", "", nil},
		"UTF-8 with a mark":               {"", "", unicode.UTF8BOM},
		"windows-1252":                    {"windows-1252", "", charmap.Windows1252},
		"Java's name":                     {"Cp1252", "", charmap.Windows1252},
		"ISO-8859-15":                     {"ISO-8859-15", "", charmap.ISO8859_15},
		"by the media type":               {"", "iso-8859-15", charmap.ISO8859_15},
		"the media type first":            {"utf-8", "iso-8859-15", charmap.ISO8859_15},
		"UTF-16 with a mark":              {"", "", unicode.UTF16(little, unicode.UseBOM)},
		"UTF-16BE with a mark, declared":  {"UTF-16", "", unicode.UTF16(big, unicode.UseBOM)},
		"UTF-16 without a mark":           {"", "", unicode.UTF16(little, unicode.IgnoreBOM)},
		"UTF-16BE without a mark":         {"UTF-16BE", "", unicode.UTF16(big, unicode.IgnoreBOM)},
		"UTF-16 that is another by now":   {"UTF-16", "", nil},
		"UTF-16 with a mark, called UTF8": {"UTF-8", "", unicode.UTF16(little, unicode.UseBOM)},
		"a mark before the media type":    {"", "utf-8", unicode.UTF16(little, unicode.UseBOM)},
	} {
		got, err := encodings.Decode(text(t, c.declared, c.in), c.charset)
		if want := string(text(t, c.declared, nil)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
}

// A stream is read as a whole text is.
func TestNewReader(t *testing.T) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	for name, in := range map[string]encoding.Encoding{
		"": nil, "UTF-8": unicode.UTF8BOM, "ISO-8859-15": charmap.ISO8859_15, "utf-16": unicode.UTF16(big, unicode.UseBOM), "UTF-16": unicode.UTF16(little, unicode.IgnoreBOM),
	} {
		reader, err := encodings.NewReader(iotest.OneByteReader(bytes.NewReader(text(t, name, in))))
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := io.ReadAll(reader)
		if want := string(text(t, name, nil)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := encodings.NewReader(strings.NewReader(`<?xml version="1.0" encoding="klingon"?>`)); !errors.Is(err, encodings.ErrUnknown) {
		t.Errorf("an unknown encoding: %v", err)
	}
}

func TestDecodeLatin1(t *testing.T) {
	got, err := encodings.Decode([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?>`+"\xe9\x80"), "")
	if err != nil || string(got[len(got)-4:]) != "é\u0080" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	_, err := encodings.Decode([]byte("<a>\n é \xe9</a>"), "")
	if invalid, ok := errors.AsType[*encodings.InvalidError](err); !ok || invalid.Line != 2 || invalid.Column != 4 || invalid.Encoding != "UTF-8" {
		t.Errorf("bytes that are no UTF-8: %+v", err)
	}
	if _, err := encodings.Decode([]byte(`<?xml version="1.0" encoding="klingon"?>`), ""); !errors.Is(err, encodings.ErrUnknown) {
		t.Errorf("an unknown encoding: %v", err)
	}
}
