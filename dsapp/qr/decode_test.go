//go:build !race

package qr

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// scaled is the picture at another size, each pixel between its neighbours,
// as browsers and window managers scale.
func scaled(picture image.Image, factor float64) *image.Gray {
	from := flatten(picture)
	width, height := from.Rect.Dx(), from.Rect.Dy()
	to := image.NewGray(image.Rect(0, 0, int(float64(width)*factor), int(float64(height)*factor)))
	at := func(x, y int) float64 {
		return float64(from.Pix[min(max(y, 0), height-1)*from.Stride+min(max(x, 0), width-1)])
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			u, v := max((float64(x)+0.5)/factor-0.5, 0), max((float64(y)+0.5)/factor-0.5, 0)
			i, j := int(u), int(v)
			right, below := u-float64(i), v-float64(j)
			mean := (at(i, j)*(1-right)+at(i+1, j)*right)*(1-below) + (at(i, j+1)*(1-right)+at(i+1, j+1)*right)*below
			to.SetGray(x, y, color.Gray{Y: uint8(mean)})
		}
	}
	return to
}

// screen is a window with a title bar, lines of text and the picture in it.
func screen(picture image.Image, at image.Point, ground, ink color.Color) *image.RGBA {
	return window(image.Rect(0, 0, 1280, 800), picture, at, ground, ink)
}

func window(size image.Rectangle, picture image.Image, at image.Point, ground, ink color.Color) *image.RGBA {
	window := image.NewRGBA(size)
	draw.Draw(window, window.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	draw.Draw(window, image.Rect(0, 0, size.Max.X, 40), image.NewUniform(color.RGBA{50, 90, 160, 255}), image.Point{}, draw.Src)
	for y := 60; y < size.Max.Y-20; y += 18 {
		for x := 20; x < size.Max.X-20; x += 7 {
			if (x*31+y*17)%5 != 0 {
				draw.Draw(window, image.Rect(x, y, x+2+(x+y)%4, y+9), image.NewUniform(ink), image.Point{}, draw.Src)
			}
		}
	}
	draw.Draw(window, picture.Bounds().Sub(picture.Bounds().Min).Add(at), picture, picture.Bounds().Min, draw.Over)
	return window
}

func inverted(from image.Image) *image.RGBA {
	to := image.NewRGBA(from.Bounds())
	for y := to.Rect.Min.Y; y < to.Rect.Max.Y; y++ {
		for x := to.Rect.Min.X; x < to.Rect.Max.X; x++ {
			c := color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)
			to.SetRGBA(x, y, color.RGBA{255 - c.R, 255 - c.G, 255 - c.B, 255})
		}
	}
	return to
}

func turned(from image.Image) *image.RGBA {
	bounds := from.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, bounds.Dy(), bounds.Dx()))
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			to.Set(bounds.Dy()-1-y, x, from.At(bounds.Min.X+x, bounds.Min.Y+y))
		}
	}
	return to
}

func asJPEG(t rapid.TB, picture image.Image, quality int) image.Image {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	read, err := ReadPicture(&file)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// clear is a picture of the modules alone: the light ones are transparent.
func clear(from image.Image) *image.NRGBA {
	to := image.NewNRGBA(from.Bounds())
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			if r, _, _, _ := from.At(x, y).RGBA(); r == 0 {
				to.Set(x, y, color.Black)
			}
		}
	}
	return to
}

func TestDecodeScreenshots(t *testing.T) {
	code := picturePNG(t, oneText, Module)
	longest := picturePNG(t, strings.Repeat("5A7F", MaxText/4), Module)
	light, dark := color.RGBA{245, 245, 245, 255}, color.RGBA{24, 26, 30, 255}
	page := screen(code, image.Pt(500, 200), light, dark)
	for name, picture := range map[string]image.Image{
		"light page":         page,
		"dark page":          screen(code, image.Pt(500, 200), dark, light),
		"inverted":           inverted(page),
		"inverted code":      inverted(code),
		"JPEG":               asJPEG(t, page, 30),
		"two pixels a point": scaled(page, 2),
		"at 125%":            scaled(page, 1.25),
		"at 60%":             scaled(page, 0.6),
		"on its side":        turned(page),
		"upside down":        turned(turned(page)),
		"in a corner":        screen(code, image.Pt(1270-code.Bounds().Dx(), 790-code.Bounds().Dy()), light, dark),
		"grey in colour":     screen(paler(code), image.Pt(100, 300), light, dark),
		"transparent":        clear(code),
		"cut out":            page.SubImage(image.Rect(480, 180, 900, 600)),
	} {
		if got, err := Decode(picture); err != nil || got != oneText {
			t.Errorf("%s: Decode = %q, %v", name, got, err)
		}
	}
	for name, picture := range map[string]image.Image{
		"whole": screen(longest, image.Pt(300, 100), light, dark), "at 70%": scaled(longest, 0.7), "JPEG": asJPEG(t, longest, 40),
	} {
		if got, err := Decode(picture); err != nil || len(got) != MaxText {
			t.Errorf("the longest, %s: Decode = %q, %v", name, got, err)
		}
	}
}

func paler(from image.Image) *image.RGBA {
	to := image.NewRGBA(from.Bounds())
	draw.Draw(to, to.Rect, image.NewUniform(color.RGBA{200, 220, 255, 255}), image.Point{}, draw.Src)
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			if r, _, _, _ := from.At(x, y).RGBA(); r == 0 {
				to.Set(x, y, color.RGBA{70, 40, 40, 255})
			}
		}
	}
	return to
}

// TestDecodeAnywhere: any text, wherever it stands on the screen, at any
// scale, in either mode.
func TestDecodeAnywhere(t *testing.T) {
	hex := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789ABCDEF")), 60, 120, -1)
	for seed := range 12 {
		text := hex.Example(seed)
		code := picturePNG(t, text, rapid.IntRange(3, 4).Example(seed))
		size := image.Rect(0, 0, 360, 320)
		at := image.Pt(rapid.IntRange(0, size.Dx()-code.Bounds().Dx()).Example(seed), rapid.IntRange(0, size.Dy()-code.Bounds().Dy()).Example(seed))
		var picture image.Image = window(size, code, at, color.White, color.Black)
		if seed%2 == 1 {
			picture = inverted(picture)
		}
		scale, quality := rapid.Float64Range(0.75, 1.5).Example(seed), rapid.IntRange(60, 95).Example(seed)
		if got, err := Decode(asJPEG(t, scaled(picture, scale), quality)); err != nil || got != text {
			t.Errorf("%d: at %v, scale %v, quality %d: Decode = %q, %v", seed, at, scale, quality, got, err)
		}
	}
}

func TestDecodeAllFindsEach(t *testing.T) {
	page := screen(picturePNG(t, oneText, 5), image.Pt(200, 300), color.White, color.Black)
	second := picturePNG(t, otherText, 5)
	draw.Draw(page, second.Bounds().Add(image.Pt(700, 310)), second, image.Point{}, draw.Src)
	got, err := DecodeAll(page)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, []string{oneText, otherText}) {
		t.Errorf("DecodeAll = %q, %v", got, err)
	}
	if _, err := Decode(page); !errors.Is(err, ErrSeveral) {
		t.Errorf("Decode: %v, want %v", err, ErrSeveral)
	}
	draw.Draw(page, second.Bounds().Add(image.Pt(700, 310)), picturePNG(t, oneText, 5), image.Point{}, draw.Src)
	if got, err := Decode(page); err != nil || got != oneText {
		t.Errorf("the same twice: Decode = %q, %v", got, err)
	}
}

func TestDecodeFindsNone(t *testing.T) {
	code := picturePNG(t, oneText, Module)
	for name, picture := range map[string]image.Image{
		"white": image.NewGray(image.Rect(0, 0, 100, 100)), "one pixel": image.NewGray(image.Rect(0, 0, 1, 1)),
		"a line": image.NewGray(image.Rect(0, 0, 5000, 1)), "finder patterns": finders(900),
		"half a code": code.(*image.Paletted).SubImage(image.Rect(0, 0, code.Bounds().Dx()/2, code.Bounds().Dy())),
		"a page":      screen(image.NewGray(image.Rect(0, 0, 10, 10)), image.Pt(500, 200), color.White, color.Black),
	} {
		if got, err := Decode(picture); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: Decode = %q, %v; want %v", name, got, err, ErrNotFound)
		}
	}
	for name, bounds := range map[string]image.Rectangle{"endless": image.Rect(-1e9, -1e9, 1e9, 1e9), "nothing": {}} {
		if _, err := Decode(&image.Alpha{Rect: bounds}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v, want %v", name, err, ErrTooLarge)
		}
	}
}
