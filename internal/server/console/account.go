package console

import (
	"errors"
	"net/http"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// accountPage is what users do with what they have: their devices and their
// password.
type accountPage struct {
	Devices       []device
	SecureChannel bool // devices can be asked to log in

	Done  string // what was done just now, in a sentence; empty: nothing
	Wrong string // what went wrong; empty: nothing
	At    string // the form that it went wrong in: password, or a device's name
}

// device is one that makes codes.
type device struct {
	Name, About string
	HasPIN      bool
	Lost        bool   // it can be deactivated
	Frees       bool   // doing so gives its place back
	Wrong       string // what went wrong with it; empty: nothing
}

// account shows the page.
func (e *exchange) account() error {
	return e.showAccount(http.StatusOK, accountPage{Done: doneWords(e.HTTP.URL.Query().Get("done"))})
}

// doneWords says what was done, by the word in the URL; of another word it says
// nothing.
func doneWords(done string) string {
	switch done {
	case "password":
		return "Your password was changed. You are signed out everywhere else."
	case "pin":
		return "The PIN was changed."
	case "test":
		return "The code was right: the device works."
	case "scan":
		return "The answer was right: the device works."
	case "deactivated":
		return "The device was deactivated. Its codes are worth nothing now."
	}
	return ""
}

func (e *exchange) showAccount(status int, p accountPage) error {
	own, err := e.service.SelfAuthenticators(e.HTTP.Context(), e.session.who)
	if err != nil {
		return err
	}
	allowed, err := e.allowed()
	if err != nil {
		return err
	}
	p.SecureChannel = allowed.SecureChannel
	for _, a := range own {
		p.Devices = append(p.Devices, devices(a)...)
	}
	for i := range p.Devices {
		if p.At == p.Devices[i].Name {
			p.Devices[i].Wrong = p.Wrong
		}
	}
	return e.render(status, "account", page{Title: "Devices and password", Body: p})
}

// allowed returns what the policy lets users do here.
func (e *exchange) allowed() (provision.SelfAllowed, error) {
	caller, err := e.caller()
	if err != nil {
		return provision.SelfAllowed{}, err
	}
	return e.service.SelfAllowed(e.HTTP.Context(), caller)
}

// devices lists the devices of an authenticator that make codes.
func devices(a provision.OwnAuthenticator) []device {
	if a.State == provision.Disabled {
		return nil
	}
	if a.Limit == 0 {
		about := "Not set up yet"
		if a.State == provision.Active {
			about = "Active"
		}
		return []device{{Name: a.SerialNumber, About: about, HasPIN: a.HasPIN, Lost: a.State == provision.Active}}
	}
	var all []device
	for _, i := range a.Instances {
		about := deviceTypeWords(i.DeviceType)
		if i.Description != "" {
			about += ": " + i.Description
		}
		all = append(all, device{Name: i.Name, About: about, HasPIN: a.HasPIN, Lost: true, Frees: true})
	}
	return all
}

func deviceTypeWords(kind dsapp.DeviceType) string {
	switch kind {
	case dsapp.IOS:
		return "iPhone or iPad"
	case dsapp.Android:
		return "Android phone"
	}
	return "Device"
}

// failed shows the page with what went wrong in one of its forms, where that is
// a refusal that the user can do something about.
func (e *exchange) failed(err error, at string) error {
	refusal, refused := errors.AsType[*provision.Error](err)
	if !refused || refusal.Refusal == provision.InvalidCredentials {
		return err
	}
	e.noteRefusal(refusal)
	return e.showAccount(browser.RefusalStatus(refusal.Refusal), accountPage{Wrong: refusal.Plain(), At: at})
}

// updatePassword changes the static password and goes on in a session of its
// own, under another cookie.
func (e *exchange) updatePassword() error {
	caller, err := e.caller()
	if err != nil {
		return err
	}
	form := e.HTTP.PostForm
	who, err := e.service.SelfUpdatePassword(e.HTTP.Context(), caller, e.session.who, provision.SelfUpdatePassword{
		StaticPassword: form.Get("password"), NewStaticPassword: form.Get("newPassword"), Confirmation: form.Get("confirmation"),
	})
	if err != nil {
		return e.failed(err, "password")
	}
	e.sessions.End(e.cookies().Get(sessionCookie))
	if err := e.beginSession(who); err != nil {
		return err
	}
	return e.see("/account?done=password")
}
