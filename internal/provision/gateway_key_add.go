package provision

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

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
		key, err := f.gatewayKey(in.Key)
		if err != nil {
			return none, err
		}
		record := GatewayKey{Name: in.Name, Side: in.Side, Digest: gatewayKeyDigest(key), CreatedAt: f.now}
		if err := f.read(func(v *store.View) error { return f.newGatewayKey(v, record) }); err != nil {
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

// gatewayKey returns the given key, or draws one.
func (f *frame) gatewayKey(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var random [32]byte
	if _, err := io.ReadFull(f.service.Rand, random[:]); err != nil {
		return "", fmt.Errorf("draw a gateway key: %w", err)
	}
	return hex.EncodeToString(random[:]), nil
}

// newGatewayKey refuses a name that is there, and a key that is: the side of
// one key would be the other's too.
func (f *frame) newGatewayKey(v *store.View, record GatewayKey) error {
	for other, err := range store.Scan(v, GatewayKeys, "", "") {
		if err != nil {
			return fmt.Errorf("gateway keys: %w", err)
		}
		if other.is(record.Digest) {
			return refuse(Exists, fmt.Sprintf("The key is that of %q already.", other.Name))
		}
	}
	_, err := get(f, v, GatewayKeys, record.Name)
	return mustBeFree(err, fmt.Sprintf("There already is a key %q: delete it first, or choose another name.", record.Name))
}
