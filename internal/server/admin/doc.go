// Package admin is the operators' door: HTTP with JSON on a unix socket in
// the data folder, which only the folder's owner may open. Every order is a
// POST to a path such as /user/add, and a row of one table in orders.go: who
// decides by which input, and how the outcome is shown. The Client has a method
// for each.
//
// The same Handler also serves a command that runs without a server, through
// InProcess: one code path.
package admin
