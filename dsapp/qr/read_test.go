package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	oneText   = "30313B30313B75736572313B6D61737465723B7869"
	otherText = "30313B30323B75736572313B6D61737465723B"
)

// claiming is a PNG whose head says another size than its few pixels have.
func claiming(t testing.TB, width, height uint32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	const head, size, sum = 12, 16, 29 // of the chunk IHDR
	file := b.Bytes()
	binary.BigEndian.PutUint32(file[size:], width)
	binary.BigEndian.PutUint32(file[size+4:], height)
	binary.BigEndian.PutUint32(file[sum:], crc32.ChecksumIEEE(file[head:sum]))
	return file
}

func pictureFile(t testing.TB, format string) []byte {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 40, 40), palette.Plan9)
	var b bytes.Buffer
	err := map[string]func() error{
		"png":  func() error { return png.Encode(&b, picture) },
		"jpeg": func() error { return jpeg.Encode(&b, picture, nil) },
		"gif":  func() error { return gif.Encode(&b, picture, nil) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadPicture(t *testing.T) {
	for _, format := range []string{"png", "jpeg"} {
		if picture, err := ReadPicture(bytes.NewReader(pictureFile(t, format))); err != nil || picture.Bounds() != image.Rect(0, 0, 40, 40) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestReadPictureRefuses(t *testing.T) {
	whole := pictureFile(t, "png")
	for name, c := range map[string]struct {
		file io.Reader
		want error
	}{
		"nothing":         {strings.NewReader(""), ErrPicture},
		"text":            {strings.NewReader("30313B30313B"), ErrPicture},
		"another format":  {bytes.NewReader(pictureFile(t, "gif")), ErrPicture},
		"a torn file":     {bytes.NewReader(whole[:len(whole)-20]), ErrPicture},
		"a broken reader": {iotest.ErrReader(io.ErrClosedPipe), ErrPicture},
		"too wide":        {bytes.NewReader(claiming(t, MaxPixels+1, 1)), ErrTooLarge},
		"too many pixels": {bytes.NewReader(claiming(t, 1<<20, 1<<20)), ErrTooLarge},
		"enormous":        {bytes.NewReader(claiming(t, 1<<25, 1<<25)), ErrTooLarge},
		"endless":         {endless{}, ErrTooLarge},
	} {
		if _, err := ReadPicture(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// FuzzDecode: whatever the file is, the answer is a text or an error, and what
// was found in a picture is found in the code that is made of it.
func FuzzDecode(f *testing.F) {
	for _, format := range []string{"png", "jpeg", "gif"} {
		f.Add(pictureFile(f, format))
	}
	for _, text := range []string{oneText, otherText, "00"} {
		file, err := PNG(text, 1)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add(claiming(f, 1<<20, 1<<20))
	var b bytes.Buffer
	if err := png.Encode(&b, finders(36)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		if claimed, _, err := image.DecodeConfig(bytes.NewReader(file)); err == nil && checkSize(claimed.Width, claimed.Height) == nil && claimed.Width*claimed.Height > 1e5 {
			return // it would only take long
		}
		picture, err := ReadPicture(bytes.NewReader(file))
		if err != nil {
			return
		}
		text, err := Decode(picture)
		if err != nil {
			return
		}
		again, err := PNG(text, 2)
		if err != nil {
			return // a code of another kind of text
		}
		if read, err := Decode(readBack(t, again)); err != nil || read != text {
			t.Errorf("found %q, then %q, %v", text, read, err)
		}
	})
}

func readBack(t *testing.T, file []byte) image.Image {
	t.Helper()
	picture, err := ReadPicture(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// finders are nothing but finder patterns, so many that trying every three of
// them would never end.
func finders(width int) *image.Gray {
	picture := image.NewGray(image.Rect(0, 0, width, width))
	for y := range width {
		for x := range width {
			a, b := x%9-4, y%9-4
			if ring := max(a, -a, b, -b); ring == 2 || ring == 4 {
				picture.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return picture
}
