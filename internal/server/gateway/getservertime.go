package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

type serverTimeResult struct {
	ServerTime int64 `json:"serverTime"` // Unix seconds
}

// getServerTime lets a phone correct its clock before it makes one-time
// passwords. It decides nothing and leaves nothing in the audit.
func (d *door) getServerTime(context.Context, provision.Caller, values) (any, error) {
	return serverTimeResult{ServerTime: d.Service.Now().Unix()}, nil
}
