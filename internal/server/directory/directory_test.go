package directory_test

import (
	"net/http/httptest"
	"testing"

	"github.com/dsappd/dsappd/internal/server/directory"
)

func TestFor(t *testing.T) {
	d := &directory.Directory{SOAP: "http://127.0.0.1:8888/", Gateway: "https://localhost:11080/"}
	for host, want := range map[string]directory.Directory{
		"lab.example:8889": {SOAP: "http://lab.example:8888/", Gateway: "https://lab.example:11080/"},
		"lab.example":      {SOAP: "http://lab.example:8888/", Gateway: "https://lab.example:11080/"},
		"[::1]:8889":       {SOAP: "http://[::1]:8888/", Gateway: "https://[::1]:11080/"},
		"[::1]":            {SOAP: "http://[::1]:8888/", Gateway: "https://[::1]:11080/"},
		"":                 *d,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		if got := d.For(r); got != want {
			t.Errorf("%q: %+v", host, got)
		}
	}
	public := &directory.Directory{SOAP: "http://127.0.0.1:8888/", PublicSOAP: "https://prov.example/soap"}
	if got := public.For(httptest.NewRequest("GET", "/", nil)).SOAP; got != "https://prov.example/soap" {
		t.Error(got)
	}
	var none *directory.Directory
	if got := none.For(httptest.NewRequest("GET", "/", nil)); got != (directory.Directory{}) {
		t.Errorf("%+v", got)
	}
}
