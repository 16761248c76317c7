// Package platform serves the Platform API: provisioning over REST with JSON, for
// sites that never saw SOAP. It decides nothing: each endpoint asks a
// provision.Service, as the SOAP interface does.
//
// An answer is 2xx with a JSON object, or an error in one form: {"error",
// "message", "validationErrors"}. Every answer has the header
// log-correlation-id, which is the Request-Id of the log and the audit.
package platform

import "time"

// The limits of a request.
const (
	maxDepth = 32   // of objects and arrays
	maxParts = 4096 // names, values, brackets
	maxWrong = 32   // messages of one answer

	// maxWait is the longest that check-status waits.
	maxWait = 5 * time.Minute
	// reread is how often a waiter looks at the store, for what another server
	// has written.
	reread = time.Second
)
