package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeletePlatformKey deletes a key: from the next request on it opens nothing. It
// answers with the record as it was.
func (s *Service) DeletePlatformKey(ctx context.Context, operator Operator, name string) (PlatformKey, error) {
	return perform(ctx, s, operatorEvent("platform-key delete", operator), func(f *frame) (PlatformKey, error) {
		var key PlatformKey
		if err := checkName("key's name", name); err != nil {
			return key, err
		}
		f.checked("platform key", name)
		err := f.read(func(v *store.View) error {
			var err error
			key, err = get(f, v, PlatformKeys, name)
			return mustExist(err, fmt.Sprintf("There is no key %q.", name))
		})
		if err != nil {
			return key, err
		}
		remove(f, PlatformKeys, name)
		return key, nil
	})
}
