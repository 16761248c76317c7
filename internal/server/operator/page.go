package operator

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
)

// The console's files; the one variable here, as embedding asks for one.
//
//go:embed templates assets
var files embed.FS

// pages are the templates, by the name of what they show.
type pages map[string]*template.Template

func newPages() (pages, error) {
	all := make(pages)
	for _, name := range []string{"signin", "requests", "request", "record", "action", "done", "search", "lab", "problem"} {
		parsed, err := template.ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		all[name] = parsed
	}
	return all, nil
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
	var b bytes.Buffer
	if err := e.pages[name].ExecuteTemplate(&b, "layout.html", p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	e.send(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

func (e *exchange) send(status int, mediaType string, content []byte) {
	e.status = status
	header := e.w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(content)))
	e.w.WriteHeader(status)
	_, _ = e.w.Write(content) // a browser that went away needs no answer
}

// see sends the browser to another page, by GET.
func (e *exchange) see(url string) error {
	e.status = http.StatusSeeOther
	e.w.Header().Set("Location", url)
	e.w.WriteHeader(e.status)
	return nil
}

func (e *exchange) nothingHere() error {
	if e.HTTP.Method != http.MethodGet && e.HTTP.Method != http.MethodHead && e.HTTP.Method != http.MethodPost {
		e.w.Header().Set("Allow", "GET, HEAD, POST")
		return &problem{status: http.StatusMethodNotAllowed, Title: "This cannot be done here", Words: "A page is read by GET, and a form sent by POST."}
	}
	return notHere("There is no such page. The address may be mistyped.")
}

// notHere is what a name is answered with that nothing has.
func notHere(words string) error {
	return &problem{status: http.StatusNotFound, Title: "There is nothing here", Words: words}
}

// asset answers with a file of the console's own. It may be kept, but is asked for
// again, so that a newer server's page has the newer file.
func asset(mediaType string) action {
	return func(e *exchange) error {
		content, err := files.ReadFile("assets/" + path.Base(e.HTTP.URL.Path))
		if err != nil {
			return err
		}
		e.send(http.StatusOK, mediaType, content)
		return nil
	}
}

// shared answers with the stylesheet of the self-management page.
func (e *exchange) shared() error {
	e.send(http.StatusOK, "text/css; charset=utf-8", e.Stylesheet)
	return nil
}
