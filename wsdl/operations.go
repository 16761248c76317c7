package wsdl

import (
	"encoding/xml"
	"fmt"
)

// Operation is an operation of an interface, and what its WSDL says of it.
type Operation struct {
	Name  string `xml:"name,attr"`
	About string `xml:"documentation"`
}

// Operations reads those of an interface from its WSDL, in its order.
func Operations(name string) ([]Operation, error) {
	var document struct {
		Operations []Operation `xml:"portType>operation"`
	}
	if err := xml.Unmarshal([]byte(file(name+".wsdl")), &document); err != nil {
		return nil, fmt.Errorf("WSDL of %s: %w", name, err)
	}
	return document.Operations, nil
}
