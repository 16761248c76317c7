// Package dsapp is the open DSAPP profile, version 1: every formula and format
// that a phone and a provisioning server must agree on, and nothing about who
// may ask for them. docs/profile.md describes the profile; the section numbers
// in these comments are its.
//
// The profile stays inside the field names and lengths that the vendor of
// DSAPP publishes. It is not wire-compatible with that vendor's SDK.
//
// Hex is written in upper case and read in either. Every Parse function
// accepts exactly what the matching writer writes, but for the case of hex,
// and its error says what is wrong without repeating a secret.
package dsapp
