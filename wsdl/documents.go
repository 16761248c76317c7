package wsdl

import (
	"cmp"
	"embed"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The documents as clients read them; go generate writes them.
//
//go:embed served
var documents embed.FS

// interfaces are the names of the interfaces, as ?wsdl=NAME asks for their
// WSDLs. A WSDL's file is NAME.wsdl.
var interfaces = []string{"provisioning", "administration", "authentication", "signature"}

// Interfaces returns the names of the interfaces, provisioning first.
func Interfaces() []string { return slices.Clone(interfaces) }

// Document returns the WSDL of provisioning with an address as its endpoint, as
// DocumentOf does.
func Document(address string) []byte { return DocumentOf(interfaces[0], address) }

// DocumentOf returns the WSDL of an interface with an address as its endpoint,
// and nil if there is no interface of that name. It holds all of its schemas, so
// that a saved copy needs no other document.
func DocumentOf(name, address string) []byte {
	if !slices.Contains(interfaces, name) {
		return nil
	}
	escaped, _ := appendText(nil, address)
	return []byte(strings.Replace(file(name+".wsdl"), `location="http://127.0.0.1:8888/"`, `location="`+string(escaped)+`"`, 1))
}

// Files returns the documents as files by their names: each WSDL with an
// address as its endpoint, which needs no other, and their schemas, which import
// each other by their file names.
func Files(address string) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range interfaces {
		files[name+".wsdl"] = DocumentOf(name, address)
	}
	for _, name := range schemas {
		files[name] = []byte(file(name))
	}
	return files
}

// Schemas returns the schemas' file names.
func Schemas() []string { return slices.Clone(schemas) }

var schemas = []string{
	"Provisioning.xsd", "ProvisioningTypes.xsd", "BasicTypes.xsd", "Administration.xsd", "AdministrationTypes.xsd", "CredentialTypes.xsd",
	"Authentication.xsd", "AuthenticationTypes.xsd", "Signature.xsd", "SignatureTypes.xsd",
}

// Schema returns a schema by its file name, in any letter case, and "" if
// there is none of that name. It names those that it imports relative to where
// it was fetched: ?xsd=NAME.
func Schema(name string) string {
	for _, known := range schemas {
		if strings.EqualFold(name, known) {
			return strings.ReplaceAll(file(known), `schemaLocation="`, `schemaLocation="?xsd=`)
		}
	}
	return ""
}

func file(name string) string {
	content, _ := documents.ReadFile("served/" + name) // embedded: it is there
	return string(content)
}

// Serve answers a GET or HEAD request for a WSDL (?wsdl or ?singleWsdl, on any
// path, in any letter case) or for a schema (?xsd=NAME, or a path that ends in
// the name), and reports whether it was one. The WSDL is that of the interface
// that the parameter names, such as ?wsdl=administration, and else that of
// provisioning. Its endpoint is endpoint or, where that is empty, the address
// that the request was sent to.
func Serve(w http.ResponseWriter, r *http.Request, endpoint string) bool {
	document := []byte(Schema(path.Base(r.URL.Path)))
	query := r.URL.Query()
	if name, ok := parameter(query, "xsd"); ok {
		if document = []byte(Schema(name)); len(document) == 0 {
			http.Error(w, "There is no schema of this name. The WSDL, at ?wsdl, holds all of them.", http.StatusNotFound)
			return true
		}
	} else if name, ok := asked(query); ok {
		document = DocumentOf(name, cmp.Or(endpoint, address(r)))
		if endpoint == "" {
			// What repeats the caller's Host must not reach another caller.
			w.Header().Set("Cache-Control", "no-store")
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

// asked returns the interface whose WSDL a query asks for, and reports whether
// it asks for one. Values that name none are those of toolkits, such as 1.
func asked(query url.Values) (name string, ok bool) {
	for _, key := range []string{"wsdl", "singleWsdl"} {
		value, given := parameter(query, key)
		if !given {
			continue
		}
		if value = strings.ToLower(value); slices.Contains(interfaces, value) {
			return value, true
		}
		ok = true
	}
	return interfaces[0], ok
}

// parameter returns a parameter of a query, whose name may be in any letter
// case, and reports whether it is there.
func parameter(query url.Values, name string) (string, bool) {
	for key, values := range query {
		if strings.EqualFold(key, name) {
			return values[0], true
		}
	}
	return "", false
}

// address returns the URL that a request was sent to, without its query.
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
