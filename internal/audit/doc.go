// Package audit keeps the record of decisions: events, each written in the
// transaction of what it decided, and seals that chain them. A seal names the
// events of a run by what their lines hash to, and the seal before it, so that
// Verify finds whatever was changed, put in or taken out afterwards. Prune
// removes whole seals with their events and leaves the chain intact.
//
// Nothing here decides. What an event says is up to whoever writes it.
package audit
