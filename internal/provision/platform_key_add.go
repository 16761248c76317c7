package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// AddPlatformKey is a new key of the Platform API.
type AddPlatformKey struct {
	Name   string          `json:"name"`
	Scopes []PlatformScope `json:"scopes,omitempty"` // none: all

	// Key is one that is meant to be public, of a lab; empty: 256 bits are
	// drawn. No operator chooses it.
	Key string `json:"-"`
}

// AddPlatformKeyResult shows the key, once: only its digest is kept.
type AddPlatformKeyResult struct {
	PlatformKey
	Key string // 64 hex characters, unless it was given
}

// AddPlatformKey makes a key.
func (s *Service) AddPlatformKey(ctx context.Context, operator Operator, in AddPlatformKey) (AddPlatformKeyResult, error) {
	return perform(ctx, s, operatorEvent("platform-key add", operator), func(f *frame) (AddPlatformKeyResult, error) {
		var none AddPlatformKeyResult
		if err := checkName("key's name", in.Name); err != nil {
			return none, err
		}
		f.checked("platform key", in.Name)
		scopes, err := checkScopes(in.Scopes)
		if err != nil {
			return none, err
		}
		key, err := f.newKey(in.Key)
		if err != nil {
			return none, err
		}
		record := PlatformKey{Name: in.Name, Scopes: scopes, Digest: keyDigest(key), CreatedAt: f.now}
		if err := f.read(func(v *store.View) error { return mustBeNewKey(f, v, PlatformKeys, record.Name, record.Digest) }); err != nil {
			return none, err
		}
		put(f, PlatformKeys, record)
		return AddPlatformKeyResult{record, key}, nil
	})
}

// checkScopes puts the scopes in their order, each once.
func checkScopes(given []PlatformScope) ([]PlatformScope, error) {
	all := PlatformScopes()
	if len(given) == 0 {
		return all, nil
	}
	for _, scope := range given {
		if !slices.Contains(all, scope) {
			return nil, refuse(InvalidParameter, fmt.Sprintf("The scope %q is not known: the scopes are %s.", scope, joined(all)))
		}
	}
	return slices.DeleteFunc(all, func(scope PlatformScope) bool { return !slices.Contains(given, scope) }), nil
}

func joined(scopes []PlatformScope) string {
	var texts []string
	for _, scope := range scopes {
		texts = append(texts, string(scope))
	}
	return strings.Join(texts, ", ")
}
