// Package authentication is the SOAP door for logins: it takes the operations
// of the authentication interface from the wire to a provision.Service and its
// answers back.
package authentication
