package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// Logon is an administrator who authenticates as any user does.
type Logon struct {
	UserID, Domain string
	Credential
}

// LogonResult is a new session. Its ID is shown here once and kept nowhere.
type LogonResult struct {
	SessionID string
	Administrator
	Location    string
	LastLogonAt time.Time // zero: this is the first
}

// The length of a session's ID: 62 symbols to the power of 32 are 190 bits.
const sessionIDLength = 32

// The most sessions of one administrator, beyond which the one that was used
// least lately ends, and of all.
const (
	maxSessionsOfOne = 100
	maxSessions      = 10000
)

// Logon opens an administrative session, which is bound to the caller's
// address. Of somebody who proves to be a user and may not log on it says so;
// before that, it says no more than authUser does.
func (s *Service) Logon(ctx context.Context, caller Caller, in Logon) (LogonResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share()}
	asked := AuthUser{UserID: in.UserID, Domain: in.Domain, Credential: in.Credential}
	return perform(ctx, s, callEvent("logon", caller), func(f *frame) (LogonResult, error) {
		var none LogonResult
		if err := asked.check(); err != nil {
			return none, err
		}
		a, err := f.administratorApplies(caller, asked)
		if err != nil {
			return none, err
		}
		if _, err := f.prove(&a, asked, f.localAuthentication(a.user), &password); err != nil {
			return none, err
		}
		var admin Administrator
		err = f.read(func(v *store.View) error {
			if admin, err = f.administrator(v, a.user.Domain, a.user.UserID); err != nil {
				return err
			}
			f.checked("privilege", string(MayLogOn))
			if !admin.has(MayLogOn) {
				return noPermission("the user is no administrator")
			}
			if admin.IsServiceUser() {
				return noPermission("a service user calls with its API key and has no sessions")
			}
			return f.roomForSession(v, admin)
		})
		if err != nil {
			return none, err
		}
		return f.logon(caller, admin)
	})
}

// administratorApplies does what applies does, for an administrator, who names
// no component type.
func (f *frame) administratorApplies(caller Caller, in AuthUser) (applicant, error) {
	err := f.read(func(v *store.View) error {
		component, err := f.administrationComponent(v, caller)
		caller.ComponentType = component.ComponentType
		f.event.ComponentType = component.ComponentType
		return err
	})
	if err != nil {
		return applicant{}, err
	}
	return f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
}

// roomForSession removes the sessions that have ended. Where the administrator
// has too many, it also removes the one that was used least lately.
func (f *frame) roomForSession(v *store.View, admin Administrator) error {
	own, all := 0, 0
	var oldest AdminSession
	for session, err := range store.Scan(v, AdminSessions, "", "") {
		if err != nil {
			return fmt.Errorf("sessions: %w", err)
		}
		if !session.alive(f.now) {
			remove(f, AdminSessions, session.Digest)
			continue
		}
		all++
		if session.Domain != admin.Domain || session.UserID != admin.UserID {
			continue
		}
		if own++; own == 1 || session.UsedAt.Before(oldest.UsedAt) {
			oldest = session
		}
	}
	if own >= maxSessionsOfOne {
		remove(f, AdminSessions, oldest.Digest)
	} else if all >= maxSessions {
		return refuse(Busy, "There are too many administrative sessions: log off from some.")
	}
	return nil
}

// logon draws the session and writes it.
func (f *frame) logon(caller Caller, admin Administrator) (LogonResult, error) {
	id, err := dsapp.Draw(f.service.Rand, dsapp.Mixed, sessionIDLength)
	if err != nil {
		return LogonResult{}, fmt.Errorf("draw a session's ID: %w", err)
	}
	session := AdminSession{
		Digest: sessionDigest(id), Domain: admin.Domain, UserID: admin.UserID, Address: caller.Address.String(),
		StartedAt: f.now, UsedAt: f.now, Idle: time.Duration(f.settings.SessionIdleMinutes) * time.Minute,
		EndsAt: f.now.Add(time.Duration(f.settings.SessionMinutes) * time.Minute),
	}
	session.Index = session.Digest[:sessionIndexLength]
	expect(f, AdminSessions, session.Digest, 0)
	put(f, AdminSessions, session)
	result := LogonResult{SessionID: id, Administrator: admin, Location: session.Address, LastLogonAt: admin.LastLogonAt}
	admin.LastLogonAt = f.now
	put(f, Administrators, admin)
	f.checked("session", session.Index)
	return result, nil
}

// sessionIndexLength is how much of the digest tells sessions apart for people.
const sessionIndexLength = 12

// Logoff ends a session. One that has ended is refused as every command does.
func (s *Service) Logoff(ctx context.Context, caller Caller, sessionID string) error {
	_, err := perform(ctx, s, callEvent("logoff", caller), func(f *frame) (struct{}, error) {
		var none struct{}
		err := f.read(func(v *store.View) error {
			session, err := f.session(v, caller, sessionID)
			f.event.Operator = session.operator()
			if err == nil {
				remove(f, AdminSessions, session.Digest)
			}
			return err
		})
		return none, err
	})
	return err
}

// SessionAlive reports by its error whether a session lives, and keeps it
// alive. It leaves no event.
func (s *Service) SessionAlive(ctx context.Context, caller Caller, sessionID string) error {
	f := &frame{service: s, ctx: ctx, fresh: true, now: s.Now(), settings: DefaultSettings()}
	err := f.read(func(v *store.View) error {
		session, err := f.session(v, caller, sessionID)
		if err == nil && session.stale(f.now) {
			session.UsedAt = f.now
			put(f, AdminSessions, session)
		}
		return err
	})
	if refusal, refused := errors.AsType[*Error](err); refused {
		return s.refused(refusal)
	}
	if err != nil {
		return err
	}
	return s.keepAlive(ctx, f)
}

// operator names whose session it is; empty: nobody's.
func (s AdminSession) operator() string {
	if s.UserID == "" {
		return ""
	}
	return s.UserID + "@" + s.Domain
}

// ListSessions reads the living sessions that fit, by when they began, of the
// domains that an administrator reaches. A service user has none and sees none.
func (s *Service) ListSessions(ctx context.Context, operator Operator, fits func(AdminSession) bool, options SearchOptions) (Found[AdminSession], error) {
	return inspect(ctx, s, operator, "session list", MayViewSession, func(f *frame, v *store.View) (Found[AdminSession], error) {
		var none Found[AdminSession]
		if operator.Access != nil && operator.Access.service {
			return none, refuse(UserUnknown, "A service user has no sessions.")
		}
		if err := options.check(); err != nil {
			return none, err
		}
		var all []AdminSession
		for session, err := range store.Scan(v, AdminSessions, "", "") {
			if err != nil {
				return none, fmt.Errorf("sessions: %w", err)
			}
			if session.alive(f.now) && (f.admin == nil || f.admin.reaches(session.Domain)) && fits(session) {
				all = append(all, session)
			}
		}
		slices.SortFunc(all, func(a, b AdminSession) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), strings.Compare(a.Digest, b.Digest))
		})
		return gather(options, func(yield func(AdminSession, error) bool) {
			for _, session := range all {
				if !yield(session, nil) {
					return
				}
			}
		})
	})
}
