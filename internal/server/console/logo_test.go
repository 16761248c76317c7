package console

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// picture is a picture of one colour in a format.
func picture(t *testing.T, format string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	drawn := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black})
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, drawn)
	case "jpeg":
		err = jpeg.Encode(&b, drawn, nil)
	case "gif":
		err = gif.Encode(&b, drawn, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseLogo(t *testing.T) {
	const svg = `<?xml version="1.0"?><!-- a logo --><svg xmlns="http://www.w3.org/2000/svg" `
	for name, c := range map[string]struct {
		content []byte
		prefix  string
		width   int
		err     error
	}{
		"a PNG":                    {picture(t, "png", 90, 30), "data:image/png;base64,", 96, nil},
		"a JPEG":                   {picture(t, "jpeg", 20, 20), "data:image/jpeg;base64,", 32, nil},
		"an SVG with a viewBox":    {[]byte(svg + `viewBox="0 0 48,24" width="100%"/>`), "data:image/svg+xml;base64,", 64, nil},
		"an SVG with sides":        {[]byte(svg + `width="10px" height="20"/>`), "data:image/svg+xml;base64,", 16, nil},
		"an SVG without a shape":   {[]byte(svg + `width="100%" height="100%"/>`), "", 0, ErrLogoShape},
		"an SVG of no height":      {[]byte(svg + `viewBox="0 0 10 0"/>`), "", 0, ErrLogoShape},
		"an SVG of no number":      {[]byte(svg + `viewBox="0 0 NaN 10"/>`), "", 0, ErrLogoShape},
		"another vocabulary's svg": {[]byte(`<svg viewBox="0 0 1 1"/>`), "", 0, ErrLogoFormat},
		"a page":                   {[]byte(`<html xmlns="http://www.w3.org/1999/xhtml"/>`), "", 0, ErrLogoFormat},
		"a GIF":                    {picture(t, "gif", 2, 2), "", 0, ErrLogoFormat},
		"nothing":                  {nil, "", 0, ErrLogoFormat},
		"a line":                   {picture(t, "png", 900, 30), "", 0, ErrLogoShape},
		"too large":                {append(picture(t, "png", 2, 2), make([]byte, MaxLogo)...), "", 0, ErrLogoSize},
	} {
		logo, err := ParseLogo(c.content)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
			continue
		}
		if err == nil && (!strings.HasPrefix(string(logo.URL), c.prefix) || logo.Width != c.width || logo.Height != 32) {
			t.Errorf("%s: %d by %d, %.30s", name, logo.Width, logo.Height, logo.URL)
		}
	}
}

func FuzzParseLogo(f *testing.F) {
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 1e9"/>`))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		logo, err := ParseLogo(content)
		if err == nil && (logo.Height != logoHeight || logo.Width < 4 || logo.Width > logoHeight*maxLogoRatio) {
			t.Errorf("%d by %d", logo.Width, logo.Height)
		}
	})
}
