package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

const (
	// Module is the width in pixels of a module that a phone reads well from
	// a screen at arm's length: 1.6 mm at 96 pixels an inch.
	Module = 6
	// MaxModule is the widest module that is drawn, in pixels.
	MaxModule = 32
	// QuietZone is the white border in modules that ISO/IEC 18004 asks for.
	// It stands inside the picture, so that a dark page does not swallow it.
	QuietZone = 4
	// MaxText is the longest text that is written, in characters: the hex of
	// an activation image of 512 bytes.
	MaxText = 1024
)

// PNG returns the code of a text as a PNG in black and white, each module so many
// pixels wide.
func PNG(text string, module int) ([]byte, error) {
	c, err := encode(text, module)
	if err != nil {
		return nil, err
	}
	return c.png(module)
}

// TextPNG draws a code like PNG, for any text in printable ASCII, such as an
// otpauth URI, which other readers than this package's scan.
func TextPNG(text string, module int) ([]byte, error) {
	printable := func(r rune) bool { return r >= ' ' && r <= '~' }
	c, err := encodeOf(text, module, "printable ASCII", printable)
	if err != nil {
		return nil, err
	}
	return c.png(module)
}

func (c code) png(module int) ([]byte, error) {
	picture := image.NewPaletted(image.Rect(0, 0, c.width()*module, c.width()*module), color.Palette{color.White, color.Black})
	for y := range c.width() * module {
		for x := range c.width() * module {
			if c.black(x/module, y/module) {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("write PNG: %w", err)
	}
	return b.Bytes(), nil
}

// SVG returns the code of a text as an SVG document, which stays sharp at any
// size and asks for that of a PNG. It holds no script, style or reference.
func SVG(text string, module int) ([]byte, error) {
	c, err := encode(text, module)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[1]d" viewBox="0 0 %[2]d %[2]d" shape-rendering="crispEdges">`,
		c.width()*module, c.width())
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="`, c.width())
	c.runs(func(x, y, length int) { fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, length, length) })
	b.WriteString("\"/></svg>\n")
	return b.Bytes(), nil
}

// Terminal returns the code of a text in lines of half blocks, two rows of
// modules a line, coloured by escape sequences so that it is black on white
// whatever the terminal's colours are.
func Terminal(text string) (string, error) {
	c, err := encode(text, Module)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for y := 0; y < c.width(); y += 2 {
		b.WriteString("\x1b[38;5;16;48;5;231m")
		for x := range c.width() {
			b.WriteRune(halves(c.black(x, y), c.black(x, y+1)))
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}

func halves(upper, lower bool) rune {
	switch {
	case upper && lower:
		return '█'
	case upper:
		return '▀'
	case lower:
		return '▄'
	}
	return ' '
}

// code is the modules of a QR code, without its quiet zone.
type code struct{ modules *encoder.ByteMatrix }

func encode(text string, module int) (code, error) {
	return encodeOf(text, module, "upper-case hex", func(r rune) bool { return strings.ContainsRune("0123456789ABCDEF", r) })
}

// encodeOf encodes a text of characters that are in a set, which has a name.
func encodeOf(text string, module int, set string, in func(rune) bool) (code, error) {
	if module < 1 || module > MaxModule {
		return code{}, fmt.Errorf("%w: %d pixels, from 1 to %d", ErrModule, module, MaxModule)
	}
	if len(text) < 1 || len(text) > MaxText {
		return code{}, fmt.Errorf("%w: %d characters, from 1 to %d", ErrText, len(text), MaxText)
	}
	if at := strings.IndexFunc(text, func(r rune) bool { return !in(r) }); at >= 0 {
		return code{}, fmt.Errorf("%w: character %d is not %s", ErrText, at+1, set)
	}
	made, err := encoder.Encoder_encode(text, decoder.ErrorCorrectionLevel_M, nil)
	if err != nil {
		return code{}, fmt.Errorf("%w: %w", ErrText, err)
	}
	return code{made.GetMatrix()}, nil
}

// width returns the width in modules, with the quiet zone.
func (c code) width() int { return c.modules.GetWidth() + 2*QuietZone }

// black counts modules from the corner of the quiet zone.
func (c code) black(x, y int) bool {
	x, y = x-QuietZone, y-QuietZone
	inside := x >= 0 && y >= 0 && x < c.modules.GetWidth() && y < c.modules.GetHeight()
	return inside && c.modules.Get(x, y) == 1
}

// runs returns the black modules that stand side by side in a row.
func (c code) runs(draw func(x, y, length int)) {
	for y := range c.width() {
		for x := 0; x < c.width(); x++ {
			start := x
			for c.black(x, y) {
				x++
			}
			if x > start {
				draw(start, y, x-start)
			}
		}
	}
}
