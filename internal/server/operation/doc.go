// Package operation is what the SOAP doors share: who calls, which of three
// outcomes an error is, and how attributes are read and written.
package operation
