package console

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/provision"
)

// offer is what a registration hands out: it is in the answer that registered
// and nowhere else.
type offer struct {
	Image template.URL // data: of the QR code

	RegistrationID, ActivationPassword string
	GatewayID                          string
	User                               provision.UserOutput
}

// maxOnce is the length of what tells a form, in hex: sessions remember it.
const maxOnce = 64

// register opens a registration and shows its image. The same form again,
// which is what a reload sends, shows that registration without its secret.
func (e *exchange) register() error {
	e.session.registering.Lock()
	defer e.session.registering.Unlock()
	once := e.HTTP.PostForm.Get("once")
	if len(once) > maxOnce {
		return &problem{status: http.StatusBadRequest, Title: "The form could not be read",
			Words: "It is not as this page made it. Nothing was done: begin again on this page."}
	}
	if again, is := e.session.find(func(m made) bool { return m.once == once }); is {
		return e.see(registrationURL(again))
	}
	if err := e.giveUp(e.HTTP.PostForm.Get("instead")); err != nil {
		return err
	}
	caller, err := e.caller()
	if err != nil {
		return err
	}
	serialNumber := e.HTTP.PostForm.Get("serialNumber")
	result, err := e.service.SelfRegister(e.HTTP.Context(), caller, e.session.who, serialNumber)
	if err != nil {
		return err
	}
	offer, err := newOffer(result)
	if err != nil {
		return err
	}
	m := e.session.add(made{id: result.RegistrationID, serialNumber: result.SerialNumber, once: once})
	return e.showRegistration(m, &offer)
}

// giveUp cancels the registration that a new one takes the place of; that it
// has ended by itself is as good.
func (e *exchange) giveUp(number string) error {
	old, is := e.numbered(number)
	if !is {
		return nil
	}
	err := e.cancelBecause(old, "its user started over")
	if refusal, refused := errors.AsType[*provision.Error](err); refused && refusal.Refusal != provision.InvalidCredentials {
		return nil
	}
	return err
}

func newOffer(result provision.DSAPPSRPRegisterResult) (offer, error) {
	text, err := dsapp.Image{
		UserID: result.User.UserID, Domain: result.User.Domain,
		RegistrationID: result.RegistrationID, ActivationPassword: result.ActivationPassword,
		DigipassGatewayID: result.DigipassGatewayID,
	}.Hex()
	if err != nil {
		return offer{}, fmt.Errorf("activation image: %w", err)
	}
	picture, err := qr.SVG(text, qr.Module)
	if err != nil {
		return offer{}, fmt.Errorf("activation image: %w", err)
	}
	return offer{
		Image:          template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(picture)),
		RegistrationID: result.RegistrationID, ActivationPassword: result.ActivationPassword,
		GatewayID: result.DigipassGatewayID, User: result.User,
	}, nil
}

func registrationURL(m made) string { return "/registrations/" + strconv.Itoa(m.number) }

// numbered is the session's registration of a number in a form or URL.
func (e *exchange) numbered(text string) (made, bool) {
	return e.session.find(func(m made) bool { return strconv.Itoa(m.number) == text })
}

// registration is the one that the URL names.
func (e *exchange) registration() (made, error) {
	m, is := e.numbered(e.HTTP.PathValue("number"))
	if !is {
		return m, &problem{status: http.StatusNotFound, Title: "There is nothing here any more",
			Words: "This sign-in knows no such set-up. Begin a new one."}
	}
	return m, nil
}
