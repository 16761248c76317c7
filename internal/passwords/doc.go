// Package passwords hashes and verifies static passwords: it makes Argon2id
// (RFC 9106) and reads bcrypt and PBKDF2 as well. A bounded, fair queue stands
// before the work.
package passwords
