package replay

import "github.com/dsappd/dsappd/replay/transcript"

// Playable is a transcript that was read and can be played.
type Transcript struct {
	transcript.Transcript

	text      string            // as it was read
	captures  map[int][]capture // by the numbers of exchanges
	exchanges []exchange        // its exchanges, compiled
}

// exchange is an exchange, compiled.
type exchange struct {
	transcript.Exchange
	orders  []template
	request compiledRequest
	reply   compiledReply
}

type compiledRequest struct {
	line int // of the body
	body template
	path template
	head map[string]template
}

type compiledReply struct {
	line   int // of the body
	body   expectation
	head   map[string]template
	checks checks
}
