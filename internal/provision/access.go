package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Access is by what an administrator calls: a session, or the API key of a
// service user.
type Access struct {
	Caller
	SessionID string
	UserID    string // of a service user, with Key
	Key       string

	service bool // it is by an API key
}

// apiKeyScheme begins the credentials of a service user.
const apiKeyScheme = "Apikey "

// ReadAccess reads what a request sends in the place of a session's ID, and the
// credentials of its Authorization header, which count if it sends nothing
// else. Apikey USER:KEY is a service user's.
func ReadAccess(caller Caller, sessionID, authorization string) Access {
	sent := sessionID
	if sent == "" {
		sent = authorization
	}
	if len(sent) >= len(apiKeyScheme) && strings.EqualFold(sent[:len(apiKeyScheme)], apiKeyScheme) {
		user, key := sent[len(apiKeyScheme):], ""
		if at := strings.LastIndexByte(user, ':'); at >= 0 {
			user, key = user[:at], user[at+1:]
		}
		return Access{Caller: caller, UserID: strings.TrimSpace(user), Key: key, service: true}
	}
	return Access{Caller: caller, SessionID: sessionID}
}

// order performs what an operator or an administrator orders. An administrator
// needs a privilege, reaches some domains only and cannot change the account of
// somebody who may do more. An operator of this machine may do everything.
func order[R any](ctx context.Context, s *Service, operator Operator, operation string, needs Privilege, body func(*frame) (R, error)) (R, error) {
	return perform(ctx, s, operatorEvent(operation, operator), func(f *frame) (R, error) {
		var none R
		if err := f.authorize(operator, needs); err != nil {
			return none, err
		}
		result, err := body(f)
		if denied := f.guard(true); denied != nil {
			f.writes, f.moving = nil, nil
			return none, denied
		}
		return result, err
	})
}

// inspect performs an order that only reads. It leaves no event, unless the
// access is refused.
func inspect[R any](ctx context.Context, s *Service, operator Operator, operation string, needs Privilege, body func(*frame, *store.View) (R, error)) (R, error) {
	var result, none R
	f := &frame{service: s, ctx: ctx, fresh: true, now: s.Now(), settings: DefaultSettings(), event: operatorEvent(operation, operator).Event}
	denied := f.authorize(operator, needs)
	if _, refused := errors.AsType[*Error](denied); denied != nil && !refused {
		return none, denied
	}
	var err error
	if denied == nil {
		err = f.read(func(v *store.View) (err error) {
			result, err = body(f, v)
			return err
		})
		denied = f.guard(false)
	}
	if denied != nil {
		return perform(ctx, s, asked{Event: f.event}, func(*frame) (R, error) { return none, denied })
	}
	if refusal, refused := errors.AsType[*Error](err); refused {
		return none, s.refused(refusal)
	}
	if err != nil {
		return none, err
	}
	return result, s.keepAlive(ctx, f)
}

// keepAlive writes that a session is used, which reading does not.
func (s *Service) keepAlive(ctx context.Context, f *frame) error {
	if len(f.writes) == 0 {
		return nil
	}
	err := s.Store.Update(ctx, f.write)
	if errors.Is(err, store.ErrMoved) { // another request of the session has done so
		return nil
	}
	return err
}

// noPermission returns the refusal for a missing privilege, a domain out of
// reach and one that does not exist. reason is for the audit.
func noPermission(reason string) *Error {
	return &Error{Refusal: NoPermission, Desc: "Insufficient permission to perform the specified action.", reason: reason}
}

// authorize finds out who calls, and refuses an administrator without the
// privilege.
func (f *frame) authorize(operator Operator, needs Privilege) error {
	if operator.Access == nil {
		return nil
	}
	f.event.Address = operator.Access.Address.String()
	err := f.read(func(v *store.View) error {
		component, err := f.administrationComponent(v, operator.Access.Caller)
		if err != nil {
			return err
		}
		f.event.ComponentType = component.ComponentType
		if err := f.govern(v, component.Policy); err != nil {
			return err
		}
		f.admin = new(Administrator)
		*f.admin, err = f.identify(v, *operator.Access)
		return err
	})
	if err != nil {
		return err
	}
	f.event.Operator = f.admin.UserID + "@" + f.admin.Domain
	f.checked("privilege", string(needs))
	if !f.admin.has(MayLogOn) || needs != "" && !f.admin.has(needs) {
		return noPermission(fmt.Sprintf("the administrator lacks the privilege %s", needs))
	}
	return nil
}

// identify finds the administrator that a session or an API key is of.
func (f *frame) identify(v *store.View, access Access) (Administrator, error) {
	if access.service {
		return f.serviceUser(v, access)
	}
	session, err := f.session(v, access.Caller, access.SessionID)
	if err != nil {
		return Administrator{}, err
	}
	if session.stale(f.now) {
		session.UsedAt = f.now
		put(f, AdminSessions, session)
	}
	return f.administrator(v, session.Domain, session.UserID)
}

// sessionStopped returns the refusal of a session. reason is for the audit.
func sessionStopped(reason string) *Error {
	return &Error{Refusal: SessionStopped, Desc: "The administrative session has ended or never was: log on.", reason: reason}
}

// session finds a living session by its ID, for a caller at the address that
// it was opened from.
func (f *frame) session(v *store.View, caller Caller, id string) (AdminSession, error) {
	f.checked("session", "")
	digest := sessionDigest(id)
	session, err := get(f, v, AdminSessions, digest)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return session, sessionStopped("there is no such session")
	case err != nil:
		return session, fmt.Errorf("session: %w", err)
	}
	f.found(session.Index)
	switch {
	case !session.is(digest):
		return session, sessionStopped("there is no such session")
	case session.Address != caller.Address.String() || caller.Doubt != nil:
		return session, sessionStopped("the session is bound to the address " + session.Address)
	case !session.alive(f.now):
		return session, sessionStopped("the session has expired")
	}
	user, err := get(f, v, Users, UserKey{session.Domain, session.UserID})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return session, fmt.Errorf("user of a session: %w", err)
	}
	switch {
	case err != nil:
		return session, sessionStopped("its user is gone")
	case user.barred(f.now):
		return session, sessionStopped("its user is disabled, locked by an administrator or expired")
	case user.PasswordSetAt.After(session.StartedAt) || user.CreatedAt.After(session.StartedAt):
		return session, sessionStopped("its user has another password since")
	}
	return session, nil
}

// barred reports whether an operator or an administrator keeps the user out.
// Locks for wrong passwords do not: whoever guesses must not end sessions.
func (u User) barred(now time.Time) bool { return u.Disabled || u.LockHeld || u.expired(now) }

// administrator reads the privileges of a user, which may be none.
func (f *frame) administrator(v *store.View, domain, userID string) (Administrator, error) {
	admin, err := get(f, v, Administrators, UserKey{domain, userID})
	if errors.Is(err, store.ErrNotFound) {
		return Administrator{Domain: domain, UserID: userID}, nil
	}
	return admin, err
}

// serviceUser finds the service user that an API key is of. Whatever is wrong
// is answered alike.
func (f *frame) serviceUser(v *store.View, access Access) (Administrator, error) {
	var none Administrator
	f.checked("API key", access.UserID)
	if err := checkName("user ID", access.UserID); err != nil {
		return none, refuseCredentials("the user ID is no name")
	}
	key, err := f.resolve(v, access.UserID, "")
	if err != nil {
		return none, err
	}
	admin, err := f.administrator(v, key.Domain, key.UserID)
	if err != nil {
		return none, err
	}
	user, err := get(f, v, Users, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return none, fmt.Errorf("service user: %w", err)
	}
	switch {
	case !admin.isKey(access.Key) || !admin.IsServiceUser() || err != nil:
		return none, refuseCredentials("no service user has this API key")
	case user.barred(f.now):
		return none, refuseCredentials("the service user is disabled, locked by an administrator or expired")
	}
	f.paid = true
	return admin, nil
}

// administrationTypes are the component types that administrators may call as.
var administrationTypes = []string{"Administration Program", "Administrative Logon"}

// administrationComponent finds the component from which administrators call at
// an address: they name no type themselves.
func (f *frame) administrationComponent(v *store.View, caller Caller) (Component, error) {
	for _, componentType := range administrationTypes {
		if _, found, err := f.narrowest(v, componentType, caller.stands()); err != nil || found {
			caller.ComponentType = componentType
			component, componentErr := f.component(v, caller)
			return component, errors.Join(err, componentErr)
		}
	}
	f.checked("component", "of administrators at "+caller.stands().String())
	return Component{}, refuse(NoComponent, fmt.Sprintf(
		"No administrator may call from address %s: there is no component of type %q or %q for it.", caller.Address, administrationTypes[0], administrationTypes[1]))
}

// guard refuses an administrator what is out of reach: a domain, and, where it
// would be changed, the account or the authenticator of somebody who may do
// more. It looks at what the operation was about, whatever came of it.
func (f *frame) guard(changes bool) error {
	if f.admin == nil {
		return nil
	}
	if f.event.Domain != "" && !f.admin.reaches(f.event.Domain) {
		return noPermission("the domain is not the administrator's")
	}
	if !changes || f.event.UserID == "" {
		return nil
	}
	return f.read(func(v *store.View) error {
		other, err := f.administrator(v, f.event.Domain, f.event.UserID)
		if err == nil && !f.admin.covers(other) {
			return noPermission("the user is an administrator with more privileges")
		}
		return err
	})
}

// mayReach refuses an administrator a domain that is out of reach or that does
// not exist, before anything in it is read.
func (f *frame) mayReach(v *store.View, domain string) error {
	if f.admin == nil {
		return nil
	}
	f.event.Domain = domain
	if !f.admin.reaches(domain) {
		return noPermission("the domain is not the administrator's")
	}
	_, err := get(f, v, Domains, domain)
	if errors.Is(err, store.ErrNotFound) {
		return noPermission("the domain does not exist")
	}
	return err
}

// policyOr returns the policy that an order names. Where it names none, an
// administrator gets that of the component.
func (f *frame) policyOr(named string) string {
	if named == "" && f.admin != nil {
		return f.event.Policy
	}
	return named
}
