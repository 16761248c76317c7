package gateway

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
)

// image draws what the site was answered when it registered. It keeps nothing,
// and the request is a POST, because a URL must hold no secret. It is no service:
// it answers what it cannot draw with 400, as nobody who asks for a picture looks
// into the codes of one.
func image(c *call) (reply, error) {
	format, err := pictureFormat(c.HTTP)
	if err != nil {
		return reply{}, err
	}
	text, err := c.imageText()
	if wrong, ok := errors.AsType[*fieldError](err); ok {
		return reply{}, undrawable(wrong)
	}
	if err != nil {
		return reply{}, err
	}
	picture, err := format.draw(text, qr.Module)
	if errors.Is(err, qr.ErrText) {
		return reply{}, undrawable(err)
	}
	return reply{status: http.StatusOK, mediaType: format.mediaType, body: picture}, err
}

// imageFields lists what dsappSRPRegister answers.
func imageFields() []string {
	return []string{"userID", "domain", "registrationID", "activationPassword"}
}

func imageOptional() []string { return []string{"digipassGatewayID"} }

func undrawable(err error) error {
	return &fault{status: http.StatusBadRequest, desc: "The image cannot be drawn: " + strings.TrimSuffix(err.Error(), ".") + "."}
}

// imageText returns the hex of an activation image: as it was sent, or made of
// its fields.
func (c *call) imageText() (string, error) {
	if media, _, _ := mime.ParseMediaType(c.HTTP.Header.Get("Content-Type")); media == "text/plain" {
		text, err := c.body()
		return strings.ToUpper(strings.TrimSpace(string(text))), err
	}
	in, err := c.read(imageFields(), imageOptional())
	if err != nil {
		return "", err
	}
	text, err := dsapp.Image{
		UserID: in["userID"], Domain: in["domain"], RegistrationID: in["registrationID"],
		ActivationPassword: in["activationPassword"], DigipassGatewayID: in["digipassGatewayID"],
	}.Hex()
	if errors.Is(err, dsapp.ErrImage) {
		return "", undrawable(err)
	}
	return text, err
}

// picture is a form that an image is drawn in.
type picture struct {
	name, mediaType string
	draw            func(text string, module int) ([]byte, error)
}

// pictures lists all formats, with the one that is drawn where any will do
// first.
func pictures() []picture {
	return []picture{{"png", "image/png", qr.PNG}, {"svg", "image/svg+xml", qr.SVG}}
}

// pictureFormat returns the format that the query names, or else the one that
// is liked best.
func pictureFormat(r *http.Request) (picture, error) {
	var best picture
	most := 0.0
	wanted := r.URL.Query()["format"]
	accepted := strings.Join(r.Header.Values("Accept"), ",")
	for _, p := range pictures() {
		if len(wanted) == 1 && wanted[0] == p.name {
			return p, nil
		}
		if liked := quality(accepted, p.mediaType); len(wanted) == 0 && liked > most {
			best, most = p, liked
		}
	}
	if most == 0 {
		return best, &fault{status: http.StatusNotAcceptable, desc: "The image is drawn as image/png or image/svg+xml: ask for one of them by Accept, or by ?format=png or ?format=svg."}
	}
	return best, nil
}
