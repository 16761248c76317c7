package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ErrNotFound is what every Get returns, wrapped or not, for a record that is
// not there.
const ErrNotFound = storeError("record not found")

// ErrUncertain is what Update returns, wrapped or not, where it is not known
// whether the records were written. After any other error they were not.
var ErrUncertain = errors.New("it is not known whether the records were written")

type storeError string

func (e storeError) Error() string { return string(e) }

// UnreadableError is what a Get or Scan returns for a record that is there and
// is damaged, or belongs under another key.
type UnreadableError struct {
	Kind  string
	Key   []string // the parts of the key that it stands under
	Cause error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("record %s %q cannot be read: %v", e.Kind, e.Key, e.Cause)
}

func (e *UnreadableError) Unwrap() error { return e.Cause }

// Store keeps the records. Both closures see one consistent snapshot.
//
// View's closure must not outlive the call nor wait for a peer: page through
// long lists with after.
//
// Update is serialisable, and durable when it returns nil. Its closure may
// run more than once, so it draws no randomness, reads no clock and does no
// cryptography. If it returns an error or panics, nothing is written, and
// the error or panic reaches this caller alone.
type Store interface {
	View(ctx context.Context, read func(View) error) error
	Update(ctx context.Context, write func(Tx) error) error
	Close() error
}

// Reader gets single records by their keys; errors.Is(err, ErrNotFound) when
// there is none.
type Reader interface {
	GetDomain(name string) (Domain, error)
	GetUser(key UserKey) (User, error)
	GetAuthenticator(serialNumber string) (Authenticator, error)
	GetRegistration(id string) (Registration, error)
	GetComponent(key ComponentKey) (Component, error)
	GetPolicy(name string) (Policy, error)
	GetAuditEvent(key AuditKey) (AuditEvent, error)
	GetAuditRequest(key AuditRequestKey) (AuditRequest, error)
	GetAuditSeal(key AuditSealKey) (AuditSeal, error)
	GetAuditRun(run string) (AuditRun, error)
	GetAuditAnchor(run string) (AuditAnchor, error)
	GetKeyCheck(name string) (KeyCheck, error)
	GetExpiry(key ExpiryKey) (Expiry, error)
	GetPastExpiry(key ExpiryKey) (Expiry, error)
	GetFreeAuthenticator(key FreeKey) (FreeAuthenticator, error)
	GetGatewayKey(name string) (GatewayKey, error)
	GetStranger(slot string) (Stranger, error)
}

// View reads a snapshot. A scan yields records in the order of their keys,
// beginning after the key after (zero: from the start); a scan with within
// is confined to the keys that share its leading, non-zero parts. It yields
// at most one error, last.
type View interface {
	Reader
	ScanDomains(after string) iter.Seq2[Domain, error]
	ScanUsers(within, after UserKey) iter.Seq2[User, error]
	ScanAuthenticators(after string) iter.Seq2[Authenticator, error]
	ScanRegistrations(after string) iter.Seq2[Registration, error]
	ScanComponents(within, after ComponentKey) iter.Seq2[Component, error]
	ScanPolicies(after string) iter.Seq2[Policy, error]
	ScanAuditEvents(within, after AuditKey) iter.Seq2[AuditEvent, error]
	ScanAuditRequests(within, after AuditRequestKey) iter.Seq2[AuditRequest, error]
	ScanAuditSeals(within, after AuditSealKey) iter.Seq2[AuditSeal, error]
	ScanAuditRuns(after string) iter.Seq2[AuditRun, error]
	ScanAuditAnchors(after string) iter.Seq2[AuditAnchor, error]
	ScanKeyChecks(after string) iter.Seq2[KeyCheck, error]
	ScanExpiries(within, after ExpiryKey) iter.Seq2[Expiry, error]
	ScanPastExpiries(within, after ExpiryKey) iter.Seq2[Expiry, error]
	ScanFreeAuthenticators(within, after FreeKey) iter.Seq2[FreeAuthenticator, error]
	ScanGatewayKeys(after string) iter.Seq2[GatewayKey, error]
	ScanStrangers(after string) iter.Seq2[Stranger, error]
}

// Tx reads and writes inside an Update, always by key, and reads its own
// writes. Deleting what is not there is no error.
type Tx interface {
	Reader
	PutDomain(Domain) error
	PutUser(User) error
	PutAuthenticator(Authenticator) error
	PutRegistration(Registration) error
	PutComponent(Component) error
	PutPolicy(Policy) error
	PutAuditEvent(AuditEvent) error
	PutAuditRequest(AuditRequest) error
	PutAuditSeal(AuditSeal) error
	PutAuditRun(AuditRun) error
	PutAuditAnchor(AuditAnchor) error
	PutKeyCheck(KeyCheck) error
	PutExpiry(Expiry) error
	PutPastExpiry(Expiry) error
	PutFreeAuthenticator(FreeAuthenticator) error
	PutGatewayKey(GatewayKey) error
	PutStranger(Stranger) error

	DeleteDomain(name string) error
	DeleteUser(key UserKey) error
	DeleteAuthenticator(serialNumber string) error
	DeleteRegistration(id string) error
	DeleteComponent(key ComponentKey) error
	DeletePolicy(name string) error
	DeleteAuditEvent(key AuditKey) error
	DeleteAuditRequest(key AuditRequestKey) error
	DeleteAuditSeal(key AuditSealKey) error
	DeleteAuditRun(run string) error
	DeleteAuditAnchor(run string) error
	DeleteKeyCheck(name string) error
	DeleteExpiry(key ExpiryKey) error
	DeletePastExpiry(key ExpiryKey) error
	DeleteFreeAuthenticator(key FreeKey) error
	DeleteGatewayKey(name string) error
	DeleteStranger(slot string) error
}
