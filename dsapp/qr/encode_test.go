package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
	"pgregory.net/rapid"
)

// imageTexts are what images hold: pairs of upper-case hex up to the longest.
func imageTexts() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, MaxText/2), func(b []byte) string { return fmt.Sprintf("%X", b) })
}

func picturePNG(t rapid.TB, text string, module int) image.Image {
	t.Helper()
	file, err := PNG(text, module)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := ReadPicture(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestDecodeOfPNGIsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := imageTexts().Draw(t, "text")
		module := rapid.IntRange(1, 8).Draw(t, "module")
		got, err := Decode(picturePNG(t, text, module))
		if err != nil || got != text {
			t.Fatalf("Decode = %q, %v", got, err)
		}
	})
}

// TestSVGIsThePNG: painted on red, so that what the document leaves open shows.
func TestSVGIsThePNG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := imageTexts().Draw(t, "text")
		module := rapid.IntRange(1, 4).Draw(t, "module")
		document, err := SVG(text, module)
		if err != nil {
			t.Fatal(err)
		}
		painted, want := paint(t, document), picturePNG(t, text, module)
		if painted.Rect != want.Bounds() {
			t.Fatalf("SVG is %v, PNG %v", painted.Rect, want.Bounds())
		}
		for y := range painted.Rect.Dy() {
			for x := range painted.Rect.Dx() {
				r, g, b, _ := want.At(x, y).RGBA()
				if got := painted.RGBAAt(x, y); got != (color.RGBA{uint8(r), uint8(g), uint8(b), 255}) {
					t.Fatalf("at %d, %d the SVG is %v, the PNG %v", x, y, got, want.At(x, y))
				}
			}
		}
	})
}

// paint carries out the paths of an SVG that is written as SVG does.
func paint(t rapid.TB, document []byte) *image.RGBA {
	t.Helper()
	var svg struct {
		Width  int    `xml:"width,attr"`
		Height int    `xml:"height,attr"`
		View   string `xml:"viewBox,attr"`
		Paths  []struct {
			Fill string `xml:"fill,attr"`
			D    string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(document, &svg); err != nil {
		t.Fatal(err)
	}
	var width, height int
	if _, err := fmt.Sscanf(svg.View, "0 0 %d %d", &width, &height); err != nil || width != height || svg.Width != svg.Height {
		t.Fatalf("width %d, height %d, viewBox %q", svg.Width, svg.Height, svg.View)
	}
	scale := svg.Width / width
	picture := image.NewRGBA(image.Rect(0, 0, svg.Width, svg.Height))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	for _, path := range svg.Paths {
		fill := map[string]image.Image{"#fff": image.White, "": image.Black}[path.Fill]
		for _, piece := range strings.Split(strings.TrimSuffix(path.D, "z"), "z") {
			draw.Draw(picture, rectangle(t, piece, scale), fill, image.Point{}, draw.Src)
		}
	}
	return picture
}

func rectangle(t rapid.TB, piece string, scale int) image.Rectangle {
	t.Helper()
	var x, y, width, height, back int
	if n, _ := fmt.Sscanf(piece, "M%d %dh%dv%dh%d", &x, &y, &width, &height, &back); n == 5 && back == -width {
		return image.Rect(x*scale, y*scale, (x+width)*scale, (y+height)*scale)
	}
	if n, _ := fmt.Sscanf(piece, "M%d %dh%dv%dH0", &x, &y, &width, &height); n == 4 && x == 0 {
		return image.Rect(0, y*scale, width*scale, (y+height)*scale)
	}
	t.Fatalf("%q is no rectangle", piece)
	return image.Rectangle{}
}

// TestTerminalIsTheCode reads the half blocks back.
func TestTerminalIsTheCode(t *testing.T) {
	const text = "30313B3031"
	printed, err := Terminal(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(printed, "\n"), "\n")
	picture := image.NewGray(image.Rect(0, 0, 21+2*QuietZone, 2*len(lines)))
	draw.Draw(picture, picture.Rect, image.White, image.Point{}, draw.Src)
	for y, line := range lines {
		line, coloured := strings.CutPrefix(line, "\x1b[38;5;16;48;5;231m")
		line, ended := strings.CutSuffix(line, "\x1b[0m")
		if !coloured || !ended {
			t.Fatalf("line %d does not set its colours and take them back: %q", y+1, line)
		}
		for x, r := range []rune(line) {
			if strings.ContainsRune("█▀", r) {
				picture.Set(x, 2*y, color.Black)
			}
			if strings.ContainsRune("█▄", r) {
				picture.Set(x, 2*y+1, color.Black)
			}
		}
	}
	if got, err := Decode(picture); err != nil || got != text {
		t.Errorf("Decode = %q, %v; printed\n%s", got, err, printed)
	}
}

// TestQuietZone: four white modules on each side, and the finder pattern
// right behind them.
func TestQuietZone(t *testing.T) {
	const module, zone = 3, 4 // zone by ISO/IEC 18004
	picture := picturePNG(t, strings.Repeat("5A", 45), module)
	width := picture.Bounds().Dx()
	for y := range width {
		for x := range width {
			border := min(x, y, width-1-x, width-1-y) < zone*module
			if r, _, _, _ := picture.At(x, y).RGBA(); border && r != 0xffff {
				t.Fatalf("%d, %d is not white", x, y)
			}
		}
	}
	for _, corner := range []image.Point{{zone * module, zone * module}, {width - zone*module - 1, zone * module}, {zone * module, width - zone*module - 1}} {
		if r, _, _, _ := picture.At(corner.X, corner.Y).RGBA(); r != 0 {
			t.Errorf("%v is not black", corner)
		}
	}
}

// TestAlphanumericMode: by ISO/IEC 18004 table 7, level M holds 122 characters
// of the alphanumeric mode in version 5 and 1035 in version 21. In byte mode
// 1024 would need version 27.
func TestAlphanumericMode(t *testing.T) {
	for length, version := range map[int]int{122: 5, MaxText: 21} {
		text := strings.Repeat("A7", length/2)
		c, err := encode(text, Module)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.modules.GetWidth(), 17+4*version; got != want {
			t.Errorf("%d characters make %d modules, want %d", length, got, want)
		}
		made, err := encoder.Encoder_encode(text, decoder.ErrorCorrectionLevel_M, nil)
		if err != nil || made.GetMode() != decoder.Mode_ALPHANUMERIC {
			t.Errorf("mode %v, %v", made.GetMode(), err)
		}
	}
}

// TestPNGIsSmall: two colours, one bit a pixel, so that a page can embed it.
func TestPNGIsSmall(t *testing.T) {
	file, err := PNG(strings.Repeat("5A", 60), Module)
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(color.Palette{color.RGBA{255, 255, 255, 255}, color.RGBA{A: 255}}, config.ColorModel); diff != "" || len(file) > 2000 {
		t.Errorf("%d bytes, %s", len(file), diff)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		module int
		want   error
	}{
		"nothing": {"", Module, ErrText}, "too long": {strings.Repeat("A", MaxText+1), Module, ErrText},
		"lower case": {"3031ab", Module, ErrText}, "not hex": {"SECRET", Module, ErrText},
		"no module": {"3031", 0, ErrModule}, "a module of a foot": {"3031", MaxModule + 1, ErrModule},
	} {
		_, asPNG := PNG(c.text, c.module)
		_, asSVG := SVG(c.text, c.module)
		if !errors.Is(asPNG, c.want) || !errors.Is(asSVG, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, asPNG, asSVG, c.want)
		}
		if asPNG != nil && strings.Contains(asPNG.Error(), "SECRET") {
			t.Errorf("%s: %v shows the text", name, asPNG)
		}
	}
	if _, err := Terminal(""); !errors.Is(err, ErrText) {
		t.Errorf("Terminal: %v, want %v", err, ErrText)
	}
}

// Any reader scans the code of a text.
func TestTextPNG(t *testing.T) {
	const text = "otpauth://totp/master:user1?secret=GEZDGNBVGY3TQOJQ&issuer=master"
	picture, err := TextPNG(text, 3)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(decoded)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil); err != nil || got.GetText() != text {
		t.Errorf("read %v, %v", got, err)
	}
	for _, wrong := range []string{"", "\n", "ø", strings.Repeat("x", 1025)} {
		if _, err := TextPNG(wrong, 3); !errors.Is(err, ErrText) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
