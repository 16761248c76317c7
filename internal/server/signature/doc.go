// Package signature is the SOAP door for signatures: it takes the operations of
// the signature interface from the wire to a provision.Service and its answers
// back.
package signature
