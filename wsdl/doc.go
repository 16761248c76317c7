// Package wsdl is the SOAP interfaces as documents and as Go: a WSDL for each,
// such as provisioning.wsdl, and their schemas, the types that gowsdl makes of them, what
// the schemas say of every element, and the writing of requests and replies.
// It knows nothing of what an operation does.
//
// A new operation is added to the documents; go generate does the rest.
package wsdl

//go:generate go run ./internal/generate
