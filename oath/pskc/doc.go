// Package pskc reads and writes Portable Symmetric Key Containers (RFC 6030):
// the files in which makers of authenticators hand over secrets. Keys may be
// plain, or encrypted under a key that both sides share or one that is derived
// from a password. A MAC is checked before anything of its value is used.
//
// Keys that are encrypted to a certificate are refused. Signatures are not
// verified; Reader.Signed reports that there is one.
package pskc
