package console

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/internal/provision"
)

// proof returns what a form of a device holds.
func (e *exchange) proof() provision.SelfProof {
	form := e.HTTP.PostForm
	return provision.SelfProof{
		SerialNumber: form.Get("device"), PIN: form.Get("pin"), Response: form.Get("code"), ChallengeKey: form.Get("key"),
		NewPIN: form.Get("newPIN"), Confirmation: form.Get("confirmation"),
	}
}

// testOTP looks whether a code of a device is right.
func (e *exchange) testOTP() error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	if _, err := e.service.SelfTestOTP(e.HTTP.Context(), caller, e.session.who, e.proof()); err != nil {
		return e.failed(err, e.HTTP.PostForm.Get("device"))
	}
	if e.HTTP.PostForm.Get("key") != "" {
		return e.see("/account?done=scan")
	}
	return e.see("/account?done=test")
}

// setPIN changes the PIN of a device.
func (e *exchange) setPIN() error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	if _, err := e.service.SelfSetPIN(e.HTTP.Context(), caller, e.session.who, e.proof()); err != nil {
		return e.failed(err, e.HTTP.PostForm.Get("device"))
	}
	return e.see("/account?done=pin")
}

// deactivate ends a device that is lost.
func (e *exchange) deactivate() error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	name := e.HTTP.PostForm.Get("device")
	if _, err := e.service.SelfDeactivate(e.HTTP.Context(), caller, e.session.who, name); err != nil {
		return e.failed(err, name)
	}
	return e.see("/account?done=deactivated")
}

// scanPage shows a request for a device to answer.
type scanPage struct {
	Device  string
	HasPIN  bool
	Key     string
	Image   template.URL
	Message string
	Minutes string // how long the request is good
}

// askDevice shows a request to log in, which a device answers.
func (e *exchange) askDevice() error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	name := e.HTTP.PostForm.Get("device")
	asked, err := e.service.SelfAsk(e.HTTP.Context(), caller, e.session.who, name)
	if err != nil {
		return e.failed(err, name)
	}
	image, err := qrCode(asked.Message)
	if err != nil {
		return err
	}
	return e.render(http.StatusOK, "scan", page{Title: "Scan and answer", Body: scanPage{
		Device: asked.SerialNumber, HasPIN: e.HTTP.PostForm.Get("hasPIN") != "", Key: asked.Key, Image: image, Message: asked.Message,
		Minutes: inWords(asked.ExpiresAt.Sub(e.service.Now())),
	}})
}

// qrCode returns the QR code of a text, for an img element.
func qrCode(text string) (template.URL, error) {
	svg, err := qr.SVG(text, qr.Module)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)), nil
}
