// Package pgtest starts PostgreSQL for tests: a cluster of their own, on a
// loopback address, which ends with the process that started it.
package pgtest
