package qr

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats of cameras and screenshots
	_ "image/png"
	"io"
)

// maxFile is the size in bytes of the largest file that is read.
const maxFile = 32 << 20

// ReadPicture reads a PNG or JPEG, up to 32 MiB and MaxPixels. It looks at the
// size that the file claims before it makes room for the pixels.
func ReadPicture(r io.Reader) (image.Image, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if len(file) > maxFile {
		return nil, fmt.Errorf("%w: the file has more than %d MiB", ErrTooLarge, maxFile>>20)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || format != "png" && format != "jpeg" {
		return nil, fmt.Errorf("%w: not a PNG or JPEG file", ErrPicture)
	}
	if err := checkSize(config.Width, config.Height); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: the %s file is damaged: %w", ErrPicture, format, err)
	}
	return picture, nil
}
