package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// Watched is an exchange of a transcript that is watched.
type Watched struct{ *exchange }

// Watchable returns one of a transcript's exchanges.
func Watchable(t *Transcript, i int) Watched { return Watched{&t.exchanges[i]} }

// Watch plays a transcript and shows each reply in its place: watch is given
// the exchange, the reply, and a function that says whether the comparison
// would notice another reply instead.
func Watch(ctx context.Context, p *Player, t *Transcript, watch func(e Watched, reply string, notices func(string) bool)) (err error) {
	run, end, err := p.begin(ctx, t)
	if err != nil {
		return err
	}
	defer end()
	for i := range t.exchanges {
		e := &t.exchanges[i]
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
		watch(Watched{e}, got.body, func(other string) bool {
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
func Freedom(e Watched, element int, attribute string) string {
	found := at(e.reply.body.root, element)
	if found == nil {
		return "all" // inside of what is free
	}
	free := e.reply.body.of(found).text
	for i, a := range found.Attrs {
		if a.Name.Local == attribute {
			free = e.reply.body.of(found).attrs[i]
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
func Expected(e Watched, element int) string {
	if element >= len(e.reply.body.places) || at(e.reply.body.root, element) == nil {
		return ""
	}
	p := e.reply.body.places[element]
	return e.Reply.Body[p.Start:p.End]
}

func at(n *xmltree.Node, index int) *xmltree.Node {
	if n.Index == index {
		return n
	}
	for _, child := range n.Children {
		if found := at(child, index); found != nil {
			return found
		}
	}
	return nil
}

// WithoutExchanges returns a transcript that only starts a server.
func WithoutExchanges(t *Transcript) *Transcript {
	empty := *t
	empty.exchanges = nil
	return &empty
}

// DifferencesJSON returns the paths in which a value is not what is expected.
func DifferencesJSON(want, got string) (paths []string, err error) {
	expected, errs := parseExpectation(transcript.JSON, want)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	value, err := jsontree.Read(got)
	if err != nil {
		return nil, err
	}
	found, err := compareJSON(expected.json, value, nil)
	for _, d := range found {
		paths = append(paths, d.Path)
	}
	return paths, err
}

// FreeJSON returns the paths of the values that a reply in JSON leaves free.
func FreeJSON(e Watched) map[string]bool {
	free := make(map[string]bool)
	var walk func(v *jsontree.Value, path string)
	walk = func(v *jsontree.Value, path string) {
		free[path] = e.reply.body.json.want[v].isFree()
		for _, name := range v.Names {
			walk(v.Members[name], strings.TrimPrefix(path+"/"+name, "/"))
		}
		for i, item := range v.Items {
			walk(item, fmt.Sprintf("%s[%d]", path, i+1))
		}
	}
	walk(e.reply.body.json.Value, "")
	return free
}
