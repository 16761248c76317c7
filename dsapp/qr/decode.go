package qr

import (
	"fmt"
	"image"
	"image/draw"
	"slices"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// MaxPixels is the size of the largest picture that is searched: more than a
// phone's camera or three screens side by side make.
const MaxPixels = 50_000_000

// Decode returns the text of the one QR code in a picture: a photograph, a PNG,
// or a screenshot with the code somewhere in it, of any size, also light on
// dark.
func Decode(picture image.Image) (string, error) {
	texts, err := DecodeAll(picture)
	if err == nil && len(texts) > 1 {
		return "", fmt.Errorf("%w: %d of them", ErrSeveral, len(texts))
	}
	if err != nil {
		return "", err
	}
	return texts[0], nil
}

// DecodeAll returns the texts of the QR codes in a picture, each once, and
// ErrNotFound if there are none.
func DecodeAll(picture image.Image) ([]string, error) {
	if err := checkSize(picture.Bounds().Dx(), picture.Bounds().Dy()); err != nil {
		return nil, err
	}
	for grey := flatten(picture); ; grey = half(grey) {
		if texts := search(grey); len(texts) > 0 {
			return texts, nil
		}
		// Soft edges and fine noise of a large picture are gone in one of half
		// the size, as long as that could hold the smallest code.
		if min(grey.Rect.Dx(), grey.Rect.Dy()) < 2*smallest {
			return nil, ErrNotFound
		}
	}
}

// smallest is the width of version 1 with its quiet zone, a pixel a module.
const smallest = 21 + 2*QuietZone

func checkSize(width, height int) error {
	if width < 1 || height < 1 || height > MaxPixels/width {
		return fmt.Errorf("%w: %d by %d pixels, at most %d in all", ErrTooLarge, width, height, MaxPixels)
	}
	return nil
}

// flatten returns the picture in grey (ITU-R BT.601), on white where it is
// transparent.
func flatten(picture image.Image) *image.Gray {
	bounds := picture.Bounds()
	grey := image.NewGray(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	row := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), 1))
	for y := range bounds.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, picture, image.Pt(bounds.Min.X, bounds.Min.Y+y), draw.Over)
		for x := range bounds.Dx() {
			c := row.Pix[4*x : 4*x+3]
			grey.Pix[grey.PixOffset(x, y)] = byte((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])) / 1000)
		}
	}
	return grey
}

// half returns a picture of half the width and height, each pixel the mean of
// four.
func half(from *image.Gray) *image.Gray {
	to := image.NewGray(image.Rect(0, 0, from.Rect.Dx()/2, from.Rect.Dy()/2))
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			at := from.PixOffset(2*x, 2*y)
			below := at + from.Stride
			sum := int(from.Pix[at]) + int(from.Pix[at+1]) + int(from.Pix[below]) + int(from.Pix[below+1])
			to.Pix[to.PixOffset(x, y)] = byte(sum / 4)
		}
	}
	return to
}

// search looks for dark on light and light on dark, each with a threshold by
// neighbourhood, for uneven light, and one for the whole, for small modules.
func search(grey *image.Gray) []string {
	dark := gozxing.NewLuminanceSourceFromImage(grey)
	for _, source := range []gozxing.LuminanceSource{dark, dark.Invert()} {
		for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			for _, read := range []reader{readSeveral, readOne} {
				if texts := read.try(binarizer); len(texts) > 0 {
					return texts
				}
			}
		}
	}
	return nil
}

type reader func(bitmap *gozxing.BinaryBitmap) ([]*gozxing.Result, error)

// readSeveral tries every three of the finder patterns that may belong
// together.
func readSeveral(bitmap *gozxing.BinaryBitmap) ([]*gozxing.Result, error) {
	return multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints(64))
}

// readOne chooses the best three, so that it copes with more of them.
func readOne(bitmap *gozxing.BinaryBitmap) ([]*gozxing.Result, error) {
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints(1000))
	return []*gozxing.Result{result}, err
}

// hints asks for a thorough search that ends when there are too many patterns:
// its time grows with the third power of their number, and a panic is the only
// thing that ends it.
func hints(patterns int) map[gozxing.DecodeHintType]any {
	count := 0
	return map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true,
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
			if count++; count > patterns {
				panic(ErrNotFound)
			}
		}),
	}
}

// try takes a panic for a picture without a code: that of hints, and what the
// library may stumble on, since pictures come from anywhere.
func (read reader) try(binarizer gozxing.Binarizer) (texts []string) {
	defer func() {
		if recover() != nil {
			texts = nil
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return nil
	}
	results, err := read(bitmap)
	if err != nil {
		return nil
	}
	for _, result := range results {
		if !slices.Contains(texts, result.GetText()) {
			texts = append(texts, result.GetText())
		}
	}
	return texts
}
