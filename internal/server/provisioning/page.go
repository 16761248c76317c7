package provisioning

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/wsdl"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle []byte

// documentation is where people read about the program.
const documentation = "https://github.com/dsappd/dsappd#readme"

// description answers GET: the WSDL and the schemas for programs, and a page
// for people.
type description struct {
	publicURL  string
	stylesheet []byte
	directory  *directory.Directory
	page       *template.Template
}

func newDescription(c Config) (*description, error) {
	page, err := thePage()
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return &description{publicURL: c.PublicURL, stylesheet: slices.Concat(c.Stylesheet, pageStyle), directory: c.Directory, page: page}, nil
}

// thePage is the page's template, the same for every handler.
var thePage = sync.OnceValues(func() (*template.Template, error) { return template.New("page").Parse(pageText) })

// interfaceInWords is an interface as the page shows it: the operations that its
// WSDL describes.
type interfaceInWords struct {
	Name       string
	Operations []wsdl.Operation
}

// theInterfaces are those of the program, provisioning first, and never change.
// They are read from the WSDLs when a page is first asked for.
var theInterfaces = sync.OnceValues(func() (all []interfaceInWords, err error) {
	for _, name := range wsdl.Interfaces() {
		operations, err := wsdl.Operations(name)
		if err != nil {
			return nil, err
		}
		all = append(all, interfaceInWords{name, operations})
	}
	return all, nil
})

// answer writes what a GET or HEAD asks for.
func (d *description) answer(w http.ResponseWriter, r *http.Request) bool {
	if wsdl.Serve(w, r, d.publicURL) {
		return true
	}
	if _, style := r.URL.Query()["style"]; style {
		write(w, "text/css; charset=utf-8", d.stylesheet)
		return true
	}
	interfaces, err := theInterfaces()
	if err != nil {
		return false // soap has a page of its own
	}
	doors := d.directory.For(r)
	var b bytes.Buffer
	err = d.page.Execute(&b, map[string]any{
		"Endpoint": endpoint(doors.SOAP, r), "Gateway": doors.Gateway, "Platform": doors.Platform, "Console": doors.Console,
		"Schemas": wsdl.Schemas(), "Interfaces": interfaces, "Documentation": documentation,
	})
	if err != nil {
		return false // soap has a page of its own
	}
	protect(w.Header())
	w.Header().Set("Link", `<?wsdl>; rel="describedby"; type="text/xml"`)
	w.Header().Set("Cache-Control", "no-store") // it repeats the Host
	write(w, "text/html; charset=utf-8", b.Bytes())
	return true
}

// endpoint returns the URL that a client should use.
func endpoint(known string, r *http.Request) string {
	if known != "" {
		return known
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + "/"
}

// protect says what a browser may do with the page: show it with its
// stylesheet, and nothing else.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
}

func write(w http.ResponseWriter, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that went away needs no answer
}
