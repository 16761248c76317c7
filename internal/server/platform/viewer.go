package platform

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// viewer holds the page to try the API: Swagger UI as it is built, with its
// licence, and the page around it. What is large is kept compressed.
//
//go:embed viewer
var viewer embed.FS

// viewerPolicy lets the page load its own files and call its own server, and
// nothing else. Swagger UI draws its icons from data URLs.
const viewerPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// showViewer answers the page. At its path, people may look for the SOAP
// interface.
func showViewer(c *call) (any, error) {
	if err := c.misdirected(); err != nil {
		return nil, err
	}
	page, err := viewer.ReadFile("viewer/index.html")
	if err != nil {
		return nil, err
	}
	c.writer.Header().Set("Content-Security-Policy", viewerPolicy)
	return picture{"text/html; charset=utf-8", page}, nil
}

// viewerFile answers a file of the page, compressed if it is kept so and the
// client takes it.
func viewerFile(c *call) (any, error) {
	name := c.segments["file"]
	kept := path.Join("viewer", path.Base(name))
	header := c.writer.Header()
	header.Set("Cache-Control", "max-age=3600")
	if content, err := viewer.ReadFile(kept); err == nil {
		return picture{mediaTypeOf(name), content}, nil
	}
	content, err := viewer.ReadFile(kept + ".gz")
	if err != nil {
		return nil, &fault{status: http.StatusNotFound, refusal: provision.NotFound, message: "The page to try the API has no such file."}
	}
	header.Add("Vary", "Accept-Encoding")
	if strings.Contains(c.HTTP.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		return picture{mediaTypeOf(name), content}, nil
	}
	content, err = inflate(content)
	return picture{mediaTypeOf(name), content}, err
}

func inflate(compressed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("inflate a file of the page: %w", err)
	}
	return io.ReadAll(r)
}

// mediaTypeOf returns the media type of a file by its name, and text if the
// name says nothing.
func mediaTypeOf(name string) string {
	switch extension := path.Ext(name); extension {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css", ".html":
		return mime.TypeByExtension(extension)
	}
	return "text/plain; charset=utf-8"
}
