package operator

import (
	"embed"
	"net/http"

	"github.com/dsappd/dsappd/internal/server/browser"
)

// The console's files; the one variable here, as embedding asks for one.
//
//go:embed templates assets
var files embed.FS

func newPages() (browser.Pages, error) {
	return browser.ParsePages(files, []string{"layout", "parts"}, "signin", "requests", "request", "record", "action", "done", "search", "lab", "problem")
}

// page is what every template is given.
type page struct {
	Title string
	Here  string // the part of the console, as the navigation names it
	Body  any

	Query    string // what was searched for
	Who      string // who is signed in; empty: nobody
	Token    string // of the forms of who is signed in
	Lab      bool   // the server is a lab
	ReadOnly bool
	All      bool // the viewer sees what belongs to no domain
}

// render answers with a page, whole or not at all.
func (e *exchange) render(status int, name string, p page) error {
	if e.session != nil {
		v := e.session.viewer
		p.Who, p.ReadOnly, p.All = v.name, v.readOnly, v.seesAll()
		p.Token = e.forms.Token(sessionCookie, e.cookies().Get(sessionCookie))
		p.Lab = e.Lab != nil && v.admin == nil
	}
	return e.Render(status, e.pages, name, p)
}

// see sends the browser to another page, by GET.
func (e *exchange) see(url string) error {
	e.See(url)
	return nil
}

func (e *exchange) nothingHere() error {
	if err := e.CheckMethod(e.HTTP); err != nil {
		return err
	}
	return notHere("There is no such page. The address may be mistyped.")
}

// notHere is what a name is answered with that nothing has.
func notHere(words string) error {
	return &browser.Problem{Status: http.StatusNotFound, Title: "There is nothing here", Words: words}
}

// asset answers with a file of the console's own.
func asset(mediaType string) action {
	return func(e *exchange) error { return e.SendFile(e.HTTP, files, mediaType) }
}

// shared answers with the stylesheet of the self-management page.
func (e *exchange) shared() error {
	e.Send(http.StatusOK, "text/css; charset=utf-8", e.Stylesheet)
	return nil
}
