package console

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"image"
	_ "image/jpeg" // for image.DecodeConfig
	_ "image/png"  // likewise
	"math"
	"strconv"
	"strings"
)

// MaxLogo is the size of the largest logo, in bytes: every page carries it.
const MaxLogo = 64 << 10

// maxLogoRatio is how many times wider than high a logo may be, so that it
// fits on a phone's screen.
const maxLogoRatio = 8

// Logo is a picture that stands before the page's name.
type Logo struct {
	URL           template.URL // data:
	Width, Height int          // in CSS pixels, as shown
}

// logoHeight is the height of every logo on the page, in CSS pixels.
const logoHeight = 32

// Errors of ParseLogo.
var (
	ErrLogoSize   = errors.New("the logo is larger than 64 KiB")
	ErrLogoFormat = errors.New("the logo is no PNG, JPEG or SVG")
	ErrLogoShape  = errors.New("the logo has no usable width and height")
)

// ParseLogo reads a PNG, a JPEG or an SVG of at most MaxLogo bytes. It takes
// the shape from the picture, so that a browser leaves room for it at once. An
// SVG needs a viewBox, or a width and a height. The error is one of the three
// above.
func ParseLogo(content []byte) (*Logo, error) {
	if len(content) > MaxLogo {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrLogoSize, len(content))
	}
	mediaType, width, height, err := logoShape(content)
	if err != nil {
		return nil, err
	}
	ratio := width / height
	if !(width > 0 && height > 0 && ratio <= maxLogoRatio && ratio >= 1./maxLogoRatio) {
		return nil, fmt.Errorf("%w: it is %g by %g; one side may be %d times the other at most", ErrLogoShape, width, height, maxLogoRatio)
	}
	return &Logo{
		URL:   template.URL("data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(content)),
		Width: int(math.Ceil(logoHeight * ratio)), Height: logoHeight,
	}, nil
}

// logoShape returns the media type and the two sides, in the picture's own
// units.
func logoShape(content []byte) (mediaType string, width, height float64, err error) {
	if config, format, err := image.DecodeConfig(bytes.NewReader(content)); err == nil && (format == "png" || format == "jpeg") {
		return "image/" + format, float64(config.Width), float64(config.Height), nil
	}
	root, err := rootElement(content)
	if err != nil || root.Name.Space != "http://www.w3.org/2000/svg" || root.Name.Local != "svg" {
		return "", 0, 0, ErrLogoFormat
	}
	width, height, err = svgShape(root)
	return "image/svg+xml", width, height, err
}

func rootElement(content []byte) (xml.StartElement, error) {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := decoder.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

// svgShape goes by the viewBox, as a browser does.
func svgShape(root xml.StartElement) (width, height float64, err error) {
	attributes := make(map[string]string)
	for _, a := range root.Attr {
		attributes[a.Name.Local] = a.Value
	}
	sides := strings.FieldsFunc(attributes["viewBox"], func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	if len(sides) == 4 {
		sides = sides[2:]
	} else {
		sides = []string{strings.TrimSuffix(attributes["width"], "px"), strings.TrimSuffix(attributes["height"], "px")}
	}
	width, errWidth := strconv.ParseFloat(sides[0], 64)
	height, errHeight := strconv.ParseFloat(sides[1], 64)
	if errors.Join(errWidth, errHeight) != nil {
		return 0, 0, fmt.Errorf("%w: give the svg element a viewBox, or a width and a height in pixels", ErrLogoShape)
	}
	return width, height, nil
}
