package platform

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/go-json-experiment/json/jsontext"
)

var hexForm = regexp.MustCompile(`^[0-9A-Fa-f]+$`)

// renderQuery draws what the query says.
func renderQuery(c *call) (any, error) { return render(c, c.query("format", "message")) }

// renderBody draws what the body says.
func renderBody(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	return render(c, o)
}

// query reads members of the URL's query as those of an object.
func (c *call) query(names ...string) *object {
	o := &object{members: map[string]jsontext.Value{}, wrong: new([]string)}
	values := c.HTTP.URL.Query()
	for _, name := range names {
		given := values[name]
		if len(given) > 1 {
			o.note(name, "is there more than once", "send it once")
		}
		if len(given) == 1 {
			text, err := jsontext.AppendQuote(nil, given[0])
			if err != nil {
				o.note(name, "is not UTF-8", "send UTF-8, percent-encoded")
				continue
			}
			o.members[name] = text
		}
	}
	return o
}

func render(c *call, o *object) (any, error) {
	format := strings.ToUpper(o.text("format", rule{required: true, takes: "QR"}))
	message := o.text("message", rule{required: true, most: qr.MaxText, form: hexForm, takes: "1 to 1024 hexadecimal characters"})
	if format != "" && format != "QR" && format != "CRONTO" {
		o.note("format", "is not known", "send QR")
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if format == "CRONTO" {
		c.Note(slog.String("format", format))
		return nil, &fault{status: http.StatusUnprocessableEntity, refusal: provision.NotAllowed,
			message: "CRONTO images cannot be drawn, because their coding is not public: ask for the format QR."}
	}
	drawn, err := qr.PNG(strings.ToUpper(message), qr.Module)
	if errors.Is(err, qr.ErrText) {
		return nil, &fault{status: http.StatusBadRequest, message: "The message cannot be drawn: " + strings.TrimSuffix(err.Error(), ".") + "."}
	}
	return picture{"image/png", drawn}, err
}
