package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// ShowRegistration reads one registration.
func (s *Service) ShowRegistration(ctx context.Context, id string) (Registration, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Registration, error) { return f.registration(v, id) })
}

// registration reads the registration that an operator names.
func (f *frame) registration(v *store.View, id string) (Registration, error) {
	if err := checkName("registration ID", id); err != nil {
		return Registration{}, err
	}
	f.event.RegistrationID = id
	r, err := get(f, v, Registrations, id)
	f.event.Domain, f.event.UserID, f.event.SerialNumber = r.Domain, r.UserID, r.SerialNumber
	return r, mustExist(err, fmt.Sprintf("There is no registration %q; upper and lower case differ.", id))
}
