package replay

import (
	"context"
	"fmt"
)

// Watch plays a transcript and shows each reply in its place: watch is given
// the exchange, the reply, and a function that says whether the comparison
// would notice another reply instead.
func Watch(ctx context.Context, p *Player, t *Transcript, watch func(e Exchange, reply string, notices func(string) bool)) (err error) {
	run, end, err := p.begin(ctx, t)
	if err != nil {
		return err
	}
	defer end()
	for i := range t.Exchanges {
		e := &t.Exchanges[i]
		if err := run.next(ctx, e); err != nil {
			return err
		}
		request, _, err := run.request(ctx, e)
		if err != nil {
			return err
		}
		got, err := run.send(request)
		if err != nil {
			return err
		}
		watch(*e, got.body, func(other string) bool {
			trial := got
			trial.body = other
			came, err := run.compare(e, trial)
			return err != nil || len(came.differences) > 0
		})
		came, err := run.compare(e, got)
		if err != nil || len(came.differences) > 0 {
			return fmt.Errorf("exchange %d: %v, %w", e.Number, came.differences, err)
		}
		run.phones.learn(came)
	}
	return nil
}

// Freedom says what an expected reply leaves free at an element, found by its
// place in document order: "" for nothing, "all" for whatever it holds, or
// "value". Attributes are found by their local name.
func Freedom(e Exchange, element int, attribute string) string {
	found := e.Reply.body.root.at(element)
	if found == nil {
		return "all" // inside of what is free
	}
	free := found.want
	for _, a := range found.attrs {
		if a.name.Local == attribute {
			free = a.want
		}
	}
	for _, p := range free {
		switch p.kind {
		case anything:
			return "all"
		case anyText, pattern, number, several:
			return "value"
		}
	}
	return ""
}

// Expected is what a transcript expects of an element, found by its place in
// document order: its text, empty inside of what is free.
func Expected(e Exchange, element int) string {
	if element >= len(e.Reply.body.places) || e.Reply.body.root.at(element) == nil {
		return ""
	}
	p := e.Reply.body.places[element]
	return e.Reply.Body[p.start:p.end]
}

func (n *node) at(index int) *node {
	if n.index == index {
		return n
	}
	for _, child := range n.children {
		if found := child.at(index); found != nil {
			return found
		}
	}
	return nil
}

// KeepOpen sets how many bytes of messages a recorder has in mind. It is for
// the time before the first exchange.
func (r *Recorder) KeepOpen(bytes int) { r.mostOpen = bytes }
