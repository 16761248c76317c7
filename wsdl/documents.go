package wsdl

import (
	"cmp"
	"embed"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// The documents as files; the one variable here, as embedding asks for one.
//
//go:embed provisioning.wsdl BasicTypes.xsd ProvisioningTypes.xsd
var documents embed.FS

// Document is the WSDL with an address as its endpoint. Schemas that it
// imports are named relative to where it was fetched: ?xsd=NAME.
func Document(address string) []byte {
	escaped, _ := appendText(nil, address)
	return []byte(strings.NewReplacer(
		`location="http://127.0.0.1:8888/"`, `location="`+string(escaped)+`"`,
		`schemaLocation="`, `schemaLocation="?xsd=`,
	).Replace(file("provisioning.wsdl")))
}

// Schema is a schema by its file name, in any letter case, and "" if there is
// none of that name.
func Schema(name string) string {
	for _, known := range []string{"BasicTypes.xsd", "ProvisioningTypes.xsd"} {
		if strings.EqualFold(name, known) {
			return strings.ReplaceAll(file(known), `schemaLocation="`, `schemaLocation="?xsd=`)
		}
	}
	return ""
}

func file(name string) string {
	content, _ := documents.ReadFile(name) // embedded: it is there
	return string(content)
}

// Serve answers a GET or HEAD request for the WSDL (?wsdl, on any path, in
// any letter case) or for a schema (?xsd=NAME, or a path that ends in the
// name), and reports whether it was one. The endpoint in the WSDL is endpoint
// or, where that is empty, the address that the request was sent to.
func Serve(w http.ResponseWriter, r *http.Request, endpoint string) bool {
	document := []byte(Schema(path.Base(r.URL.Path)))
	for key, values := range r.URL.Query() {
		switch {
		case strings.EqualFold(key, "wsdl"):
			document = Document(cmp.Or(endpoint, address(r)))
			if endpoint == "" {
				// What repeats the caller's Host must not reach another caller.
				w.Header().Set("Cache-Control", "no-store")
			}
		case strings.EqualFold(key, "xsd"):
			if document = []byte(Schema(values[0])); len(document) == 0 {
				http.Error(w, "There is no schema of this name: the WSDL, at ?wsdl, names those that there are.", http.StatusNotFound)
				return true
			}
		}
	}
	if len(document) == 0 {
		return false
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(document)))
	_, _ = w.Write(document) // a client that went away needs no answer
	return true
}

// address is the URL that a request was sent to, without its query.
func address(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	host := r.Host
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && host == "" {
		host = local.String() // HTTP/1.0 may come without a Host header
	}
	return scheme + "://" + host + r.URL.EscapedPath()
}
