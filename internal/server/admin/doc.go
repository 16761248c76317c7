// Package admin is the operators' door: HTTP with JSON on a unix socket in
// the data folder, which only the folder's owner may open. Every operation is
// a POST to a path of two words, such as /user/add, and its file holds both
// ends: what is sent, how the door answers, and the Client's method.
//
// The same Handler also serves a command that runs without a server, through
// InProcess: one code path.
package admin
