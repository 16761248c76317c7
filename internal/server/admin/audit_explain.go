package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/journal"
)

// NameRequest names a request by its Request-Id.
type NameRequest struct {
	RequestID string `json:"requestID"`
}

// ListRefusals asks for the last refusals, the newest first.
type ListRefusals struct {
	Last int `json:"last"`
}

// Explanation is a request with what became of it in words: an event of the
// audit or, where nothing was decided, what the server remembers of it.
type Explanation struct {
	Event      *audit.Event   `json:"event,omitempty"`
	TurnedAway *journal.Entry `json:"turnedAway,omitempty"`
	Text       string         `json:"text"`
}

// Time is when it was.
func (e Explanation) Time() time.Time {
	if e.Event != nil {
		return e.Event.Time
	}
	return e.TurnedAway.Time
}

func explainedEvents(events []audit.Event) []Explanation {
	var explained []Explanation
	for _, event := range events {
		explained = append(explained, Explanation{Event: &event, Text: event.Explain()})
	}
	return explained
}

func explainedEntry(e journal.Entry) Explanation {
	var b strings.Builder
	fmt.Fprintf(&b, "request %s: %s, turned away\n", cmp.Or(e.RequestID, "without an ID"), cmp.Or(e.Request, "unknown"))
	fmt.Fprintf(&b, "  %-13s %s\n", "at", e.Time.UTC().Format(time.RFC3339Nano))
	fmt.Fprintf(&b, "  %-13s %s\n", "asked by", e.Remote)
	fmt.Fprintf(&b, "  %-13s %s\n", "asked", e.Door)
	b.WriteString("turned away without a decision that the audit has\n")
	if e.Problem != "" {
		fmt.Fprintf(&b, "because of %s: %s\n", e.Problem, e.Reason)
	} else {
		fmt.Fprintf(&b, "because: %s\n", e.Reason)
	}
	fmt.Fprintf(&b, "status %s", e.Status)
	return Explanation{TurnedAway: &e, Text: b.String()}
}

func (d *Door) explainRequest(ctx context.Context, _ provision.Operator, in NameRequest) ([]Explanation, error) {
	events, err := d.Service.ExplainRequest(ctx, in.RequestID)
	if refusal, ok := errors.AsType[*provision.Error](err); ok && refusal.Refusal == provision.NotFound {
		if entry, found := d.Journal.Find(in.RequestID); found {
			return []Explanation{explainedEntry(entry)}, nil
		}
	}
	return explainedEvents(events), err
}

// listRefusals puts together what the audit has and what the server remembers
// beside it.
func (d *Door) listRefusals(ctx context.Context, _ provision.Operator, in ListRefusals) ([]Explanation, error) {
	events, err := d.Service.LastRefusals(ctx, in.Last)
	if err != nil {
		return nil, err
	}
	decided := map[string]bool{}
	for _, event := range events {
		decided[event.RequestID] = true
	}
	all := explainedEvents(events)
	for _, entry := range d.Journal.Last(journal.Size) {
		if !decided[entry.RequestID] {
			all = append(all, explainedEntry(entry))
		}
	}
	slices.SortStableFunc(all, func(a, b Explanation) int { return b.Time().Compare(a.Time()) })
	return all[:min(in.Last, len(all))], nil
}

// ExplainRequest explains what became of a request.
func (c *Client) ExplainRequest(ctx context.Context, in NameRequest) ([]Explanation, error) {
	return call[[]Explanation](ctx, c, "audit/explain", in)
}

// ListRefusals explains the last refusals.
func (c *Client) ListRefusals(ctx context.Context, in ListRefusals) ([]Explanation, error) {
	return call[[]Explanation](ctx, c, "audit/refusals", in)
}
