// Package store keeps the records of provision over a small engine, which
// knows only bytes under keys.
//
// What is the same on every engine is here once: how keys and records become
// bytes, the overlay that a transaction writes into, and the read set by
// which its commit is serialisable. A transaction is optimistic: its closure
// runs on a snapshot, without a lock, and the engine commits what it wrote
// if nothing that it read has moved meanwhile; otherwise the closure runs
// again on a fresh snapshot.
package store
