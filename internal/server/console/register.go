package console

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// offer is what a registration hands out: it is in the answer that registered
// and nowhere else.
type offer struct {
	Image template.URL // data: of the QR code

	AppLink template.URL // that hands the image to the app; empty: none
	NewTab  bool         // that it opens

	Codes []code // for who cannot scan
}

// code is a value that a person types into an app, or copies.
type code struct{ ID, Name, Value string }

func codes(result provision.DSAPPSRPRegisterResult) []code {
	all := []code{
		{"registration-id", "Registration ID", result.RegistrationID},
		{"activation-password", "Activation password", result.ActivationPassword},
		{"user-id", "User ID", result.User.UserID},
		{"domain", "Domain", result.User.Domain},
		{"serial-number", "Serial number", result.SerialNumber},
		{"gateway", "Gateway", result.DigipassGatewayID},
	}
	return slices.DeleteFunc(all, func(c code) bool { return c.Value == "" })
}

// maxOnce is the length of what tells a form, in hex: sessions remember it.
const maxOnce = 64

// onlyOnce makes a registration, unless the same form did before, which is what a
// reload sends: that registration is shown, without its secret.
func (e *exchange) onlyOnce(register func(once string) error) error {
	e.session.registering.Lock()
	defer e.session.registering.Unlock()
	once := e.HTTP.PostForm.Get("once")
	if len(once) > maxOnce {
		return &browser.Problem{Status: http.StatusBadRequest, Title: "The form could not be read",
			Words: "It is not as this page made it. Nothing was done: begin again on this page."}
	}
	if again, is := e.session.find(func(m made) bool { return m.once == once }); is {
		return e.see(registrationURL(again))
	}
	return register(once)
}

// register opens a registration and shows its image.
func (e *exchange) register() error { return e.onlyOnce(e.registerAnew) }

func (e *exchange) registerAnew(once string) error {
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
	offer, err := e.newOffer(result)
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
	err := e.cancelBecause(old, becauseStartedOver)
	if refusal, refused := errors.AsType[*provision.Error](err); refused && refusal.Refusal != provision.InvalidCredentials {
		return nil
	}
	return err
}

func (h *Handler) newOffer(result provision.DSAPPSRPRegisterResult) (offer, error) {
	text, err := dsapp.Image{
		UserID: result.User.UserID, Domain: result.User.Domain,
		RegistrationID: result.RegistrationID, ActivationPassword: result.ActivationPassword,
		DigipassGatewayID: result.DigipassGatewayID,
	}.Hex()
	if err != nil {
		return offer{}, fmt.Errorf("activation image: %w", err)
	}
	image, err := qrCode(text)
	if err != nil {
		return offer{}, err
	}
	return offer{
		Image:   image,
		AppLink: h.appLink.url(text), NewTab: h.appLink.newTab, Codes: codes(result),
	}, nil
}

func registrationURL(m made) string { return "/registrations/" + strconv.Itoa(m.number) }

// numbered returns the session's registration of a number in a form or URL.
func (e *exchange) numbered(text string) (made, bool) {
	return e.session.find(func(m made) bool { return strconv.Itoa(m.number) == text })
}

// registration returns the registration that the URL names.
func (e *exchange) registration() (made, error) {
	m, is := e.numbered(e.HTTP.PathValue("number"))
	if !is {
		return m, &browser.Problem{Status: http.StatusNotFound, Title: "There is nothing here any more",
			Words: "This sign-in knows no such set-up. Begin a new one."}
	}
	return m, nil
}
