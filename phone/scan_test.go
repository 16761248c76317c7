package phone

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
)

// vectors of profile sections 8 and 9.
const (
	vectorImage    = "30313B30313B75736572303B6D61737465723B4744784852326A443B586533756C4232723B30313233343536373839"
	vectorMessage1 = "0101564453303637333238377326653298B9D3776AB13B80E119A6656598EA8B63DCD9ADAF57FDD4F39C5B7C"
	vectorMessage2 = "01025644533036373332383701E786F505CC303F31B7B94C9ED6306BDE51B2117D02929FA03F0542AAE5B630BB087F0158"
)

// page shows the codes of some texts side by side.
func page(t *testing.T, texts ...string) []byte {
	t.Helper()
	window := image.NewGray(image.Rect(0, 0, 400*len(texts), 400))
	draw.Draw(window, window.Rect, image.NewUniform(color.Gray{Y: 200}), image.Point{}, draw.Src)
	for n, text := range texts {
		file, err := qr.PNG(text, 5)
		if err != nil {
			t.Fatal(err)
		}
		code, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(window, code.Bounds().Add(image.Pt(400*n+30, 40+7*n)), code, image.Point{}, draw.Src)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, window); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func blank(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 200, 200))); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestScan(t *testing.T) {
	want := dsapp.Image{UserID: "user0", Domain: "master", RegistrationID: "GDxHR2jD", ActivationPassword: "Xe3ulB2r", DigipassGatewayID: "0123456789"}
	got, err := Scan(bytes.NewReader(page(t, "41707053746F7265", vectorImage)))
	if err != nil || got.Text != vectorImage || got.Message1 != nil || got.Message2 != nil {
		t.Errorf("%v, %v", got, err)
	}
	if diff := cmp.Diff(&want, got.Image); diff != "" {
		t.Error(diff)
	}
	if got, err := Scan(bytes.NewReader(page(t, vectorMessage1))); err != nil || got.Message1 == nil || got.Message1.SerialNumber != "VDS0673287" || got.Image != nil {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := Scan(bytes.NewReader(page(t, vectorMessage2))); err != nil || got.Message2 == nil || got.Message2.SequenceNumber != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestScanRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"no picture":      {[]byte(vectorImage), qr.ErrPicture},
		"no code":         {blank(t), qr.ErrNotFound},
		"another code":    {page(t, "41707053746F7265"), ErrScan},
		"two activations": {page(t, vectorImage, vectorMessage1), ErrScan},
	} {
		if got, err := Scan(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestScannedShowsNoSecret(t *testing.T) {
	for _, text := range []string{vectorImage, vectorMessage1, vectorMessage2} {
		s := Recognize(text)
		if printed := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(printed, text) || strings.Contains(printed, "Xe3ulB2r") {
			t.Errorf("printed as %s", printed)
		}
	}
}
