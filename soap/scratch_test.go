package soap_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Exchanges that work in the same memory one after the other, and side by side, answer
// each with what it was asked, whatever became of the one before: also one that
// panicked, was wrong, or was larger than what is kept.
func TestScratchIsOneExchangesAtATime(t *testing.T) {
	c := config(t, &heard{})
	c.MaxSize = soap.MaxSize
	c.Operations[name("dsappSRPActivate")] = func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in wsdl.DsappSRPActivate
		if err := r.Decode(&in); err != nil {
			return nil, err
		}
		if in.RegistrationID == "panic" {
			panic(in.RegistrationID)
		}
		return fmt.Appendf(dst, "<echo>%s %s</echo>", in.RegistrationID, in.ComponentType), nil
	}
	h, err := soap.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(body string) string {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "text/xml")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}
	right := string(body(t, "documented-activate"))
	_, rest, _ := strings.Cut(right, "<registrationID>")
	known, _, _ := strings.Cut(rest, "<")
	var asking sync.WaitGroup
	for n := range 8 {
		asking.Go(func() {
			for i := range 60 {
				id := fmt.Sprintf("asked%d-%d", n, i)
				own := strings.Replace(right, known, id, 1)
				switch i % 6 {
				case 1:
					ask(strings.Replace(right, known, "panic", 1))
				case 2:
					ask(right[:len(right)/2+i])
				case 3:
					own += strings.Repeat(" ", 80<<10)
				case 4:
					ask(strings.Replace(right, known, "&#60;"+strings.Repeat("x", 90), 1))
				}
				if reply := ask(own); strings.Count(reply, "<echo>") != 1 || !strings.Contains(reply, "<echo>"+id+" ") {
					t.Errorf("asked with %s: %s", id, reply)
				}
			}
		})
	}
	asking.Wait()
}
