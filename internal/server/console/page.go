package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"

	"github.com/dsappd/dsappd/internal/provision"
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

// pages are the templates, by the name of what they show.
type pages map[string]*template.Template

func newPages() (pages, error) {
	all := make(pages)
	for _, name := range []string{"signin", "authenticators", "registration", "offline", "account", "scan", "problem"} {
		parsed, err := template.ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		all[name] = parsed
	}
	return all, nil
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
	var b bytes.Buffer
	if err := e.pages[name].ExecuteTemplate(&b, "layout.html", p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	e.status = status
	header := e.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(b.Len()))
	e.w.WriteHeader(status)
	_, _ = e.w.Write(b.Bytes()) // a browser that went away needs no answer
	return nil
}

// see sends the browser to another page, by GET.
func (e *exchange) see(url string) error {
	e.status = http.StatusSeeOther
	e.w.Header().Set("Location", url)
	e.w.WriteHeader(e.status)
	return nil
}

func (e *exchange) toHome() error { return e.see("/") }

func (e *exchange) nothingHere() error {
	if e.HTTP.Method != http.MethodGet && e.HTTP.Method != http.MethodHead && e.HTTP.Method != http.MethodPost {
		e.w.Header().Set("Allow", "GET, HEAD, POST")
		return &problem{status: http.StatusMethodNotAllowed, Title: "This cannot be done here", Words: "A page is read by GET, and a form sent by POST."}
	}
	return &problem{status: http.StatusNotFound, Title: "There is no such page", Words: "The address may be mistyped, or the page is no longer there."}
}

// asset answers with a file of the page's own. It may be kept, but is asked
// for again, so that a newer server's page has the newer file.
func asset(mediaType string) action {
	return func(e *exchange) error {
		content, err := files.ReadFile("assets/" + path.Base(e.HTTP.URL.Path))
		if err != nil {
			return err
		}
		e.status = http.StatusOK
		e.w.Header().Set("Content-Type", mediaType)
		e.w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = e.w.Write(content) // a browser that went away needs no answer
		return nil
	}
}
