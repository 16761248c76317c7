package provision

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/audit"
)

// Status is a pair of the vendor's published codes, as a reply and the audit
// carry it.
type Status = audit.Status

// Refusal is a reason to turn a request down, or Granted.
type Refusal string

// The refusals. Each is one row of the status table.
const (
	Granted            Refusal = "granted"
	InvalidParameter   Refusal = "invalid parameter"
	NoComponent        Refusal = "no component"
	NotAllowed         Refusal = "not allowed by policy"
	ActivationLimit    Refusal = "activation limit"
	AuthenticatorLimit Refusal = "authenticator limit"
	InvalidCredentials Refusal = "invalid credentials"
	UserLocked         Refusal = "user locked"
	UserDisabled       Refusal = "user disabled"
	MessageExpired     Refusal = "activation message expired"
	NotFound           Refusal = "not found"
	Exists             Refusal = "exists"
	InUse              Refusal = "in use"
	LicenceFull        Refusal = "licence full"
	OutOfOrder         Refusal = "out of order"
	Busy               Refusal = "busy"
	Unforeseen         Refusal = "unforeseen"

	// NoPermission says that an administrator lacks a privilege, or may not
	// reach a domain.
	NoPermission Refusal = "no permission"
	// SessionStopped says that an administrative session has ended or never was.
	SessionStopped Refusal = "session stopped"
	// UserUnknown says that a service user has no session.
	UserUnknown Refusal = "user unknown"
	// MissingField and InvalidData are for the attributes of administration.
	MissingField Refusal = "missing field"
	InvalidData  Refusal = "invalid data"
	// NotAvailable is for an authenticator that somebody has already,
	// NotAssigned for one that nobody has.
	NotAvailable Refusal = "authenticator not available"
	NotAssigned  Refusal = "authenticator not assigned"
	// AuthenticatorError is for what the authenticator does not take, such
	// as a PIN that is too long.
	AuthenticatorError Refusal = "authenticator error"

	// OTPIncorrect also says that the PIN before the right one is wrong;
	// OTPUsed, that it was right before.
	OTPIncorrect Refusal = "response incorrect"
	OTPUsed      Refusal = "response used"
	// PasswordMismatch is for a wrong static password, GracePeriodExpired for
	// the right one where only a one-time password does.
	PasswordMismatch   Refusal = "static password mismatch"
	GracePeriodExpired Refusal = "grace period expired"
	// NotLocal says that the local authentication is None.
	NotLocal Refusal = "no local authentication"
	// SignatureIncorrect also says that the signature was accepted before.
	SignatureIncorrect Refusal = "signature incorrect"
	// ChallengeExpired also says that there is no such challenge.
	ChallengeExpired Refusal = "challenge expired"
)

// nearby are the refusals whose name clients know and whose number is not
// public. They have the closest published number, which has a name of its own.
var nearby = []Refusal{SessionStopped, UserUnknown, MissingField, InvalidData, NotAvailable, AuthenticatorError,
	OTPIncorrect, OTPUsed, PasswordMismatch, GracePeriodExpired}

// StatusTable maps every refusal to the pair that the wire and the audit
// show. The numbers are the vendor's published ones and no others; names whose
// number is not public have the closest one.
type StatusTable map[Refusal]Status

// DefaultStatusTable returns the closest published pair for each refusal.
func DefaultStatusTable() StatusTable {
	failure := func(code int, name string) Status {
		return Status{ReturnCode: -1, ReturnCodeEnum: "RET_FAILURE", StatusCode: code, StatusCodeEnum: name}
	}
	return StatusTable{
		Granted:            {ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"},
		InvalidParameter:   failure(-2, "STAT_INVPARAM"),
		NoComponent:        failure(1005, "STAT_PERMISSION"),
		NotAllowed:         failure(1005, "STAT_PERMISSION"),
		ActivationLimit:    failure(1005, "STAT_PERMISSION"),
		AuthenticatorLimit: failure(1005, "STAT_PERMISSION"),
		InvalidCredentials: failure(1000, "STAT_INVCREDENTIALS"),
		UserLocked:         failure(1007, "STAT_LOCKED"),
		UserDisabled:       failure(1007, "STAT_LOCKED"),
		MessageExpired:     failure(1004, "STAT_EXP_CHALLENGE"),
		NotFound:           failure(-13, "STAT_NOT_FOUND"),
		Exists:             failure(-14, "STAT_EXISTS"),
		InUse:              failure(-1, "STAT_ERROR"),
		LicenceFull:        failure(-11, "STAT_LICENCE"),
		OutOfOrder:         failure(-1, "STAT_ERROR"),
		Busy:               failure(-1, "STAT_ERROR"),
		Unforeseen:         failure(-1, "STAT_ERROR"),
		NoPermission:       failure(1005, "STAT_PERMISSION"),
		SessionStopped:     failure(1005, "STAT_ADMIN_SESSION_STOPPED"),
		UserUnknown:        failure(-13, "STAT_USER_UNKNOWN"),
		MissingField:       failure(-2, "STAT_MISSINGFLD"),
		InvalidData:        failure(-2, "STAT_INVDATA"),
		NotAvailable:       failure(-14, "STAT_DIGIPASS_NOT_AVAILABLE"),
		NotAssigned:        failure(-1, "STAT_ERROR"),
		AuthenticatorError: failure(-1, "STAT_DPERROR"),

		OTPIncorrect:       failure(1000, "STAT_OTP_INCORRECT"),
		OTPUsed:            failure(1000, "STAT_OTP_INCORRECT"),
		PasswordMismatch:   failure(1000, "STAT_LOCAL_PASSWORD_MISMATCH"),
		GracePeriodExpired: failure(1000, "STAT_GRACE_PERIOD_EXPIRED"),
		NotLocal:           failure(1006, "STAT_LOCALAUTH"),
		SignatureIncorrect: failure(1000, "STAT_INVCREDENTIALS"),
		ChallengeExpired:   failure(1004, "STAT_EXP_CHALLENGE"),
	}
}

// Refusals lists the rows that a status table has.
func Refusals() []Refusal { return slices.Sorted(maps.Keys(DefaultStatusTable())) }

// Check looks whether every row can go on the wire and none can be taken for
// another: success alone is 0, and a number has one name, but for the names
// whose own number is not public. It names every fault.
func (t StatusTable) Check() error {
	var faults []error
	returns, statuses := newNaming("return code"), newNaming("status code")
	for _, refusal := range Refusals() {
		row, is := t[refusal]
		if !is {
			faults = append(faults, fmt.Errorf("status %q: the row is missing", refusal))
			continue
		}
		for _, err := range []error{
			returns.check(row.ReturnCode, row.ReturnCodeEnum, refusal),
			statuses.check(row.StatusCode, row.StatusCodeEnum, refusal),
		} {
			if err != nil {
				faults = append(faults, fmt.Errorf("status %q: %w", refusal, err))
			}
		}
	}
	return errors.Join(faults...)
}

// naming is which numbers have which names.
type naming struct {
	what    string
	names   map[int]string
	numbers map[string]int
}

func newNaming(what string) naming { return naming{what, make(map[int]string), make(map[string]int)} }

func (n naming) check(number int, name string, refusal Refusal) error {
	success := refusal == Granted
	switch {
	case number < math.MinInt32 || number > math.MaxInt32:
		return fmt.Errorf("the %s %d does not fit 32 bits", n.what, number)
	case (number == 0) != success:
		return fmt.Errorf("the %s is %d: it is 0 for %q and for nothing else", n.what, number, Granted)
	case name == "" || len(name) > maxStatusName || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "":
		return fmt.Errorf("the %s is called %q: a name has 1 to %d of A to Z, 0 to 9 and _", n.what, name, maxStatusName)
	}
	borrowed := slices.Contains(nearby, refusal)
	if other, named := n.names[number]; named && other != name && !borrowed {
		return fmt.Errorf("the %s %d is called %s here and %s in another row", n.what, number, name, other)
	}
	if other, numbered := n.numbers[name]; numbered && other != number {
		return fmt.Errorf("the %s %s is %d here and %d in another row", n.what, name, number, other)
	}
	n.numbers[name] = number
	if !borrowed {
		n.names[number] = name
	}
	return nil
}

const maxStatusName = 64

// Error is a refusal as the caller hears it. An operation that returns one
// has committed its decision.
type Error struct {
	Refusal Refusal
	Status  Status // what the wire shows, by policy
	Desc    string // errorDesc, in words for the peer; the decision in one line where the policy says Explain

	// reason is the truth in words, for the audit and the log.
	reason string
	// hidden says that it goes out as invalid credentials where the policy
	// says GenericStatusCodes.
	hidden bool
	// plain is Desc before it was explained; empty: Desc itself.
	plain string
}

// Plain returns errorDesc without the policy's explanation, for people.
func (e *Error) Plain() string { return cmp.Or(e.plain, e.Desc) }

// Reason returns why the request was refused, in words. They may quote the
// peer and tell what its policy keeps from it: they are for the server's log.
func (e *Error) Reason() string { return audit.Printable(e.reason) }

// Without returns the refusal with other words in the place of what a pattern
// finds in its own.
func (e *Error) Without(found *regexp.Regexp, instead string) *Error {
	other := *e
	for _, words := range []*string{&other.Desc, &other.plain, &other.reason} {
		*words = found.ReplaceAllLiteralString(*words, instead)
	}
	return &other
}

func (e *Error) Error() string { return "refused: " + string(e.Refusal) + ": " + e.Desc }

// refuse turns a request down with words that both peer and audit may see.
func refuse(refusal Refusal, desc string) *Error {
	return &Error{Refusal: refusal, Desc: desc, reason: desc}
}

// refuseCredentials turns a request down in constant words; only the audit
// learns which check failed.
func refuseCredentials(reason string) *Error {
	return &Error{Refusal: InvalidCredentials, Desc: invalidCredentials, reason: reason}
}

// refuseHidden turns a request down by what GenericStatusCodes hides.
func refuseHidden(refusal Refusal, desc string) *Error {
	return &Error{Refusal: refusal, Desc: desc, reason: desc, hidden: true}
}

// tells reports whether a refusal says of somebody's user or authenticator
// that it is there, or is not.
func (e *Error) tells() bool {
	return slices.Contains([]Refusal{InvalidCredentials, NotFound, UserLocked, UserDisabled}, e.Refusal)
}

const invalidCredentials = "The credentials were not accepted."
