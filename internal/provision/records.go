package provision

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// Domain is a name space of users and the home of authenticators.
type Domain struct {
	store.Revised
	Name        string
	Description string `json:",omitempty"`
	AltSuffix   string `json:",omitempty"` // only kept for clients
	CreatedAt   time.Time
	ModifiedAt  time.Time `json:",omitzero"`

	// Shut says that it is about to be deleted, and nothing is added to it.
	Shut bool `json:",omitempty"`
}

// UserKey names a user: user IDs are unique within their domain.
type UserKey struct {
	Domain string `json:"domain"`
	UserID string `json:"userID"`
}

// User is an account that authenticates by a static password.
type User struct {
	store.Revised
	Domain, UserID string
	OrgUnit        string `json:",omitempty"`

	// PasswordHash is a PHC string; the password itself is never stored.
	// Empty: the user has no static password, and none is right.
	PasswordHash  string
	PasswordSetAt time.Time `json:",omitzero"`

	Disabled bool `json:",omitempty"`

	// LocalAuth overrides the policy's local authentication; empty: the
	// policy's holds. BackendAuth is kept for clients and decides nothing.
	LocalAuth   LocalAuthentication   `json:",omitempty"`
	BackendAuth BackendAuthentication `json:",omitempty"`

	// ExpiresAt is from when on the user is refused; zero: never.
	ExpiresAt time.Time `json:",omitzero"`

	// What is known of the person. Nothing is decided by it.
	Email       string `json:",omitempty"`
	Mobile      string `json:",omitempty"`
	Phone       string `json:",omitempty"`
	Name        string `json:",omitempty"`
	Description string `json:",omitempty"`

	// VirtualDelivery is how the user wants virtual one-time passwords: SMS,
	// Email or Voice; empty: the default. It is kept for clients.
	VirtualDelivery string `json:",omitempty"`

	// LastAuthRequestAt is when somebody last tried to authenticate as the
	// user, LastAuthAt when that last succeeded.
	LastAuthRequestAt time.Time `json:",omitzero"`
	LastAuthAt        time.Time `json:",omitzero"`

	// LockHeld says that an administrator locked the user: the lock is for
	// every address and opens when it is unlocked, not by itself.
	LockHeld bool `json:",omitempty"`

	// WrongPasswords counts those from every address since a right one from
	// there, Origins those of each address; at the policy's thresholds LockedAt
	// is set.
	WrongPasswords int      `json:",omitempty"`
	Origins        []Origin `json:",omitempty"`

	// LockedFor are the addresses that the lock is for, or the last one was;
	// none: everybody. Locks counts the locks since the last right password
	// from one of them, for back-off. LockedUntil is for operators to see: what
	// counts is the policy of whoever asks.
	LockedAt    time.Time      `json:",omitzero"`
	LockedFor   []netip.Prefix `json:",omitempty"`
	Locks       int            `json:",omitempty"`
	LockedUntil time.Time      `json:",omitzero"`

	// WrongProofs counts the wrong proofs of all registrations, however these
	// end, since as many as close one were made last; SpentRegistrations, how
	// often that has been since the last activation. Each weighs as much as a
	// wrong password, but a right password clears neither: whoever knows that
	// could else go on guessing in fresh registrations.
	// SpentLocks are the locks that came of it.
	WrongProofs        int `json:",omitempty"`
	SpentRegistrations int `json:",omitempty"`
	SpentLocks         int `json:",omitempty"`

	// SerialNumbers lists the assigned authenticators in ascending order.
	// It and Authenticator.UserID always agree.
	SerialNumbers []string `json:",omitempty"`

	// LastRegistration is the newest one, which may have been swept.
	LastRegistration string `json:",omitempty"`

	CreatedAt time.Time

	// ModifiedAt is when an operator or an administrator last changed the
	// user; zero: at CreatedAt.
	ModifiedAt time.Time `json:",omitzero"`

	// Kept are attributes of other servers, in the order of their names. They
	// decide nothing here; clients set them and expect them back.
	Kept []KeptAttribute `json:",omitempty"`
}

// KeptAttribute is an attribute that is only kept.
type KeptAttribute struct{ Name, Value string }

// Key names the user.
func (u User) Key() UserKey { return UserKey{u.Domain, u.UserID} }

// AuthenticatorState says what has happened to an authenticator.
type AuthenticatorState string

// The states of an authenticator.
const (
	Unassigned AuthenticatorState = "Unassigned"
	Assigned   AuthenticatorState = "Assigned" // until its activation
	Active     AuthenticatorState = "Active"
	Disabled   AuthenticatorState = "Disabled"
)

// ActivationType is the form of the activation data of a registration
// (profile sections 3 and 4), numbered as activationType on the wire.
type ActivationType int

// The activation types.
const (
	Online  ActivationType = 0
	Offline ActivationType = 1
)

// Authenticator is a software authenticator: of one device, or a licence for
// several.
type Authenticator struct {
	store.Revised
	SerialNumber string // 10 characters (profile, notation)
	Domain       string
	State        AuthenticatorState

	// UserID is the user it is assigned to, in the same domain; empty when
	// Unassigned.
	UserID string `json:",omitempty"`

	oath.Parameters

	// ActivationType is the initial configuration, which a register without
	// a type of its own follows.
	ActivationType ActivationType

	// Secret is the current secret, InitialSecret the one it was created
	// with; both sealed. They differ once a derivation code has bound a
	// device.
	Secret, InitialSecret []byte

	// Diversifier is that of the bound device, 8 bytes; empty when unbound.
	Diversifier []byte `json:",omitempty"`

	// DevicePNID is the notification ID of the device, as given, sealed.
	DevicePNID []byte `json:",omitempty"`

	// NextMovingFactor is the lowest moving factor that is still accepted
	// under the current secret, where it only grows. An operator's reset
	// returns it to AssignedMovingFactor, its value on the day of the
	// assignment.
	NextMovingFactor     uint64
	AssignedMovingFactor uint64

	// PeakMovingFactor is the highest NextMovingFactor under the secrets that
	// derivation codes replaced; 0 if the current one has reached it.
	PeakMovingFactor uint64 `json:",omitempty"`

	// NextSignature is the lowest moving factor that a signature is still
	// accepted of; 0: there was none.
	NextSignature uint64 `json:",omitempty"`

	// Drift is how many time steps ahead of the server's clock the device's
	// was at the last one-time password that was accepted.
	Drift int64 `json:",omitempty"`

	// Drifted is what the last one-time password at authUser was, where the
	// next one may redeem it.
	Drifted *Drifted `json:",omitempty"`

	AssignedAt      time.Time `json:",omitzero"`
	GraceEndsAt     time.Time `json:",omitzero"`
	LastActivatedAt time.Time `json:",omitzero"`

	// Activations counts the successful ones since the assignment.
	Activations int `json:",omitempty"`

	// Licence makes it one of multi-device licensing. Secret is the
	// licence's then, and the parameters are its instances'.
	Licence *Licence `json:",omitempty"`

	// OpenRegistration is the newest registration, which the next one
	// supersedes; a licence may have several open and none here.
	OpenRegistration string `json:",omitempty"`

	// ActivatedBy is the registration of the last activation of a single
	// device, which may have been swept.
	ActivatedBy string `json:",omitempty"`

	// Model is the DIGIPASS type that clients ask for, such as VIR10; empty:
	// the type of its one-time passwords.
	Model string `json:",omitempty"`

	// PIN is the server PIN that stands before a one-time password, sealed;
	// empty: there is none.
	PIN []byte `json:",omitempty"`

	// Errors counts the wrong one-time passwords and PINs since the last
	// right one.
	Errors int `json:",omitempty"`

	// ExpiresAt is from when on it is refused; zero: never.
	ExpiresAt time.Time `json:",omitzero"`

	CreatedAt time.Time

	// ModifiedAt is when an operator or an administrator last changed it;
	// zero: at CreatedAt.
	ModifiedAt time.Time `json:",omitzero"`
}

// AuthenticatorType is what operators and policies tell authenticators by:
// those of one device by their one-time passwords, and licences.
type AuthenticatorType string

// The types of authenticators.
const (
	EventBased AuthenticatorType = "hotp"
	TimeBased  AuthenticatorType = "totp"
	MDL        AuthenticatorType = "mdl" // a licence for several devices
)

func (a Authenticator) kind() AuthenticatorType {
	if a.Licence != nil {
		return MDL
	}
	return AuthenticatorType(a.Type)
}

func (a Authenticator) free() FreeAuthenticator {
	return FreeAuthenticator{FreeKey: FreeKey{Domain: a.Domain, Type: a.kind(), SerialNumber: a.SerialNumber}}
}

// RegistrationState says what has happened in a registration. That it has
// expired is derived from ExpiresAt and the clock and never stored.
type RegistrationState string

// The states of a registration.
const (
	Registered   RegistrationState = "Registered"
	KeyExchanged RegistrationState = "KeyExchanged"
	DataIssued   RegistrationState = "DataIssued"
	DeviceAdded  RegistrationState = "DeviceAdded"
	Activated    RegistrationState = "Activated"
	Closed       RegistrationState = "Closed"
)

// Registration is one provisioning operation, from register to activation.
type Registration struct {
	store.Revised
	ID    string
	State RegistrationState

	Domain, UserID string
	SerialNumber   string
	ActivationType ActivationType

	// ComponentType is the registering component's; its Policy governs
	// every step.
	ComponentType string
	Policy        string

	CreatedAt time.Time
	ExpiresAt time.Time
	EndedAt   time.Time `json:",omitzero"` // Activated or Closed

	// AssignedAt is the authenticator's when this began: a later assignment ends
	// what was begun under an earlier one. Zero: it is not known.
	AssignedAt time.Time `json:",omitzero"`

	// Attempts counts wrong proofs of every kind, KeyRequests the ephemeral
	// keys, DeviceCodes those that made an instance.
	Attempts    int `json:",omitempty"`
	KeyRequests int `json:",omitempty"`
	DeviceCodes int `json:",omitempty"`

	// Drifted is what the last proof was, where the next one may redeem it.
	Drifted *Drifted `json:",omitempty"`

	// Salt and Verifier are SRP's s and v, sealed, until the end.
	Salt     []byte `json:",omitempty"`
	Verifier []byte `json:",omitempty"`

	// The open key exchange: public keys A and B as they are, b sealed. All
	// three go at the proof.
	ClientPublicKey []byte `json:",omitempty"`
	ServerPublicKey []byte `json:",omitempty"`
	ServerSecret    []byte `json:",omitempty"`

	// MDL says that it is on a licence. Message1 is its Activation Message 1;
	// DeviceCode is the pending instance's and Message2 the answer to it. All
	// three are sealed and go at the end.
	MDL        bool   `json:",omitempty"`
	Message1   []byte `json:",omitempty"`
	DeviceCode []byte `json:",omitempty"`
	Message2   []byte `json:",omitempty"`

	// DerivationCode is the one that activated, sealed: the same again gets
	// the same answer within the lifetime (profile section 7).
	DerivationCode []byte `json:",omitempty"`

	ClosedBecause string `json:",omitempty"`
}

func (r Registration) expiry() Expiry {
	return Expiry{ExpiryKey: ExpiryKey{ExpiresAt: r.ExpiresAt, RegistrationID: r.ID}}
}

// Expired reports whether the lifetime is over at now.
func (r Registration) Expired(now time.Time) bool { return !now.Before(r.ExpiresAt) }

// ExpiryKey orders registrations by the end of their lifetimes.
type ExpiryKey struct {
	ExpiresAt      time.Time
	RegistrationID string
}

// Expiry is the entry of a registration in the index of lifetimes: written
// with it, so that a sweep finds what is over, and a search what lives,
// without reading all registrations. Once a sweep has taken what an expired
// registration kept secret, the entry is in the index of past ones, until the
// registration is deleted.
type Expiry struct {
	store.Revised
	ExpiryKey
}

// Key names the entry.
func (e Expiry) Key() ExpiryKey { return e.ExpiryKey }

// FreeKey orders the authenticators that nobody has by domain and type.
type FreeKey struct {
	Domain       string
	Type         AuthenticatorType
	SerialNumber string
}

// FreeAuthenticator is the entry of an Unassigned authenticator in the index
// of free ones, so that auto-assignment finds one without reading those that
// are taken.
type FreeAuthenticator struct {
	store.Revised
	FreeKey
}

// Key names the entry.
func (a FreeAuthenticator) Key() FreeKey { return a.FreeKey }

// ComponentKey names a client component.
type ComponentKey struct {
	ComponentType string
	Location      netip.Prefix
}

// Component is a client of the SOAP interface: a type, the addresses it may
// call from, and the policy of what it registers.
type Component struct {
	store.Revised
	ComponentType string
	Location      netip.Prefix
	Policy        string
	CreatedAt     time.Time
}

// Key names the component.
func (c Component) Key() ComponentKey { return ComponentKey{c.ComponentType, c.Location} }

// Policy is a named set of settings. Those it does not set are its parent's,
// and at the top DefaultSettings.
type Policy struct {
	store.Revised
	Name   string
	Parent string `json:",omitempty"`

	// Set holds the members of Settings that this policy sets itself, as a
	// JSON object.
	Set json.RawMessage `json:",omitempty"`
}
