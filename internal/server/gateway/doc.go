// Package gateway is the phones' door: REST services (version 2) with JSON
// both ways, one POST for each step of an activation, opened by the API keys
// of two sides. It keeps nothing and decides nothing: what it is asked goes to
// a provision.Service under the component type of its own, and the codes of
// the answer are those that SOAP would carry.
//
// What the domain has decided, a refusal too, is answered with HTTP 200 and
// its codes. A request that never became one of a service is answered with 4xx
// in the same envelope.
package gateway

import "github.com/dsappd/dsappd/internal/server/request"

// The limits of a request, and of what the log keeps of it.
const (
	// MaxSize is that of a body in bytes.
	MaxSize = request.MaxBody

	maxDepth   = 16   // of objects and arrays
	maxParts   = 1024 // names, values, brackets
	maxIgnored = 16   // names of unknown members that are kept for the log
	maxName    = 64   // bytes of each
)
