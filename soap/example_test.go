package soap_test

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/dsappd/dsappd/soap"
)

// A service of one operation, and a client that calls it.
func Example() {
	const namespace = "urn:example"
	text := func(name string) soap.Element {
		return soap.Element{Depth: 1, Name: name, MinOccurs: 1, MaxOccurs: 1, Base: "string"}
	}
	schema, err := soap.NewSchema([]soap.Element{
		{Name: "greet", Namespace: namespace}, text("name"),
		{Name: "greetResponse", Namespace: namespace}, text("words"),
	})
	if err != nil {
		log.Fatal(err)
	}
	greet := func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in struct {
			Name string `xml:"name"`
		}
		if err := r.Decode(&in); err != nil {
			return nil, err
		}
		return fmt.Appendf(dst, "<e:greetResponse><words>Hello, %s</words></e:greetResponse>", in.Name), nil
	}
	namespaces := []soap.Namespace{{Prefix: "e", URI: namespace}}
	handler, err := soap.NewHandler(soap.Config{
		Operations: map[xml.Name]soap.Operation{{Space: namespace, Local: "greet"}: greet},
		Schema:     schema, Namespaces: namespaces,
		Log: slog.New(slog.DiscardHandler), Rand: rand.Reader, Now: time.Now,
	})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()

	client := &soap.Client{URL: server.URL, HTTP: server.Client(), Schema: schema, Namespaces: namespaces}
	var out struct {
		Words string `xml:"words"`
	}
	request := []byte("<e:greet><name>Ann</name></e:greet>")
	if err := client.Call(context.Background(), request, xml.Name{Space: namespace, Local: "greetResponse"}, &out); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Words)
	// Output: Hello, Ann
}
