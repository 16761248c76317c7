// Package listen serves HTTP on a listener, in plain text or over TLS, and
// keeps whoever would take all of it from doing so: connections, the memory of
// request bodies, and costly work are bounded, and shared out by address.
//
// When a listener is full, a new connection takes the place of the idlest of
// the address that holds the most. A share of everything is kept for known
// addresses: those to which something was granted lately.
package listen
