// Package directory knows where the doors of one server answer, so that each
// can name the right one to who came to the wrong one.
package directory

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Directory has the URLs of a server's doors, such as http://127.0.0.1:8888/;
// empty: the door is not served. It is filled before the server answers, and
// only read from then on.
type Directory struct {
	SOAP     string
	Gateway  string
	Console  string
	Platform string

	PublicSOAP string // what SOAP clients are told in place of SOAP; empty: nothing else
}

// For returns the directory with the host that a request was sent to in the
// place of the listeners': a peer on another machine reaches the doors by the
// name that it used here. The nil Directory knows of no door.
func (d *Directory) For(r *http.Request) Directory {
	if d == nil {
		return Directory{}
	}
	here := Directory{SOAP: d.PublicSOAP, Gateway: at(d.Gateway, r.Host), Console: at(d.Console, r.Host), Platform: at(d.Platform, r.Host)}
	if here.SOAP == "" {
		here.SOAP = at(d.SOAP, r.Host)
	}
	return here
}

// at returns a door's URL with another host, if there is one.
func at(door, host string) string {
	u, err := url.Parse(door)
	if err != nil || door == "" || host == "" {
		return door
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	u.Host = net.JoinHostPort(name, u.Port())
	return u.String()
}
