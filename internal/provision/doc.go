// Package provision is the domain: users, authenticators, registrations,
// components, policies, statuses and audit events, the rules that join them,
// and the Store that keeps them. It knows no wire format and no database.
//
// Every operation has one shape. It reads records from a View, does costly
// or secret work outside any transaction, and then commits everything it
// decided in one Update, which first makes sure that none of the records it
// read has moved. A refusal is a decision like any other: it is committed
// with its audit event before the caller hears of it.
package provision
