package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// AddGatewayKey is a new API key of the gateway.
type AddGatewayKey struct {
	Name string      `json:"name"`
	Side GatewaySide `json:"side"`

	// Key is one that is meant to be public, of a lab; empty: 256 bits are
	// drawn. No operator chooses it.
	Key string `json:"-"`
}

// AddGatewayKeyResult shows the key, once: only its digest is kept.
type AddGatewayKeyResult struct {
	GatewayKey
	Key string // 64 hex characters, unless it was given
}

// AddGatewayKey makes an API key.
func (s *Service) AddGatewayKey(ctx context.Context, operator Operator, in AddGatewayKey) (AddGatewayKeyResult, error) {
	return perform(ctx, s, operatorEvent("gateway-key add", operator), func(f *frame) (AddGatewayKeyResult, error) {
		var none AddGatewayKeyResult
		if err := f.namedGatewayKey(in.Name); err != nil {
			return none, err
		}
		f.checked("side", string(in.Side))
		if !in.Side.known() {
			return none, refuse(InvalidParameter, fmt.Sprintf("The side is %q: it must be %s, for phones, or %s, for the site.", in.Side, FrontEnd, BackEnd))
		}
		key, err := f.newKey(in.Key)
		if err != nil {
			return none, err
		}
		record := GatewayKey{Name: in.Name, Side: in.Side, Digest: keyDigest(key), CreatedAt: f.now}
		if err := f.read(func(v *store.View) error { return mustBeNewKey(f, v, GatewayKeys, record.Name, record.Digest) }); err != nil {
			return none, err
		}
		put(f, GatewayKeys, record)
		return AddGatewayKeyResult{record, key}, nil
	})
}

// namedGatewayKey tells the audit which key an operator names.
func (f *frame) namedGatewayKey(name string) error {
	if err := checkName("key's name", name); err != nil {
		return err
	}
	f.checked("gateway key", name)
	return nil
}
