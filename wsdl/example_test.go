package wsdl_test

import (
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/wsdl"
)

func ExampleDocument() {
	document := string(wsdl.Document("https://provisioning.example/"))
	fmt.Println(strings.Contains(document, `location="https://provisioning.example/"`))
	// Output: true
}
