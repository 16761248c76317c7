package console

import (
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// registrationPage shows how far a registration has come.
type registrationPage struct {
	Number       int
	URL          string
	SerialNumber string // that a new one asks for
	Once         string // of the form for a new one
	Offer        *offer // nil: the page without the secret
	Offline      bool   // the app asks for the serial number
	Status       status
	Steps        []step
}

// show shows the page of a registration without its secret.
func (e *exchange) show() error {
	m, err := e.registration()
	if err != nil {
		return err
	}
	if m.offline {
		progress, err := e.progress(m)
		if err != nil {
			return err
		}
		if !progress.Ended() {
			return e.showOffline(http.StatusOK, m, offlinePage{})
		}
	}
	return e.showRegistration(m, nil)
}

func (e *exchange) showRegistration(m made, offered *offer) error {
	progress, err := e.progress(m)
	if err != nil {
		return err
	}
	once, err := browser.Draw(e.service.Rand)
	if err != nil {
		return err
	}
	p := registrationPage{
		Number: m.number, URL: registrationURL(m), SerialNumber: m.serialNumber, Once: once,
		Offer: offered, Offline: progress.Offline, Status: newStatus(progress),
	}
	p.Steps = steps(progress.MDL, p.Status.Step)
	shown := page{Title: p.Status.Title, Body: p}
	if p.Status.Phase == open && offered == nil {
		shown.Refresh = 5
	}
	return e.render(http.StatusOK, "registration", shown)
}

func (e *exchange) progress(m made) (provision.Progress, error) {
	return e.service.SelfProgress(e.HTTP.Context(), e.session.who, m.id)
}

// cancel closes the registration and shows that.
func (e *exchange) cancel() error {
	m, err := e.registration()
	if err != nil {
		return err
	}
	err = e.cancelBecause(m, becauseCancelled)
	if err != nil && !hasEnded(err) {
		return err
	}
	return e.see(registrationURL(m))
}

func (e *exchange) cancelBecause(m made, reason string) error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	return e.service.SelfCancel(e.HTTP.Context(), caller, e.session.who, provision.SelfCancel{RegistrationID: m.id, Reason: reason})
}
