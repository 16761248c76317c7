// Package replay plays transcripts: conversations with an authentication
// server in a file that a person can read and edit. docs/replay.md describes
// the file.
//
// Parse reads a transcript and refuses what could not be played, with its
// line. A Player sends the requests of a transcript, with what was captured and
// what a phone computes put in, and compares the replies as trees. It knows no
// server: one is started by a function that it is given. A Run plays files and
// folders, and JSONReport, JUnitReport and People write down what came of it.
//
// Package transcript holds transcripts as data and writes their files; package
// drafting makes them from recorded traffic.
package replay
