package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/alecthomas/kong"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// listFlags are those of every list.
type listFlags struct {
	After string    `placeholder:"KEY" help:"Begin after this one. A limited list names it at its end."`
	Limit listLimit `placeholder:"N" help:"Print at most N; without it, or with 0, all."`
}

// listLimit is how many records a list prints, 0 for all.
type listLimit uint32

// Decode reads the limit itself, since what begins with a hyphen never reaches
// a reader of text.
func (l *listLimit) Decode(ctx *kong.DecodeContext) error {
	given := ""
	if token := ctx.Scan.Pop(); !token.IsEOL() {
		given = token.String()
	}
	limit, err := strconv.ParseUint(given, 10, 31)
	if err != nil {
		return fmt.Errorf("give a whole number from 0 to %d, not %q", math.MaxInt32, given)
	}
	*l = listLimit(limit)
	return nil
}

// stateNamed returns the state that is meant, in any letter case.
func stateNamed[S ~string](name string, known ...S) (S, error) {
	names := make([]string, 0, len(known))
	for _, state := range known {
		if strings.EqualFold(name, string(state)) {
			return state, nil
		}
		names = append(names, string(state))
	}
	return "", fmt.Errorf("%q is no state: give one of %s", name, strings.Join(names, ", "))
}

// columns says how a list is printed for people, and how its keys are said.
type columns[R, K any] struct {
	head []string
	row  func(R) []string
	key  func(K) string
}

// pageSize is how many records one question asks for.
const pageSize = 500

// printList asks for page after page and prints each before it asks for the
// next, so that neither side holds a long list, nor waits for a slow reader.
func printList[R, K any](ctx context.Context, std streams, f doorFlags, l listFlags, after K,
	ask func(door *operators.Door, after K, limit int) (admin.Page[R, K], error), c columns[R, K]) error {
	door, err := f.open(ctx, std)
	if err != nil {
		return err
	}
	printer := newListPrinter(std.Out, f.JSON, c)
	next, err := walk(int(l.Limit), after, func(after K, limit int) (admin.Page[R, K], error) { return ask(door, after, limit) }, printer.page)
	if err == nil {
		err = printer.end()
	}
	if err == nil && next != nil {
		fmt.Fprintf(std.Err, "more follow: --after %q\n", c.key(*next))
	}
	return errors.Join(err, door.Close())
}

// walk gives every page to print, up to a limit of records, and returns the
// key after which the list goes on should it be longer.
func walk[R, K any](limit int, after K, ask func(after K, limit int) (admin.Page[R, K], error),
	print func([]R) error) (*K, error) {
	for printed := 0; ; {
		size := pageSize
		if limit > 0 {
			size = min(size, limit-printed)
		}
		page, err := ask(after, size)
		if err != nil {
			return nil, err
		}
		if err := print(page.Items); err != nil {
			return nil, err
		}
		printed += len(page.Items)
		if page.Next == nil || limit > 0 && printed >= limit {
			return page.Next, nil
		}
		after = *page.Next
	}
}

// listPrinter prints a list page by page: one JSON array with a record a
// line, or a table whose columns are aligned within a page.
type listPrinter[R, K any] struct {
	w       io.Writer
	json    bool
	columns columns[R, K]
	lead    string
}

func newListPrinter[R, K any](w io.Writer, json bool, c columns[R, K]) *listPrinter[R, K] {
	p := &listPrinter[R, K]{w: w, json: json, columns: c, lead: "["}
	if !json {
		p.lead = strings.Join(c.head, "\t") + "\n"
	}
	return p
}

func (p *listPrinter[R, K]) page(records []R) error {
	if p.json {
		return p.jsonPage(records)
	}
	if len(records) == 0 {
		return nil
	}
	table := newTable(p.w)
	fmt.Fprint(table, p.lead)
	p.lead = ""
	for _, record := range records {
		cells := p.columns.row(record)
		for i, cell := range cells {
			cells[i] = names.Shown(cell)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

func (p *listPrinter[R, K]) jsonPage(records []R) error {
	for _, record := range records {
		var line strings.Builder
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(record); err != nil {
			return err
		}
		if _, err := fmt.Fprint(p.w, p.lead, "\n  ", strings.TrimSuffix(line.String(), "\n")); err != nil {
			return err
		}
		p.lead = ","
	}
	return nil
}

// end closes the array, which stays open, and so broken, after an error; an empty table still has its head.
func (p *listPrinter[R, K]) end() error {
	if !p.json {
		table := newTable(p.w)
		fmt.Fprint(table, p.lead)
		return table.Flush()
	}
	closing := "\n]"
	if p.lead == "[" {
		closing = "[]"
	}
	_, err := fmt.Fprintln(p.w, closing)
	return err
}

func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 8, 2, ' ', 0) }
