package dsappd_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd"
)

// A test of a SOAP client starts a server of its own, on free ports.
func ExampleOpen() {
	parent, err := os.MkdirTemp("", "dsappd-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(parent)
	ctx := context.Background()
	dir := filepath.Join(parent, "data")
	if err := dsappd.Init(ctx, dir, dsappd.InitOptions{Sample: true}); err != nil {
		log.Fatal(err)
	}
	server, err := dsappd.Open(ctx, dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	response, err := http.Get(server.URLs().SOAP + "?wsdl")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	fmt.Println(response.Status, response.Header.Get("Content-Type"))
	// Output: 200 OK text/xml; charset=utf-8
}
