// Package operator is the operator's console: every request at every door as it
// happens, what was checked and decided, and the records, with what operators can
// do about them. Who signs in is an operator, by a key or a link that works once,
// or an administrator of the store, with the privileges of that one.
//
// The console stands on pages of HTML alone: without JavaScript everything works
// but the timeline's going on by itself. What requests hold is shown without its
// secrets. Sessions are in memory: they end with the server.
package operator
