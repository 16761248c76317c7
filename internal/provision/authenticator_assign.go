package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// AssignAuthenticator gives an authenticator to a user of the authenticator's
// domain. Policy says how long the grace period is and how many
// authenticators a user may have; empty: the default settings. UserID may be
// user@domain.
type AssignAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	UserID       string `json:"userID"`
	Domain       string `json:"domain,omitempty"` // of the user; empty: the authenticator's
	Policy       string `json:"policy,omitempty"`

	// GraceDays is how long the grace period is instead; nil: the policy says.
	// ExpiresAt is from when on the authenticator is refused; nil: it stays as
	// it is, the zero time: never.
	GraceDays *int       `json:"graceDays,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// maxGraceDays is that of a policy, too.
const maxGraceDays = 3650

// AssignAuthenticator assigns an authenticator that nobody has, and starts
// its grace period.
func (s *Service) AssignAuthenticator(ctx context.Context, operator Operator, in AssignAuthenticator) (Authenticator, error) {
	held, err := s.AssignHeld(ctx, operator, in)
	return held.Authenticator, err
}

// AssignHeld does what AssignAuthenticator does, and also returns the user's
// organizational unit.
func (s *Service) AssignHeld(ctx context.Context, operator Operator, in AssignAuthenticator) (HeldAuthenticator, error) {
	return order(ctx, s, operator, "authenticator assign", MayAssignDigipass, func(f *frame) (HeldAuthenticator, error) {
		if err := checkName("user ID", names.Trim(in.UserID)); err != nil {
			return HeldAuthenticator{}, err
		}
		if days := in.GraceDays; days != nil && (*days < 0 || *days > maxGraceDays) {
			return HeldAuthenticator{}, refuse(InvalidData, fmt.Sprintf("The grace period has %d days: it has 0 to %d.", *days, maxGraceDays))
		}
		var user User
		var a Authenticator
		err := f.read(func(v *store.View) error {
			var err error
			user, a, err = f.match(v, in)
			return err
		})
		if err != nil {
			return HeldAuthenticator{}, err
		}
		if in.ExpiresAt != nil {
			a.ExpiresAt = in.ExpiresAt.UTC()
		}
		if in.GraceDays != nil {
			f.settings.GraceDays = *in.GraceDays
		}
		a.ModifiedAt = f.now
		return HeldAuthenticator{f.assign(&user, a), user.OrgUnit}, nil
	})
}

// match finds both sides of an assignment and the policy over it.
func (f *frame) match(v *store.View, in AssignAuthenticator) (User, Authenticator, error) {
	a, err := f.authenticator(v, in.SerialNumber)
	if err != nil {
		return User{}, a, err
	}
	key, err := f.resolve(v, in.UserID, cmp.Or(names.Trim(in.Domain), a.Domain))
	if err != nil {
		return User{}, a, err
	}
	f.event.Domain, f.event.UserID = key.Domain, key.UserID
	if err := f.mayReach(v, key.Domain); err != nil {
		return User{}, a, err
	}
	if a.State == Disabled {
		return User{}, a, refuse(NotAllowed, fmt.Sprintf("The authenticator %s is disabled: enable it first.", a.SerialNumber))
	}
	if a.State != Unassigned {
		return User{}, a, refuse(f.taken(), fmt.Sprintf(
			"The authenticator %s is assigned to user %q already: unassign it first.", a.SerialNumber, a.UserID))
	}
	if key.Domain != a.Domain {
		return User{}, a, refuse(InvalidParameter, fmt.Sprintf(
			"The user %q is of domain %q, the authenticator of %q: choose two of one domain.", key.UserID, key.Domain, a.Domain))
	}
	user, err := get(f, v, Users, key)
	if err := mustExist(err, fmt.Sprintf(
		"There is no user %q in domain %q, which is the authenticator's.", key.UserID, key.Domain)); err != nil {
		return User{}, a, err
	}
	if err := f.knownPolicy(v, in.Policy); err != nil {
		return User{}, a, err
	}
	if err := f.govern(v, f.policyOr(in.Policy)); err != nil {
		return User{}, a, err
	}
	return user, a, f.withinAuthenticatorLimit(v, user, a)
}

// taken returns the refusal to assign what somebody has. Clients of
// administrators know a name for it.
func (f *frame) taken() Refusal {
	if f.admin != nil {
		return NotAvailable
	}
	return Exists
}

// withinAuthenticatorLimit counts the user's authenticators of the type of
// the one that is to come.
func (f *frame) withinAuthenticatorLimit(v *store.View, user User, coming Authenticator) error {
	if f.settings.AuthenticatorLimit == 0 {
		return nil
	}
	count := 0
	for _, serialNumber := range user.SerialNumbers {
		a, err := get(f, v, Authenticators, serialNumber)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("authenticator %s of the user: %w", serialNumber, err)
		}
		if a.kind() == coming.kind() {
			count++
		}
	}
	f.checked("authenticators of the user", fmt.Sprintf("%d of %d, type %s", count, f.settings.AuthenticatorLimit, coming.kind()))
	if count >= f.settings.AuthenticatorLimit {
		return refuse(AuthenticatorLimit, fmt.Sprintf(
			"The authenticator limit has been reached: the user has %d of type %s. Unassign one first.", count, coming.kind()))
	}
	return nil
}

// knownPolicy refuses the name of a policy that is not there; the empty one
// stands for the default settings.
func (f *frame) knownPolicy(v *store.View, name string) error {
	if name == "" {
		return nil
	}
	if err := checkName("policy", name); err != nil {
		return err
	}
	_, err := get(f, v, Policies, name)
	return mustExist(err, fmt.Sprintf("There is no policy %q: name one that exists, or none for the default settings.", name))
}

// assign writes both sides of an assignment.
func (f *frame) assign(user *User, a Authenticator) Authenticator {
	at, _ := slices.BinarySearch(user.SerialNumbers, a.SerialNumber)
	user.SerialNumbers = slices.Insert(slices.Clone(user.SerialNumbers), at, a.SerialNumber)
	a.UserID = user.UserID
	a.AssignedMovingFactor = a.NextMovingFactor
	a.AssignedAt = f.now
	a.State = Assigned
	f.startOver(&a)
	put(f, Users, *user)
	put(f, Authenticators, a)
	remove(f, FreeAuthenticators, a.free().Key())
	return a
}

// startOver makes an authenticator what it is on the day of its assignment; one
// that is disabled stays so.
func (f *frame) startOver(a *Authenticator) {
	if a.State != Disabled {
		a.State = Assigned
	}
	a.NextMovingFactor = a.AssignedMovingFactor
	if a.Type == oath.HOTP {
		a.NextSignature = min(a.NextSignature, a.NextMovingFactor)
	}
	a.GraceEndsAt = f.now.Add(f.settings.gracePeriod())
	a.Drift, a.Drifted = 0, nil
	a.LastActivatedAt = time.Time{}
	a.Activations = 0
}
