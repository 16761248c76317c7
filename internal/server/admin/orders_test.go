package admin

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// asked notes the paths that a client asks, and answers none.
type asked []string

func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	*a = append(*a, strings.TrimPrefix(r.URL.Path, "/"))
	return nil, errors.New("nobody answers")
}

// TestClientHasEveryOrder compares the client's methods with the table.
func TestClientHasEveryOrder(t *testing.T) {
	var got asked
	client := reflect.ValueOf(&Client{Transport: &got, Operator: "tester"})
	for i := range client.NumMethod() {
		method := client.Method(i)
		in := []reflect.Value{reflect.ValueOf(context.Background())}
		for j := 1; j < method.Type().NumIn(); j++ {
			in = append(in, reflect.Zero(method.Type().In(j)))
		}
		method.Call(in)
		for j := range in { // administrators, and then service users
			if in[j].Kind() == reflect.Bool {
				in[j] = reflect.ValueOf(true)
				method.Call(in)
			}
		}
	}
	if _, err := client.Interface().(*Client).ListAdministrators(context.Background(), provision.ListAdministrators{Service: true}); err == nil {
		t.Error("the transport answered")
	}
	want := []string{"backup"} // which streams, and so has no row
	for _, order := range (&Door{Service: new(provision.Service)}).orders() {
		want = append(want, order.path)
		if mayChange(order.path) == order.looks {
			t.Errorf("%s: the client takes it for one that may change something: %t", order.path, !order.looks)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the client asks for %q, the table has %q", got, want)
	}
}
