// Package replay plays transcripts: conversations with an authentication
// server in a file that a person can read and edit. docs/replay.md describes
// the file.
//
// Parse reads a transcript and refuses what could not be played, with its
// line. Format writes one. A Player sends the requests of a transcript, with
// what was captured and what a phone computes put in, and compares the replies
// as trees. It knows no server: one is started by a function that it is given.
package replay
