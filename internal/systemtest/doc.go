// Package systemtest tests the whole program: servers that listen, the clients
// of other languages, and what no single room can promise.
package systemtest
