package provision

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// The limits of CheckRecords: records in one View, and problems after which it
// looks no further.
const (
	checkPage   = 256
	maxProblems = 1000
)

// What puts right the faults that have nothing of their own.
const (
	mendFree         = "assign the authenticator and unassign it"
	mendAssignment   = "unassign the authenticator and assign it anew"
	mendRegistration = "close the registration"
	mendPolicy       = "set the policy anew"
	mendBackup       = "restore the store from a backup"
)

// CheckRecords reads all records but the audit and reports where they
// disagree, in the order of kinds and keys. Each page of records is compared
// with its neighbours in one View, so that it may run beside other work. What
// has expired by now needs no policy any more. The error says that it could not
// go on; what it found before is still true.
func CheckRecords(ctx context.Context, records *store.Store, now time.Time) ([]store.Problem, error) {
	c := &checker{ctx: ctx, records: records, now: now}
	err := errors.Join(
		pages(c, Users, findings.user),
		pages(c, Authenticators, findings.authenticator),
		pages(c, Registrations, findings.registration),
		pages(c, Expiries, findings.expiry),
		pages(c, PastExpiries, findings.expiry),
		pages(c, FreeAuthenticators, findings.free),
		pages(c, UserIndex, findings.userEntry),
		pages(c, AuthenticatorIndex, findings.authenticatorEntry),
		pages(c, Administrators, findings.administrator),
		pages(c, Components, findings.component),
		pages(c, Policies, findings.policy),
		pages(c, GatewayKeys, findings.gatewayKey),
		pages(c, PlatformKeys, findings.platformKey),
		pages(c, OperatorKeys, findings.operatorKey),
	)
	return c.problems, err
}

type checker struct {
	ctx      context.Context // of the one call of CheckRecords that this lives for
	records  *store.Store
	now      time.Time
	problems []store.Problem
}

// pages checks all records of a kind, page by page.
func pages[K, R any](c *checker, kind store.Kind[K, R], check func(findings, R)) error {
	var all, after K
	for more := true; more; {
		err := c.records.View(c.ctx, func(v *store.View) error {
			var err error
			more, err = page(c, v, store.Scan(v, kind, all, after), func(f findings, record R) {
				check(f, record)
				after = kind.KeyOf(record)
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("check records: %w", err)
		}
	}
	return nil
}

// page reports whether there may be another one after it.
func page[R any](c *checker, v *store.View, records iter.Seq2[R, error], check func(findings, R)) (bool, error) {
	n := 0
	for record, err := range records {
		if err != nil {
			return false, err
		}
		check(findings{c, v, ""}, record)
		if n++; n == checkPage {
			return len(c.problems) < maxProblems, nil
		}
	}
	return false, nil
}

// findings is what the checks of one record compare with and report to.
type findings struct {
	*checker
	*store.View
	record string
}

func (f findings) of(format string, names ...any) findings {
	f.record = fmt.Sprintf(format, names...)
	return f
}

// report notes a problem where wrong is true.
func (f findings) report(wrong bool, fault, mend string) {
	if wrong && len(f.problems) < maxProblems {
		f.problems = append(f.problems, store.Problem{Record: f.record, Fault: fault, Mend: mend})
	}
}

// exists reports whether a record was got. One that is there but cannot be
// read is a problem of its own.
func (f findings) exists(what string, err error) bool {
	found := !errors.Is(err, store.ErrNotFound)
	f.report(found && err != nil, fmt.Sprintf("%s cannot be read: %v", what, err), mendBackup)
	return found
}

func (f findings) user(u User) {
	f = f.of("user %q of domain %q", u.UserID, u.Domain)
	_, err := store.Get(f.View, Domains, u.Domain)
	f.report(!f.exists("its domain", err), "its domain does not exist", "add the domain")
	if u.LocalAuth != "" {
		f.report(u.LocalAuth.check() != nil, fmt.Sprintf("its local authentication %q is not known", u.LocalAuth), "set the user's local authentication")
	}
	for _, e := range u.entries() {
		_, err := store.Get(f.View, UserIndex, e.Key())
		f.report(!f.exists("its entry in the index", err), fmt.Sprintf("it is not listed by its field %s, and searches miss it", e.Field), mendBackup)
	}
	f.report(u.negative(), "a counter is negative", "unlock the user")
	f.report(!ascending(u.SerialNumbers), "its authenticators are not listed in ascending order, each once", "unassign and assign its authenticators")
	for _, serialNumber := range u.SerialNumbers {
		a, err := store.Get(f.View, Authenticators, serialNumber)
		name := "authenticator " + serialNumber
		switch {
		case !f.exists(name, err):
			f.report(true, "it lists "+name+", which does not exist", "delete the user and add it anew")
		case err == nil && (a.UserID != u.UserID || a.Domain != u.Domain):
			f.report(true, fmt.Sprintf("it lists %s, which is assigned to %q of domain %q", name, a.UserID, a.Domain), mendAssignment)
		}
	}
}

func ascending(serialNumbers []string) bool {
	return slices.IsSorted(serialNumbers) && len(slices.Compact(slices.Clone(serialNumbers))) == len(serialNumbers)
}

func (f findings) authenticator(a Authenticator) {
	f = f.of("authenticator %s", a.SerialNumber)
	_, err := store.Get(f.View, Domains, a.Domain)
	f.report(!f.exists("its domain", err), fmt.Sprintf("its domain %q does not exist", a.Domain), "add the domain")
	assigned := a.UserID != ""
	switch a.State {
	case Unassigned:
		f.report(assigned, fmt.Sprintf("it is Unassigned and has the user %q", a.UserID), mendAssignment)
		f.report(len(a.Diversifier) > 0, "it is Unassigned and bound to a device", mendAssignment)
	case Assigned, Active:
		f.report(!assigned, fmt.Sprintf("it is %s and has no user", a.State), mendAssignment)
	case Disabled:
	default:
		f.report(true, fmt.Sprintf("its state %q is not known", a.State), mendAssignment)
	}
	if assigned {
		f.holder(a)
	}
	_, err = store.Get(f.View, FreeAuthenticators, a.free().Key())
	f.report(!f.exists("its entry among the free ones", err) && a.State == Unassigned,
		"it is Unassigned and not listed among the free ones", mendFree)
	for _, e := range a.entries() {
		_, err := store.Get(f.View, AuthenticatorIndex, e.Key())
		f.report(!f.exists("its entry in the index", err), "it is not listed in its domain, and searches miss it", mendBackup)
	}
	f.parameters(a)
	f.openRegistration(a)
}

// holder checks the other direction of what user checks.
func (f findings) holder(a Authenticator) {
	u, err := store.Get(f.View, Users, UserKey{a.Domain, a.UserID})
	switch name := fmt.Sprintf("the user %q of domain %q", a.UserID, a.Domain); {
	case !f.exists(name, err):
		f.report(true, "it is assigned to "+name+", who does not exist", "unassign the authenticator")
	case err == nil && !slices.Contains(u.SerialNumbers, a.SerialNumber):
		f.report(true, "it is assigned to "+name+", who does not list it", mendAssignment)
	}
}

func (f findings) parameters(a Authenticator) {
	f.licence(a)
	if err := a.Parameters.Check(); err != nil {
		f.report(true, err.Error(), mendBackup)
	}
	f.report(!a.ActivationType.known(), fmt.Sprintf("its activation type %d is not known", a.ActivationType), mendBackup)
	f.report(len(a.Secret) == 0 || len(a.InitialSecret) == 0, "it has no secret", mendBackup)
	f.report(len(a.Diversifier) != 0 && len(a.Diversifier) != 8, fmt.Sprintf("its diversifier has %d bytes, not 8", len(a.Diversifier)), mendAssignment)
	f.report(a.NextMovingFactor < a.AssignedMovingFactor, "its moving factor is below that of its assignment", "reset the authenticator")
	f.report(a.Activations < 0, "it counts a negative number of activations", "reset the authenticator")
}

func (t ActivationType) known() bool { return t == Online || t == Offline }

func (f findings) openRegistration(a Authenticator) {
	if a.OpenRegistration == "" {
		return
	}
	r, err := store.Get(f.View, Registrations, a.OpenRegistration)
	switch name := fmt.Sprintf("its open registration %q", a.OpenRegistration); {
	case !f.exists(name, err):
		f.report(true, name+" does not exist", "register anew, which replaces it")
	case err == nil && r.SerialNumber != a.SerialNumber:
		f.report(true, fmt.Sprintf("%s is of authenticator %s", name, r.SerialNumber), "register anew, which replaces it")
	}
}

func (f findings) registration(r Registration) {
	f = f.of("registration %q", r.ID)
	swept := f.lifetime(r)
	switch r.State {
	case Registered, KeyExchanged, DataIssued, DeviceAdded:
		f.living(r, swept)
	case Activated, Closed:
		f.ended(r)
	default:
		f.report(true, fmt.Sprintf("its state %q is not known", r.State), mendRegistration)
	}
	exchange := len(r.ServerSecret) > 0 && len(r.ServerPublicKey) > 0 && len(r.ClientPublicKey) > 0
	remains := len(r.ServerSecret) > 0 || len(r.ServerPublicKey) > 0 || len(r.ClientPublicKey) > 0
	f.report(r.State == KeyExchanged && !exchange && !swept, "it is KeyExchanged and does not hold its key exchange", mendRegistration)
	f.report(r.State != KeyExchanged && remains, fmt.Sprintf("it is %s and still holds a key exchange", r.State), mendRegistration)
	f.report(!r.ActivationType.known(), fmt.Sprintf("its activation type %d is not known", r.ActivationType), mendRegistration)
	f.report(!r.ExpiresAt.After(r.CreatedAt), "it expires before it begins", mendRegistration)
	f.report(r.Attempts < 0 || r.KeyRequests < 0 || r.DeviceCodes < 0, "a counter is negative", mendRegistration)
	f.report(r.State != Activated && len(r.DerivationCode) > 0, fmt.Sprintf("it is %s and holds a derivation code", r.State), mendRegistration)
	f.report(!r.EndedAt.IsZero() && r.Drifted != nil, fmt.Sprintf("it is %s and waits for a second one-time password", r.State), mendBackup)
	f.report(r.State != Closed && r.ClosedBecause != "", fmt.Sprintf("it is %s and has a reason to be closed", r.State), mendRegistration)
}

// lifetime reports whether a sweep has been at the registration, which takes
// its secrets and nothing before its time.
func (f findings) lifetime(r Registration) bool {
	_, err := store.Get(f.View, Expiries, r.expiry().Key())
	listed := f.exists("its entry among the lifetimes", err)
	_, err = store.Get(f.View, PastExpiries, r.expiry().Key())
	swept := f.exists("its entry among the past lifetimes", err)
	f.report(!listed && !swept, "it is not listed among the lifetimes, and is never swept", mendBackup)
	f.report(swept && r.secretive(), "it has expired and was swept, and still holds secrets", mendBackup)
	f.report(swept && !r.Expired(f.now), "it was swept, and its lifetime goes on", "set the clock right, or register anew")
	return swept
}

// living checks what only a registration that goes on must have.
func (f findings) living(r Registration, swept bool) {
	f.report(!r.EndedAt.IsZero(), fmt.Sprintf("it is %s and has an end", r.State), mendRegistration)
	srp := (r.State == Registered || r.State == KeyExchanged) && !(r.MDL && r.ActivationType == Offline)
	f.report(srp && !swept && (len(r.Salt) == 0 || len(r.Verifier) == 0), fmt.Sprintf("it is %s and holds no salt or verifier", r.State), mendRegistration)
	_, err := store.Get(f.View, Users, UserKey{r.Domain, r.UserID})
	f.report(!f.exists("its user", err), fmt.Sprintf("it goes on, and its user %q of domain %q does not exist", r.UserID, r.Domain), mendRegistration)
	if !r.Expired(f.now) {
		f.governed(r.Policy, mendRegistration)
	}
	a, err := store.Get(f.View, Authenticators, r.SerialNumber)
	switch name := "its authenticator " + r.SerialNumber; {
	case !f.exists(name, err):
		f.report(true, "it goes on, and "+name+" does not exist", mendRegistration)
	case err == nil && r.MDL != (a.Licence != nil):
		f.report(true, name+" is a licence where it should not be, or none where it should", mendRegistration)
	case err == nil && r.MDL && !r.Expired(f.now):
		f.messages(r, *a.Licence)
	case err == nil && !r.MDL && a.OpenRegistration != r.ID:
		f.report(true, fmt.Sprintf("it goes on, and %s has the open registration %q", name, a.OpenRegistration), mendRegistration)
	}
}

// ended checks that nothing secret has outlived a registration.
func (f findings) ended(r Registration) {
	f.report(r.EndedAt.IsZero(), fmt.Sprintf("it is %s and has no end", r.State), mendBackup)
	f.report(len(r.Message1) > 0 || len(r.DeviceCode) > 0 || len(r.Message2) > 0, fmt.Sprintf("it is %s and still holds its messages", r.State), mendBackup)
	f.report(len(r.Salt) > 0 || len(r.Verifier) > 0, fmt.Sprintf("it is %s and still holds its salt or verifier", r.State), mendBackup)
}

func (f findings) expiry(e Expiry) {
	f = f.of("lifetime of registration %q", e.RegistrationID)
	r, err := store.Get(f.View, Registrations, e.RegistrationID)
	f.report(!f.exists("the registration", err) || err == nil && !r.ExpiresAt.Equal(e.ExpiresAt),
		"no registration has this lifetime", "nothing: the sweep takes it away in its time")
}

func (f findings) free(free FreeAuthenticator) {
	f = f.of("free authenticator %s", free.SerialNumber)
	a, err := store.Get(f.View, Authenticators, free.SerialNumber)
	switch {
	case !f.exists("the authenticator", err):
		f.report(true, "there is no such authenticator", mendBackup)
	case err == nil && a.State != Unassigned:
		f.report(true, fmt.Sprintf("the authenticator is %s", a.State), mendAssignment)
	case err == nil && a.free().Key() != free.Key():
		f.report(true, "it is listed under another domain or type than the authenticator's", mendBackup)
	}
}

func (f findings) userEntry(e UserEntry) {
	f = f.of("entry of user %q of domain %q by its field %s", e.UserID, e.Domain, e.Field)
	u, err := store.Get(f.View, Users, UserKey{e.Domain, e.UserID})
	f.report(!f.exists("the user", err), "there is no such user", mendBackup)
	f.report(err == nil && !slices.ContainsFunc(u.entries(), func(own UserEntry) bool { return own.Key() == e.Key() }),
		"the user has another value", mendBackup)
}

func (f findings) authenticatorEntry(e AuthenticatorEntry) {
	f = f.of("entry of authenticator %s in domain %q", e.SerialNumber, e.Domain)
	a, err := store.Get(f.View, Authenticators, e.SerialNumber)
	f.report(!f.exists("the authenticator", err), "there is no such authenticator", mendBackup)
	f.report(err == nil && !slices.ContainsFunc(a.entries(), func(own AuthenticatorEntry) bool { return own.Key() == e.Key() }),
		"the authenticator is of another domain, or its assignment is another", mendBackup)
}

func (f findings) administrator(a Administrator) {
	f = f.of("administrator %q of domain %q", a.UserID, a.Domain)
	_, err := store.Get(f.View, Users, a.Key())
	f.report(!f.exists("its user", err), "there is no such user", "add the user and delete it")
	for _, p := range a.Privileges {
		f.report(!slices.Contains(privileges, p), fmt.Sprintf("its privilege %q is not known", p), "set its privileges anew")
	}
}

func (f findings) component(component Component) {
	f = f.of("component %q at %s", component.ComponentType, component.Location)
	f.report(component.Location != component.Location.Masked(), "its location has bits set beyond its prefix", "delete the component and add it anew")
	f.governed(component.Policy, "set that policy, or delete the component and add it anew")
}

// governed checks a policy by its name; without one the defaults hold.
func (f findings) governed(policy, mend string) {
	if policy == "" {
		return
	}
	_, err := store.Get(f.View, Policies, policy)
	f.report(!f.exists("its policy", err), fmt.Sprintf("its policy %q does not exist", policy), mend)
}

// policy checks what its own settings come to on top of its line of parents.
func (f findings) policy(policy Policy) {
	f = f.of("policy %q", policy.Name)
	if _, err := effectiveSettings(policiesOf(f.View), policy.Name); err != nil {
		f.report(true, fmt.Sprintf("nothing can be governed by it: %v", err), mendPolicy)
	}
}

func (f findings) gatewayKey(k GatewayKey) {
	const mend = "delete the key and add another"
	f = f.of("gateway key %q", k.Name)
	f.report(!k.Side.known(), fmt.Sprintf("its side %q is not known, and it opens nothing", k.Side), mend)
	f.report(len(k.Digest) != sha256.Size, fmt.Sprintf("its digest has %d bytes, not %d, and no key fits", len(k.Digest), sha256.Size), mend)
}

func (f findings) platformKey(k PlatformKey) {
	f = f.of("platform key %q", k.Name)
	_, err := checkScopes(k.Scopes)
	f.report(err != nil || len(k.Scopes) == 0, "its scopes are not known", "delete the key and add another")
	f.report(len(k.Digest) != 32, fmt.Sprintf("its digest has %d bytes, not 32", len(k.Digest)), "delete the key and add another")
}

func (f findings) operatorKey(k OperatorKey) {
	f = f.of("operator's key %q", k.Name)
	f.report(len(k.Digest) != sha256.Size, fmt.Sprintf("its digest has %d bytes, not %d, and no key fits", len(k.Digest), sha256.Size), "delete the key and add another")
}
