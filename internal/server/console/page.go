package console

import (
	"embed"
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// The page's files; the one variable here, as embedding asks for one.
//
//go:embed templates assets
var files embed.FS

// Stylesheet returns the page's stylesheet, for other pages of the server.
func Stylesheet() []byte {
	content, _ := files.ReadFile("assets/console.css") // embedded: it is there
	return content
}

func newPages() (browser.Pages, error) {
	return browser.ParsePages(files, []string{"layout"}, "signin", "authenticators", "registration", "offline", "account", "scan", "problem")
}

// page is what every template is given.
type page struct {
	Title   string
	Brand   brand
	Body    any
	Refresh int // seconds after which a browser without JavaScript asks again; 0: never

	User  *provision.UserKey // who is signed in; nil: nobody
	Token string             // of the forms of who is signed in
}

// render answers with a page, whole or not at all.
func (e *exchange) render(status int, name string, p page) error {
	p.Brand = e.brand
	if e.session != nil {
		user := e.session.who.User()
		p.User, p.Token = &user, e.forms.Token(sessionCookie, e.cookies().Get(sessionCookie))
	}
	return e.Render(status, e.pages, name, p)
}

// see sends the browser to another page, by GET.
func (e *exchange) see(url string) error {
	e.See(url)
	return nil
}

func (e *exchange) toHome() error { return e.see("/") }

func (e *exchange) nothingHere() error {
	if err := e.CheckMethod(e.HTTP); err != nil {
		return err
	}
	return &browser.Problem{Status: http.StatusNotFound, Title: "There is no such page", Words: "The address may be mistyped, or the page is no longer there."}
}

// asset answers with a file of the page's own.
func asset(mediaType string) action {
	return func(e *exchange) error { return e.SendFile(e.HTTP, files, mediaType) }
}
