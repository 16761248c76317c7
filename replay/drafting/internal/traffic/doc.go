// Package traffic finds the messages of HTTP and SOAP in streams and logs.
//
// A file is read line by line. Lines that a program writes about what it sends
// and receives byte by byte, such as those of Apache HttpClient, are put
// together to the connections that they are about; all other lines are one
// stream of their own. In each stream, a message begins with a line of HTTP or
// with an envelope of SOAP, and ends where its length, its chunks or its
// envelope say.
package traffic

import "errors"

// Message is a message that was found.
type Message struct {
	Line   int    // in which it begins, from 1
	Text   []byte // from its first line of HTTP, or else its envelope
	HTTP   bool   // it begins with a line of HTTP
	Stream string // the connection whose bytes were logged; empty: none
	Before string // the text between it and the message before, near it
	After  string // the text behind it in the same line
}

// Why a message cannot be read.
var (
	ErrTooLarge = errors.New("the message is larger than 4 MiB")
	ErrCutOff   = errors.New("the end of the envelope is not there: it was cut off, or another message stands in it")
)

// MaxMessage is the size in bytes of the largest message.
const MaxMessage = 4 << 20

// maxKept is how many bytes of a log one message takes at most: each of its
// characters may be written as an escape.
const maxKept = 6 * MaxMessage
