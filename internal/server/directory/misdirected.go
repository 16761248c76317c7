package directory

import (
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/soap"
)

// WSDLError tells where the WSDL is to who asks another door for it.
type WSDLError struct{ words string }

func (e *WSDLError) Error() string { return e.words }

// Misdirected returns what to tell a peer that looks for the SOAP interface at
// another door, which here describes: a *soap.Fault if it sends SOAP, a
// *WSDLError if it asks for the WSDL, nil if it does neither.
func (d *Directory) Misdirected(r *http.Request, here string) error {
	at := d.For(r).SOAP
	switch {
	case soap.IsRequest(r):
		words := "This is " + here + ": the SOAP interface is "
		if at == "" {
			at = "elsewhere"
		} else {
			words += "at "
		}
		return &soap.Fault{Code: soap.CodeClient, Reason: soap.WrongAddress, String: words + at + "."}
	case asksForWSDL(r) && at != "":
		return &WSDLError{"This is " + here + ": the WSDL is at " + at + "?wsdl."}
	}
	return nil
}

func asksForWSDL(r *http.Request) bool {
	for key := range r.URL.Query() {
		if strings.EqualFold(key, "wsdl") || strings.EqualFold(key, "singleWsdl") {
			return r.Method == http.MethodGet || r.Method == http.MethodHead
		}
	}
	return false
}
