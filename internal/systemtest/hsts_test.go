package systemtest_test

import (
	"net/http"
	"testing"

	"github.com/dsappd/dsappd"
)

// Each listener tells browsers for how long to insist on TLS as its own
// setting says, and over plain HTTP none does.
func TestHSTS(t *testing.T) {
	dir := certifiedFolder(t, "[soap]\nhsts = \"1h30m\"\n[console]\nhsts = \"8760h\"\n")
	for _, secure := range []bool{true, false} {
		server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", TLS: secure})
		if err != nil {
			t.Fatal(err)
		}
		client := http.DefaultClient
		if secure {
			client = trusting(t, dir)
		}
		urls := server.URLs()
		for url, want := range map[string]string{urls.SOAP + "?wsdl": "max-age=5400", urls.Gateway: "", urls.Console: "max-age=31536000"} {
			if !secure {
				want = ""
			}
			response, _ := get(t, client, url)
			if got := response.Header["Strict-Transport-Security"]; len(got) > 1 || response.Header.Get("Strict-Transport-Security") != want {
				t.Errorf("%s: %q, want %q", url, got, want)
			}
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}
