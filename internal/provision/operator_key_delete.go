package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeleteOperatorKey deletes a key: whoever signed in by it is signed out. It
// answers with the record as it was.
func (s *Service) DeleteOperatorKey(ctx context.Context, operator Operator, name string) (OperatorKey, error) {
	return perform(ctx, s, operatorEvent("console-key delete", operator), func(f *frame) (OperatorKey, error) {
		var key OperatorKey
		if err := f.namedOperatorKey(name); err != nil {
			return key, err
		}
		err := f.read(func(v *store.View) error {
			var err error
			key, err = get(f, v, OperatorKeys, name)
			return mustExist(err, fmt.Sprintf("There is no key %q.", name))
		})
		if err == nil {
			remove(f, OperatorKeys, name)
		}
		return key, err
	})
}
