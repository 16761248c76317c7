package provision

import (
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// living is a registration with the records that each of its steps needs.
type living struct {
	registration  Registration
	user          User
	authenticator Authenticator
}

// step opens a step of a registration: the caller must have a component, the
// registration must live, its user be enabled and still have the
// authenticator. Whether the step is in order is the state table's to say.
func (f *frame) step(caller Caller, id string) (living, error) {
	var l living
	f.event.RegistrationID = id
	f.turn.registration(id)
	err := f.read(func(v *store.View) error {
		if _, err := f.component(v, caller); err != nil {
			return err
		}
		return f.load(v, id, &l)
	})
	return l, err
}

func (f *frame) load(v *store.View, id string, l *living) error {
	var err error
	l.registration, err = get(f, v, Registrations, id)
	f.checked("registration", string(l.registration.State))
	if errors.Is(err, store.ErrNotFound) {
		return refuse(NotFound, "There is no registration with this registrationID.")
	}
	if err != nil {
		return fmt.Errorf("registration: %w", err)
	}
	f.paid = true
	if err := f.governed(v, l.registration); err != nil {
		return err
	}
	return f.holder(v, l)
}

// governed follows the policy of the registration. One that is over does not
// keep its policy from being deleted, and is refused by whatever settings.
func (f *frame) governed(v *store.View, r Registration) error {
	err := f.govern(v, r.Policy)
	if errors.Is(err, store.ErrNotFound) && (r.State == Closed || r.Expired(f.now)) {
		return nil
	}
	return err
}

// holder loads the user and the authenticator. That either is gone is the
// registration's end, whatever its state says.
func (f *frame) holder(v *store.View, l *living) error {
	key := UserKey{l.registration.Domain, l.registration.UserID}
	f.event.Domain, f.event.UserID = key.Domain, key.UserID
	f.event.SerialNumber = l.registration.SerialNumber
	var user store.Found[User]
	var authenticator store.Found[Authenticator]
	err := store.GetMany(v, store.Want(Users, key, &user), store.Want(Authenticators, l.registration.SerialNumber, &authenticator))
	if err != nil {
		return fmt.Errorf("user and authenticator: %w", err)
	}
	if l.user, err = found(f, Users, key, user); err != nil {
		return fmt.Errorf("user: %w", err)
	}
	if l.authenticator, err = found(f, Authenticators, l.registration.SerialNumber, authenticator); err != nil {
		return fmt.Errorf("authenticator: %w", err)
	}
	return nil
}

// alive refuses a step on what has ended, expired or lost its user or
// authenticator.
func (f *frame) alive(l living) error {
	r := l.registration
	f.checked("lifetime", "until "+r.ExpiresAt.UTC().Format(time.RFC3339))
	switch {
	case r.State == Activated:
		return refuse(NotFound, "The registration is already activated.")
	case r.State == Closed:
		return refuse(NotFound, "The registration is closed: "+r.ClosedBecause+".")
	case r.over(f.now):
		return refuse(NotFound, "The registration has expired: register again.")
	}
	return f.entitled(l)
}

// assignedBefore reports whether the authenticator has been assigned anew since the
// registration began. Times are compared only where the record has no better: a clock
// that has jumped back tells nothing.
func (r Registration) assignedBefore(a Authenticator) bool {
	if r.AssignedAt.IsZero() {
		return r.CreatedAt.Before(a.AssignedAt)
	}
	return !r.AssignedAt.Equal(a.AssignedAt)
}

func (f *frame) entitled(l living) error {
	f.checked("user", l.registration.UserID+" of "+l.registration.Domain)
	a := l.authenticator
	switch {
	case l.user.Revision == 0:
		return refuse(NotFound, "The user of the registration is gone.")
	case l.user.Disabled:
		return refuse(UserDisabled, "The user is disabled.")
	case a.Revision == 0 || a.UserID != l.user.UserID || a.Domain != l.user.Domain || l.registration.assignedBefore(a):
		return refuse(NotFound, "The user no longer has the authenticator of the registration.")
	case a.State == Disabled:
		return refuse(NotFound, "The authenticator is disabled.")
	}
	return nil
}

// inOrder looks a step up in the state table.
func (f *frame) inOrder(l living, step Step) (Transition, error) {
	r := l.registration
	f.checked("state", string(r.State)+", "+string(step))
	flow := r.flow(f.settings)
	row, ok := transition(flow, r.State, step)
	if !ok {
		return row, refuse(OutOfOrder, fmt.Sprintf(
			"The step %s is out of order: the registration is %s, and what may follow is %s.", step, r.State, follows(flow, r.State)))
	}
	return row, nil
}

// endExchange forgets the open key exchange: one proof for one B.
func (r *Registration) endExchange() {
	r.ClientPublicKey, r.ServerPublicKey, r.ServerSecret = nil, nil, nil
}

// forgetSecrets drops what only a registration that goes on needs.
func (r *Registration) forgetSecrets() {
	r.endExchange()
	r.forgetDevice()
	r.Salt, r.Verifier, r.Drifted = nil, nil, nil
}

// secretive reports whether it holds anything that is sealed.
func (r Registration) secretive() bool {
	return len(r.Salt)+len(r.Verifier)+len(r.ServerSecret)+len(r.Message1)+len(r.DeviceCode)+len(r.Message2)+len(r.DerivationCode) > 0
}

// over reports whether the lifetime has ended, by the clock or by a sweep that
// saw a later one.
func (r Registration) over(now time.Time) bool {
	return r.Expired(now) || r.State == KeyExchanged && !r.secretive()
}

// end takes the registration to Activated or Closed. There is no other way
// there, so that no secret outlives it.
func (r *Registration) end(state RegistrationState, now time.Time) {
	r.forgetSecrets()
	r.State, r.EndedAt = state, now
}

// closeBecause closes the registration; because reads on after "closed:".
func (r *Registration) closeBecause(because string, now time.Time) {
	r.end(Closed, now)
	r.ClosedBecause = because
}

// wrongProof counts a wrong proof of any kind, against the registration, which
// the one that spends its attempts closes, and at once against the user, so
// that it counts however the registration ends.
func (f *frame) wrongProof(l living, row Transition, desc string) error {
	f.turn.user(l.user.Key())
	if l.user.wrongProof(f.now, f.settings) {
		put(f, Users, l.user)
	}
	r := l.registration
	r.Attempts++
	r.State = row.Wrong
	f.found(fmt.Sprintf("wrong, attempt %d of %d", r.Attempts, f.settings.Attempts))
	if r.Attempts < f.settings.Attempts {
		put(f, Registrations, r)
		return refuse(InvalidCredentials, desc)
	}
	r.closeBecause("its attempts are spent", f.now)
	put(f, Registrations, r)
	if l.authenticator.OpenRegistration == r.ID {
		l.authenticator.OpenRegistration = ""
		put(f, Authenticators, l.authenticator)
	}
	f.dropPending(l.authenticator, r.ID)
	return refuse(InvalidCredentials, desc+" The registration's attempts are spent, and it is closed.")
}

// rightProof forgets, at an activation, the wrong proofs before it.
func (f *frame) rightProof(u User) {
	if u.rightProof() {
		put(f, Users, u)
	}
}
