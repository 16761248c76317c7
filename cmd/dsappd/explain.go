package main

import (
	"context"
	"strings"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/server/admin"
)

type explainCommand struct {
	doorFlags
	RequestID string `arg:"" name:"request-id" help:"The Request-Id header of the answer, which the log has too."`
}

func (c *explainCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *dsappd.Door) ([]admin.Explanation, error) {
		return door.ExplainRequest(ctx, admin.NameRequest{RequestID: c.RequestID})
	}, func(all []admin.Explanation) string {
		var texts []string
		for _, explanation := range all {
			texts = append(texts, explanation.Text)
		}
		return strings.Join(texts, "\n\n")
	})
}
