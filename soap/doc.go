// Package soap is SOAP 1.1 over HTTP, document/literal wrapped: envelopes,
// faults, limits, dispatch by the body element's qualified name, a trace
// without secrets, and a client. It knows no operation.
//
// A request goes through one parser: raw tokens, the same that encoding/xml would
// give, are checked for what encoding/xml lets pass, against the namespaces and
// against a schema given as data; what is left, in the form the schema gives it,
// goes to the caller's type, a Receiver, or is decoded into it. Unless it is strict, it also reads what
// clients without a WSDL send in SOAP's encoding: references and arrays. What is wrong with the envelope is a Fault;
// what is wrong with a field is a FieldError, for the operation to answer.
package soap

const (
	// EnvelopeNamespace is that of SOAP 1.1.
	EnvelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"

	encodingNamespace = "http://schemas.xmlsoap.org/soap/encoding/"
	nextActor         = "http://schemas.xmlsoap.org/soap/actor/next"
	instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"
	schemaNamespace   = "http://www.w3.org/2001/XMLSchema"
	xmlNamespace      = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace    = "http://www.w3.org/2000/xmlns/"
)

// The limits of a message, in either direction.
const (
	// MaxSize is that of a body in bytes, as it comes and unpacked, unless a
	// handler has less.
	MaxSize = 1 << 20

	// usualSize is that of a handler that does not say.
	usualSize = 64 << 10

	maxDepth      = 32  // of elements, the envelope included
	maxAttributes = 64  // of one element
	maxNamespaces = 64  // declared at once; every name is looked up among them
	maxIgnored    = 16  // names of unknown elements that are kept for the log
	maxName       = 64  // bytes of each
	maxShown      = 128 // bytes of a peer's word that a fault repeats
)
