package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// AddOperatorKey asks for a new key of the operator's console.
type AddOperatorKey struct {
	Name     string `json:"name"`
	ReadOnly bool   `json:"readOnly,omitempty"`
}

// AddOperatorKeyResult shows the key, once: only its digest is kept.
type AddOperatorKeyResult struct {
	OperatorKey
	Key string // 64 hex characters
}

// AddOperatorKey draws a key.
func (s *Service) AddOperatorKey(ctx context.Context, operator Operator, in AddOperatorKey) (AddOperatorKeyResult, error) {
	return perform(ctx, s, operatorEvent("console-key add", operator), func(f *frame) (AddOperatorKeyResult, error) {
		var none AddOperatorKeyResult
		if err := f.namedOperatorKey(in.Name); err != nil {
			return none, err
		}
		f.checked("read-only", fmt.Sprint(in.ReadOnly))
		key, err := f.newKey("")
		if err != nil {
			return none, err
		}
		record := OperatorKey{Name: in.Name, ReadOnly: in.ReadOnly, Digest: keyDigest(key), CreatedAt: f.now}
		if err := f.read(func(v *store.View) error {
			return mustBeNewKey(f, v, OperatorKeys, record.Name, record.Digest)
		}); err != nil {
			return none, err
		}
		put(f, OperatorKeys, record)
		return AddOperatorKeyResult{record, key}, nil
	})
}

// namedOperatorKey has the audit tell which key an operator names.
func (f *frame) namedOperatorKey(name string) error {
	if err := checkName("key's name", name); err != nil {
		return err
	}
	f.checked("operator's key", name)
	return nil
}
