package console

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// offlinePage sets up a device that has no connection: the user carries
// everything between it and the page.
type offlinePage struct {
	URL     string       // of the registration
	Image   template.URL // that the device scans; empty: it was shown before
	Message string       // the same to be typed
	Signs   bool         // the device has its second message, and shows a signature
	Left    string       // of the lifetime
	Wrong   string       // what went wrong; empty: nothing
}

// registerOffline opens a registration for a device without a connection, and
// shows what it scans first.
func (e *exchange) registerOffline() error { return e.onlyOnce(e.registerOfflineAnew) }

func (e *exchange) registerOfflineAnew(once string) error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	result, err := e.service.SelfRegisterOffline(e.HTTP.Context(), caller, e.session.who, e.HTTP.PostForm.Get("serialNumber"))
	if err != nil {
		return err
	}
	m := e.session.add(made{id: result.RegistrationID, serialNumber: result.SerialNumber, once: once, offline: true})
	return e.showOffline(http.StatusOK, m, offlinePage{Message: result.ActivationPassword})
}

// showOffline shows the step that a registration waits for.
func (e *exchange) showOffline(status int, m made, p offlinePage) error {
	progress, err := e.progress(m)
	if err != nil {
		return err
	}
	if progress.Ended() {
		return e.see(registrationURL(m))
	}
	p.URL, p.Signs, p.Left = registrationURL(m), progress.State == provision.DeviceAdded, inWords(progress.Remaining)
	if p.Message != "" {
		if p.Image, err = qrCode(p.Message); err != nil {
			return err
		}
	}
	return e.render(status, "offline", page{Title: "Set up a device without a connection", Body: p})
}

// addDevice takes the device code, and shows the second message for it.
func (e *exchange) addDevice() error {
	m, caller, err := e.ownOpen()
	if err != nil {
		return err
	}
	added, err := e.service.AddDevice(e.HTTP.Context(), caller, provision.AddDevice{
		RegistrationID: m.id, DeviceCode: digits(e.HTTP.PostForm.Get("deviceCode")), Description: e.HTTP.PostForm.Get("description"),
	})
	if err != nil {
		return e.offlineFailed(m, err, "The device code is wrong. Type it again, or have the device make another.")
	}
	return e.showOffline(http.StatusOK, m, offlinePage{Message: added.ActivationMessage2})
}

// activateInstance takes the signature, which activates the device.
func (e *exchange) activateInstance() error {
	m, caller, err := e.ownOpen()
	if err != nil {
		return err
	}
	_, err = e.service.ActivateInstance(e.HTTP.Context(), caller, provision.ActivateInstance{
		RegistrationID: m.id, Signature: digits(e.HTTP.PostForm.Get("signature")),
	})
	if err != nil {
		return e.offlineFailed(m, err, "The signature is wrong. Type it again.")
	}
	return e.see(registrationURL(m))
}

// ownOpen returns the registration that the URL names, of a user whose sign-in
// holds.
func (e *exchange) ownOpen() (made, provision.Caller, error) {
	m, err := e.registration()
	if err != nil {
		return m, provision.Caller{}, err
	}
	if _, err := e.progress(m); err != nil {
		return m, provision.Caller{}, err
	}
	caller, err := e.caller()
	return m, caller, err
}

// offlineFailed shows the step again with what went wrong. A wrong code is no
// reason to end the session.
func (e *exchange) offlineFailed(m made, err error, wrong string) error {
	refusal, refused := errors.AsType[*provision.Error](err)
	if !refused {
		return err
	}
	e.noteRefusal(refusal)
	words := refusal.Plain()
	if refusal.Refusal == provision.InvalidCredentials {
		words = wrong
	}
	return e.showOffline(browser.RefusalStatus(refusal.Refusal), m, offlinePage{Wrong: words})
}

// digits groups a number as people type it.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, typed)
}
