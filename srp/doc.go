// Package srp is SRP-6a as RFC 5054 defines it, over constant-time
// arithmetic.
//
// The two halves of an exchange may be two requests to two processes, so
// nothing here keeps a connection: every function takes the values it needs
// and returns a value. The names are those of the RFC:
//
//	N g        the group            k          the multiplier
//	s          the salt             I P        identity and password
//	x          the private key      v          the verifier
//	a A        the client's pair    b B        the server's pair
//	u          the scrambler        S K        premaster secret, session key
//	M1 M2      the evidence messages of client and server
//
// RFC 5054 leaves K, M1 and M2 to TLS. They follow RFC 2945 here, as the open
// DSAPP profile fixes them in its section 1.
//
// Numbers are big-endian bytes. What is returned has the length of N (PAD in
// the RFC) for group elements and the length of the hash for everything else.
package srp
