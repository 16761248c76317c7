// Package notify tells others what the audit says happened: webhooks, signed as
// Standard Webhooks has it, and a syslog server (RFC 5424).
//
// There is no outbox. A sink follows the sealed audit by a place of its own in the
// store (audit.Follower), which moves on when the receiver has taken what was there.
// So each event arrives at least once, those of one user in order, whatever crashes;
// and no request ever waits for a receiver.
package notify
