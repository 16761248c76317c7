package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/journal"
)

// VerifyAudit asks for a verification of the whole audit, and that it still
// holds the seals that were noted elsewhere.
type VerifyAudit struct {
	Known []audit.SealDigest `json:"known,omitempty"`
}

func (d *Door) verifyAudit(ctx context.Context, in VerifyAudit) (audit.Verification, error) {
	return d.Service.Audit.Verify(ctx, in.Known)
}

// ExportAudit asks for the part of an export behind a place; without one, for
// its beginning.
type ExportAudit struct {
	After audit.Place `json:"after,omitzero"`
}

// ExportedAudit is a part of an export: lines of the audit, byte for byte.
type ExportedAudit = Page[json.RawMessage, audit.Place]

func (d *Door) exportAudit(ctx context.Context, in ExportAudit) (audit.Exported, error) {
	return d.Service.Audit.Export(ctx, in.After)
}

func showExported(e audit.Exported) ExportedAudit {
	return ExportedAudit{Items: e.Lines, Next: e.Next}
}

// AuditPage is a page of the audit. Its records are lines of the audit, whose
// form is the same wherever they are seen.
type AuditPage = Page[audit.Event, audit.EventKey]

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

// Time returns the time of the decision or the request.
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

func (d *Door) explainRequest(ctx context.Context, in NameRequest) ([]Explanation, error) {
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
func (d *Door) listRefusals(ctx context.Context, in ListRefusals) ([]Explanation, error) {
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
