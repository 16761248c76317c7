package browser

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"time"
)

// Answer writes the answer to a request.
type Answer struct {
	W      http.ResponseWriter
	Status int // of HTTP; 0: no answer has begun
}

// Send answers with a whole document.
func (a *Answer) Send(status int, mediaType string, content []byte) {
	a.W.Header().Set("Content-Type", mediaType)
	a.W.Header().Set("Content-Length", strconv.Itoa(len(content)))
	a.begin(status)
	_, _ = a.W.Write(content) // a browser that went away needs no answer
}

func (a *Answer) begin(status int) {
	a.Status = status
	a.W.WriteHeader(status)
}

// See sends the browser to another page, by GET.
func (a *Answer) See(url string) {
	a.W.Header().Set("Location", url)
	a.begin(http.StatusSeeOther)
}

// SendFile answers with the file that a request names. It may be kept, but is asked
// for again, so a newer server's page has the newer file.
func (a *Answer) SendFile(r *http.Request, folder fs.FS, mediaType string) error {
	content, err := fs.ReadFile(folder, "assets/"+path.Base(r.URL.Path))
	if err != nil {
		return err
	}
	a.Send(http.StatusOK, mediaType, content)
	return nil
}

// CheckMethod returns a *Problem for a request that neither reads a page nor sends a
// form.
func (a *Answer) CheckMethod(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodPost {
		return nil
	}
	a.W.Header().Set("Allow", "GET, HEAD, POST")
	return &Problem{Status: http.StatusMethodNotAllowed, Title: "This cannot be done here", Words: "A page is read by GET, and a form sent by POST."}
}

// NoStream answers a browser that shall not ask for the stream again.
func (a *Answer) NoStream() { a.begin(http.StatusNoContent) }

// BeginStream begins a stream of server-sent events. It lifts the connection's
// deadline for reading, which would end the request's context; that for writing is
// set anew for each event.
func (a *Answer) BeginStream() error {
	if err := http.NewResponseController(a.W).SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("begin a stream: %w", err)
	}
	a.W.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	a.W.Header().Set("X-Accel-Buffering", "no") // nginx would keep events until there are enough
	a.begin(http.StatusOK)
	return nil
}

// writeTimeout is for one event to be taken by the browser.
const writeTimeout = 10 * time.Second

// Event sends one event of a stream.
func (a *Answer) Event(text []byte) error {
	controller := http.NewResponseController(a.W)
	if err := controller.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := a.W.Write(text); err != nil {
		return err
	}
	return controller.Flush()
}

// Pages holds templates, by the name of what they show.
type Pages map[string]*template.Template

// ParsePages parses the template of each name in templates, with those that all
// pages share.
func ParsePages(files fs.FS, shared []string, names ...string) (Pages, error) {
	all := make(Pages)
	for _, name := range names {
		var patterns []string
		for _, each := range append(shared[:len(shared):len(shared)], name) {
			patterns = append(patterns, "templates/"+each+".html")
		}
		parsed, err := template.ParseFS(files, patterns...)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		all[name] = parsed
	}
	return all, nil
}

// Render answers with a page, whole or not at all.
func (a *Answer) Render(status int, pages Pages, name string, page any) error {
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "layout.html", page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	a.Send(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}
