// Package provisioning is the SOAP door: it takes the operations of the
// provisioning interface from the wire to a provision.Service and its answer
// back. It decides nothing, except which of three outcomes an error is.
package provisioning
