package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// SetAuthenticator gives a licence another limit on its instances, 1 to 99.
type SetAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	Limit        int    `json:"limit"`
}

// SetAuthenticator changes what of an authenticator may be changed: the limit
// of a licence. One below the places that are taken is refused, because no
// instance would lose its place by it: an operator first deactivates those
// that are to go.
func (s *Service) SetAuthenticator(ctx context.Context, operator Operator, in SetAuthenticator) (Authenticator, error) {
	return perform(ctx, s, operatorEvent("authenticator set", operator), func(f *frame) (Authenticator, error) {
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			a, err = f.authenticator(v, in.SerialNumber)
			return err
		})
		if err != nil {
			return Authenticator{}, err
		}
		if err := f.mayBeLimited(a, in.Limit); err != nil {
			return Authenticator{}, err
		}
		licence := *a.Licence
		licence.Limit = in.Limit
		a.Licence = &licence
		put(f, Authenticators, a)
		return a, nil
	})
}

func (f *frame) mayBeLimited(a Authenticator, limit int) error {
	if a.Licence == nil {
		return refuse(InvalidParameter, fmt.Sprintf("The authenticator %s is for one device and has no limit: only a licence has one.", a.SerialNumber))
	}
	if limit < 1 || limit > maxInstances {
		return refuse(InvalidParameter, fmt.Sprintf("The limit is %d instances: it is 1 to %d.", limit, maxInstances))
	}
	places := a.Licence.Places(f.now)
	f.checked("places of the licence", fmt.Sprintf("%d of %d, to be of %d", places, a.Licence.Limit, limit))
	if places > limit {
		return refuse(InvalidParameter, fmt.Sprintf(
			"The limit is %d, and %d instances have a place: deactivate some first, or wait for those that are pending.", limit, places))
	}
	return nil
}
