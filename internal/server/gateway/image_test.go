package gateway_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
)

// draw asks for an image and returns the media type of what is drawn; in the
// contract too, as its text is read.
func (l *lab) draw(contentType, body, query string, header ...string) (*http.Response, []byte) {
	l.t.Helper()
	r := l.request(backKey, "/image"+query, body)
	r.Header.Set("Content-Type", contentType)
	if len(header) > 0 {
		r.Header["Accept"] = header
	}
	if ok, faults := l.described.request(r, body); !ok {
		l.t.Errorf("the request is not as described: %s", said(faults))
	}
	response := must(http.DefaultClient.Do(r))(l.t)
	defer response.Body.Close()
	picture := must(io.ReadAll(response.Body))(l.t)
	l.described.reply(l.t, r, response.StatusCode, response.Header, picture)
	return response, picture
}

// What the site was answered becomes a picture that a phone reads.
func TestImage(t *testing.T) {
	l := newLab(t)
	r := l.register("user1")
	fields := map[string]any{"userID": "user1", "domain": "master", "registrationID": r.RegistrationID,
		"activationPassword": r.ActivationPassword, "digipassGatewayID": "0123456789"}
	response, picture := l.draw("application/json", string(must(json.Marshal(fields))(t)), "")
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "image/png" || response.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v", response.Status, response.Header)
	}
	text := must(qr.Decode(must(png.Decode(bytes.NewReader(picture)))(t)))(t)
	want := dsapp.Image{UserID: "user1", Domain: "master", RegistrationID: r.RegistrationID, ActivationPassword: r.ActivationPassword, DigipassGatewayID: "0123456789"}
	if got := must(dsapp.ParseImage(text))(t); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, form := range []string{text, strings.ToLower(text), " " + text + "\n"} {
		if _, again := l.draw("text/plain; charset=us-ascii", form, ""); !bytes.Equal(again, picture) {
			t.Error("the text is drawn otherwise than its fields")
		}
	}
	if strings.Contains(l.log.String(), r.ActivationPassword) || strings.Contains(l.log.String(), text) {
		t.Error("the log has the activation password")
	}
}

// The picture is in the form that is asked for.
func TestImageForms(t *testing.T) {
	l := newLab(t)
	for _, c := range []struct{ query, accept, want string }{
		{"", "", "image/png"},
		{"", "*/*", "image/png"},
		{"", "text/html, image/*;q=0.8", "image/png"},
		{"", "image/svg+xml", "image/svg+xml"},
		{"", "image/svg+xml, image/png;q=0.9", "image/svg+xml"},
		{"", "image/svg+xml;q=0.5, image/*", "image/png"},
		{"", "image/png;q=0, */*", "image/svg+xml"},
		{"?format=svg", "image/png", "image/svg+xml"},
		{"?format=png", "text/html", "image/png"},
		{"", "text/html", ""},
		{"", "image/png;q=0", ""},
		{"", "image/png;q=2, image/jpeg", ""},
	} {
		response, picture := l.draw("text/plain", "3031", c.query, c.accept)
		if c.want == "" {
			if response.StatusCode != http.StatusNotAcceptable || !bytes.Contains(picture, []byte("STAT_INVPARAM")) {
				t.Errorf("%v: %s", c, response.Status)
			}
			continue
		}
		var document struct{ XMLName xml.Name }
		decode := func() error { return xml.Unmarshal(picture, &document) }
		if c.want == "image/png" {
			decode = func() error { _, err := png.Decode(bytes.NewReader(picture)); return err }
		}
		if got := response.Header.Get("Content-Type"); got != c.want || decode() != nil {
			t.Errorf("%v: %s, %s", c, response.Status, got)
		}
	}
}

// What cannot be drawn is said in words that hold none of it.
func TestImageRefusals(t *testing.T) {
	l := newLab(t)
	whole := `{"userID":"u","domain":"d","registrationID":"r","activationPassword":"hush"}`
	for _, c := range []struct{ contentType, body, want string }{
		{"application/json", `{}`, "userID is missing"},
		{"application/json", strings.Replace(whole, `"r"`, `"r;hush"`, 1), "semicolon"},
		{"application/json", strings.Replace(whole, `"hush"`, `["hush"]`, 1), "activationPassword is not a string"},
		{"application/json", `hush`, "not JSON"},
		{"text/plain", "", "from 1 to 1024"},
		{"text/plain", "hush", "not upper-case hex"},
		{"text/plain", strings.Repeat("0", 1025), "from 1 to 1024"},
		{"image/png", "hush", "application/json"},
	} {
		r := l.request(backKey, "/image", c.body)
		r.Header.Set("Content-Type", c.contentType)
		a := l.do(r)
		if a.http != http.StatusBadRequest && a.http != http.StatusUnsupportedMediaType || !strings.Contains(a.desc(), c.want) || strings.Contains(a.body, "hush") {
			t.Errorf("%s: HTTP %d, want %q: %s", c.body, a.http, c.want, a.body)
		}
	}
	r := l.request(backKey, "/image?format=jpeg", whole)
	if a := l.undescribed(r); a.http != http.StatusNotAcceptable {
		t.Errorf("a JPEG: HTTP %d", a.http)
	}
}
