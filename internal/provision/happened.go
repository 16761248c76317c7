package provision

import (
	"context"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// What the audit says happened beside a decision, for those who follow it.
const (
	AuthenticatorActivated = "authenticator.activated"
	UserIsLocked           = "user.locked"
	LicenceIsFull          = "licence.full"
	CertificateExpiring    = "certificate.expiring"
	AuditBroken            = "audit.broken"
)

// Happenings lists all of them.
func Happenings() []string {
	return []string{AuthenticatorActivated, UserIsLocked, LicenceIsFull, CertificateExpiring, AuditBroken}
}

// happened has the event say that something happened. Such an event is always
// written for itself.
func (f *frame) happened(what string) {
	if !slices.Contains(f.event.Happened, what) {
		f.event.Happened = append(f.event.Happened, what)
	}
}

// locksAnew reports whether a lock begins with a user's record as it is to be.
func (u User) locksAnew(before User) bool {
	return before.UserID != "" && (u.LockHeld && !before.LockHeld || !u.LockedAt.IsZero() && !u.LockedAt.Equal(before.LockedAt))
}

// NoteCertificate writes to the audit that the certificate of a door expires soon.
func (s *Service) NoteCertificate(ctx context.Context, operator Operator, door string, expires time.Time) error {
	_, err := perform(ctx, s, operatorEvent("certificate note", operator), func(f *frame) (struct{}, error) {
		f.checked("certificate of "+door, "expires "+expires.UTC().Format(time.RFC3339))
		f.happened(CertificateExpiring)
		return struct{}{}, nil
	})
	return err
}

// NoteBroken writes to the audit that a seal of it does not hold.
func (s *Service) NoteBroken(ctx context.Context, operator Operator, broken []audit.BrokenSeal) error {
	_, err := perform(ctx, s, operatorEvent("audit note", operator), func(f *frame) (struct{}, error) {
		for _, seal := range broken[:min(len(broken), usualChecks)] {
			f.checked("seal "+seal.SealKey.String(), seal.Fault)
		}
		f.happened(AuditBroken)
		return struct{}{}, nil
	})
	return err
}

// NoteWebhook writes to the audit what an operator has done about a webhook.
func (s *Service) NoteWebhook(ctx context.Context, operator Operator, order, name string) error {
	_, err := perform(ctx, s, operatorEvent(order, operator), func(f *frame) (struct{}, error) {
		f.checked("webhook", name)
		return struct{}{}, nil
	})
	return err
}
