// Package certificate makes what a server shows to its clients in TLS: a CA of
// its own and certificates under it. It also serves TLS from files, whoever
// made them, and takes new ones without a restart.
package certificate
