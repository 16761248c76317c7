package admin

import (
	"context"

	"github.com/dsappd/dsappd/provision"
)

// NameRequest names a request by its Request-Id.
type NameRequest struct {
	RequestID string `json:"requestID"`
}

// Explanation is a decision with what led to it in words.
type Explanation struct {
	Event provision.AuditEvent `json:"event"`
	Text  string               `json:"text"`
}

func (d *Door) explainRequest(ctx context.Context, _ provision.Operator, in NameRequest) ([]Explanation, error) {
	events, err := d.Service.ExplainRequest(ctx, in.RequestID)
	var explained []Explanation
	for _, event := range events {
		explained = append(explained, Explanation{Event: event, Text: event.Explain()})
	}
	return explained, err
}

// ExplainRequest explains the decisions that were taken under a request ID.
func (c *Client) ExplainRequest(ctx context.Context, in NameRequest) ([]Explanation, error) {
	return call[[]Explanation](ctx, c, "audit/explain", in)
}
