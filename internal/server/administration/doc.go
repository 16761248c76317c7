// Package administration is the door for administrators and their programs: it
// reads commands and searches, has provision decide, and writes the replies.
package administration
