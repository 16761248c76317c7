//go:build !race

package provision_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// world is what a store must hold and a service must answer, said in plain
// values: nothing in it is concurrent, sealed, hashed or encoded. Its methods
// answer with status codes and change it as the operation must.
type world struct {
	now      time.Time
	at       string // where the next login comes from
	settings provision.Settings

	Users         map[string]*worldUser
	Devices       map[string]*worldDevice
	Registrations map[string]*worldRegistration
}

type worldUser struct {
	Disabled           bool
	Wrong, Spent, Lock int
	Proofs, SpentLocks int
	LockedAt           time.Time
	LockedFor          []string               // empty: everybody
	Origins            map[string]worldOrigin // by their addresses
	Has                []string
	password           string
}

type worldOrigin struct {
	Wrong   int
	RightAt time.Time
}

func (o worldOrigin) familiar(now time.Time) bool {
	return !o.RightAt.IsZero() && now.Sub(o.RightAt) < 90*24*time.Hour
}

type worldDevice struct {
	State                 provision.AuthenticatorState
	UserID                string
	Next, AssignedNext    uint64
	Peak                  uint64
	Drift                 int64
	Bound                 bool
	Activations           int
	AssignedAt, GraceEnds time.Time
	LastActivatedAt       time.Time
	Open, ActivatedBy     string
	parameters            oath.Parameters
	secret, initial       []byte
	accepted              map[string]bool // moving factors, each under its secret, since a reset
}

type worldRegistration struct {
	State                         provision.RegistrationState
	UserID, SerialNumber, Because string
	CreatedAt, ExpiresAt, EndedAt time.Time
	Attempts, KeyRequests         int
	Drifted                       *provision.Drifted
	Verifier, Code                bool   // whether it holds one
	Swept                         bool   // its secrets taken, as it has expired
	code                          string // that activated it
}

func (r *worldRegistration) ended() bool {
	return r.State == provision.Activated || r.State == provision.Closed
}

func (r *worldRegistration) end(state provision.RegistrationState, because string, now time.Time) {
	r.State, r.Because, r.EndedAt, r.Drifted, r.Verifier = state, because, now, nil, false
}

// hidden is what a locked or disabled user is answered.
func (w *world) hidden() int {
	if w.settings.GenericStatusCodes {
		return 1000
	}
	return 1007
}

// holds reports whether a lock holds for anybody.
func (w *world) holds(u *worldUser) bool {
	if u.LockedAt.IsZero() || w.settings.UnlockMinutes == 0 {
		return !u.LockedAt.IsZero()
	}
	minutes := w.settings.UnlockMinutes
	for range u.Lock - 1 {
		minutes *= w.settings.UnlockBackOff
	}
	return w.now.Before(u.LockedAt.Add(time.Duration(minutes) * time.Minute))
}

// concerned reports whether the last lock was for the address.
func (w *world) concerned(u *worldUser) bool {
	return len(u.LockedFor) == 0 || slices.Contains(u.LockedFor, w.at) ||
		slices.Contains(u.LockedFor, "::/0") && !u.Origins[w.at].familiar(w.now)
}

func (w *world) locked(u *worldUser) bool { return w.holds(u) && w.concerned(u) }

// anew is what a lock that has run out leaves.
func (w *world) anew(u *worldUser) {
	if u.LockedAt.IsZero() || w.holds(u) {
		return
	}
	if len(u.LockedFor) == 0 {
		u.Proofs, u.Spent = 0, 0
	}
	u.LockedAt = time.Time{}
	u.forgetPasswords()
}

func (u *worldUser) forgetPasswords() {
	u.Wrong = 0
	for at, o := range u.Origins {
		if u.Origins[at] = (worldOrigin{RightAt: o.RightAt}); o.RightAt.IsZero() {
			delete(u.Origins, at)
		}
	}
}

func (w *world) wrongPassword(u *worldUser) {
	if w.settings.LockThreshold == 0 {
		return
	}
	w.anew(u)
	o := u.Origins[w.at]
	o.Wrong++
	u.Origins[w.at] = o
	u.Wrong++
	if o.Wrong+u.Spent >= w.settings.LockThreshold {
		w.lock(u, w.at)
	}
	if over := w.settings.OverallLockThreshold; over > 0 && u.Wrong >= max(over, w.settings.LockThreshold) {
		w.lock(u, "::/0")
	}
}

func (w *world) lock(u *worldUser, address string) {
	if !w.holds(u) {
		u.LockedAt, u.LockedFor = w.now, nil
		u.Lock++
	}
	if !slices.Contains(u.LockedFor, address) {
		u.LockedFor = append(u.LockedFor, address)
	}
}

func (w *world) countProof(u *worldUser) {
	if w.settings.LockThreshold == 0 || w.holds(u) && len(u.LockedFor) == 0 {
		return
	}
	w.anew(u)
	if u.Proofs++; u.Proofs < w.settings.Attempts {
		return
	}
	u.Proofs = 0
	if u.Spent++; u.Spent >= w.settings.LockThreshold {
		u.LockedAt, u.LockedFor = w.now, nil
		u.Lock++
		u.SpentLocks++
	}
}

func (w *world) login(userID, password string) int {
	u := w.Users[userID]
	switch {
	case u == nil:
		return 1000
	case w.locked(u):
		return w.hidden()
	case password != u.password:
		w.wrongPassword(u)
		return 1000
	case u.Disabled:
		return w.hidden()
	}
	o := u.Origins[w.at]
	if w.concerned(u) {
		w.anew(u)
		u.Lock = u.SpentLocks
	}
	u.Wrong = max(0, u.Wrong-o.Wrong)
	if o.Wrong > 0 || !o.familiar(w.now) || w.now.Sub(o.RightAt) >= 24*time.Hour {
		u.Origins[w.at] = worldOrigin{RightAt: w.now}
	}
	return 0
}

// register also says which authenticator it registers.
func (w *world) register(userID, password, serialNumber string) (int, string) {
	if status := w.login(userID, password); status != 0 {
		return status, ""
	}
	u := w.Users[userID]
	switch {
	case serialNumber != "" && !slices.Contains(u.Has, serialNumber):
		return -13, ""
	case serialNumber == "" && len(u.Has) > 1:
		return -2, ""
	case serialNumber == "" && len(u.Has) == 1:
		serialNumber = u.Has[0]
	case serialNumber == "":
		if serialNumber = w.free(); serialNumber == "" || !w.settings.AutoAssign {
			return -13, ""
		}
		w.give(serialNumber, userID)
	}
	if w.Devices[serialNumber].State == provision.Disabled {
		return -13, ""
	}
	if !w.withinLimits(w.Devices[serialNumber]) {
		return 1005, ""
	}
	return 0, serialNumber
}

// free is the first one that nobody has: event-based before time-based.
func (w *world) free() string {
	for _, t := range []oath.Type{oath.HOTP, oath.TOTP} {
		for _, serialNumber := range serialNumbers() {
			if d := w.Devices[serialNumber]; d.State == provision.Unassigned && d.parameters.Type == t {
				return serialNumber
			}
		}
	}
	return ""
}

func (w *world) withinLimits(d *worldDevice) bool {
	if w.settings.MaximumActivations > 0 && d.Activations >= w.settings.MaximumActivations {
		return false
	}
	return d.LastActivatedAt.IsZero() || w.now.Sub(d.LastActivatedAt) >= time.Duration(w.settings.MinimumIntervalMinutes)*time.Minute
}

// registered is a register that was granted.
func (w *world) registered(id, userID, serialNumber string, state provision.RegistrationState) {
	d := w.Devices[serialNumber]
	if open := w.Registrations[d.Open]; open != nil && !open.ended() {
		open.end(provision.Closed, "a newer registration superseded it", w.now)
	}
	d.Open = id
	w.Registrations[id] = &worldRegistration{State: state, UserID: userID, SerialNumber: serialNumber,
		Verifier: state == provision.Registered, CreatedAt: w.now, ExpiresAt: w.now.Add(time.Duration(w.settings.RegistrationMinutes) * time.Minute)}
}

// living answers 0 for a registration that may take a step.
func (w *world) living(id string) (*worldRegistration, int) {
	r := w.Registrations[id]
	if r == nil || r.ended() || !w.now.Before(r.ExpiresAt) {
		return r, -13
	}
	return r, w.entitled(r)
}

func (w *world) entitled(r *worldRegistration) int {
	u := w.Users[r.UserID]
	switch {
	case u != nil && u.Disabled:
		return w.hidden()
	case u == nil || !slices.Contains(u.Has, r.SerialNumber) || w.Devices[r.SerialNumber].State == provision.Disabled:
		return -13
	}
	return 0
}

func (w *world) ephemeralKey(id string) int {
	r, status := w.living(id)
	if status != 0 {
		return status
	}
	if r.KeyRequests >= w.settings.KeyRequests {
		return -13
	}
	if !r.Verifier {
		return -1
	}
	r.KeyRequests++
	r.State = provision.KeyExchanged
	return 0
}

func (w *world) evidence(id string, right bool) int {
	r, status := w.living(id)
	switch {
	case status != 0:
		return status
	case r.State != provision.KeyExchanged:
		return -1
	case right:
		r.State = provision.DataIssued
		return 0
	}
	r.State = provision.Registered
	return w.wrongProof(id, r)
}

func (w *world) wrongProof(id string, r *worldRegistration) int {
	u := w.Users[r.UserID]
	w.countProof(u)
	if r.Attempts++; r.Attempts >= w.settings.Attempts {
		r.end(provision.Closed, "its attempts are spent", w.now)
		if d := w.Devices[r.SerialNumber]; d.Open == id {
			d.Open = ""
		}
	}
	return 1000
}

// credential is a one-time password and, with a diversifier, the derivation
// code that it is in.
type credential struct {
	otp         string
	diversifier []byte
	code        string
}

// response is the one-time password where it is not in a code.
func (c credential) response() string {
	if c.code != "" {
		return ""
	}
	return c.otp
}

func (w *world) activate(id string, c credential) int {
	r, status := w.living(id)
	if r != nil && c.code != "" && c.code == r.code && w.now.Before(r.ExpiresAt) && w.Devices[r.SerialNumber].ActivatedBy == id {
		return w.entitled(r)
	}
	if status != 0 {
		return status
	}
	return w.proof(id, c)
}

// activateOutside is of a user's open registration.
func (w *world) activateOutside(userID, serialNumber string, c credential) int {
	u := w.Users[userID]
	switch {
	case !w.settings.ActivationCodeOutsideSRP:
		return 1005
	case u == nil:
		return 1000
	case u.Disabled:
		return w.hidden()
	case serialNumber != "" && !slices.Contains(u.Has, serialNumber), len(u.Has) == 0:
		return -13
	case serialNumber == "" && len(u.Has) > 1:
		return -2
	case serialNumber == "":
		serialNumber = u.Has[0]
	}
	d := w.Devices[serialNumber]
	if d.Open == "" && c.code != "" {
		return w.activate(d.ActivatedBy, c)
	}
	return w.activate(d.Open, c)
}

func (w *world) proof(id string, c credential) int {
	r := w.Registrations[id]
	d := w.Devices[r.SerialNumber]
	switch {
	case r.State != provision.DataIssued && w.settings.KeyExchangeRequired:
		return -1
	case c.code == "" && w.settings.DerivationCodeRequired, !w.withinLimits(d):
		return 1005
	}
	matched, ok := w.match(r, d, c)
	if !ok {
		return w.wrongProof(id, r)
	}
	if c.diversifier != nil {
		d.secret, d.Bound = derive(d.secret, c.diversifier, r.SerialNumber), true
		d.Peak = max(d.Peak, d.Next)
	}
	if d.Next = matched + 1; d.Peak <= d.Next {
		d.Peak = 0
	}
	d.once(matched)
	d.State, d.LastActivatedAt, d.ActivatedBy = provision.Active, w.now, id
	d.Activations++
	if w.now.Before(d.GraceEnds) {
		d.GraceEnds = w.now
	}
	if d.Open == id {
		d.Open = ""
	}
	r.end(provision.Activated, "", w.now)
	r.code, r.Code = c.code, c.code != ""
	u := w.Users[r.UserID]
	u.Proofs, u.Spent, u.SpentLocks = 0, 0, 0
	return 0
}

// once holds the invariant whatever the windows say: a moving factor is
// accepted once under one secret.
func (d *worldDevice) once(movingFactor uint64) {
	password := fmt.Sprintf("%x at %d", d.secret, movingFactor)
	if d.accepted[password] {
		panic(password + " is accepted again")
	}
	if d.accepted == nil {
		d.accepted = make(map[string]bool)
	}
	d.accepted[password] = true
}

func derive(secret, diversifier []byte, serialNumber string) []byte {
	derived, err := dsapp.DeriveSecret(secret, [8]byte(diversifier), serialNumber)
	if err != nil {
		panic(err)
	}
	return derived
}

// match looks at one moving factor after the other.
func (w *world) match(r *worldRegistration, d *worldDevice, c credential) (uint64, bool) {
	secret := d.secret
	if c.diversifier != nil {
		secret = derive(secret, c.diversifier, r.SerialNumber)
	}
	lowest := d.Next
	if c.diversifier != nil && d.parameters.Type == oath.TOTP {
		lowest = d.AssignedNext
	}
	find := func(from, to int64) (uint64, bool) {
		for factor := max(from, int64(lowest)); factor <= to; factor++ {
			if otp, err := oath.OTP(secret, uint64(factor), d.parameters); err == nil && otp == c.otp {
				return uint64(factor), true
			}
		}
		return 0, false
	}
	before := r.Drifted
	r.Drifted = nil
	near, far, now := w.windows(d)
	if matched, ok := find(near[0], near[1]); ok || w.settings.ResynchronizationWindow == 0 {
		if ok && d.parameters.Type == oath.TOTP {
			least, most := int64(-w.settings.TimeWindowAhead), int64(w.settings.TimeWindowBack)
			if w.settings.ResynchronizationWindow > 0 {
				least, most = min(d.Drift, least), max(d.Drift, most)
			}
			d.Drift = max(least, min(int64(matched)-now, most))
		}
		return matched, ok
	}
	if before != nil && slices.Equal(before.Diversifier, c.diversifier) {
		next := int64(before.MovingFactor) + 1
		if matched, ok := find(next, next); ok && far[0] <= next && next <= far[1] {
			if d.parameters.Type == oath.TOTP {
				d.Drift = next - now
			}
			return matched, true
		}
	}
	if matched, ok := find(far[0], far[1]); ok {
		r.Drifted = &provision.Drifted{MovingFactor: matched, Diversifier: c.diversifier}
	}
	return 0, false
}

func (w *world) windows(d *worldDevice) (near, far [2]int64, now int64) {
	s := w.settings
	wide := int64(s.ResynchronizationWindow)
	if d.parameters.Type == oath.HOTP {
		end := int64(d.Next) + int64(s.EventWindow)
		return [2]int64{int64(d.Next), end - 1}, [2]int64{end, end + wide - 1}, 0
	}
	now = w.now.Unix() / 30
	far = [2]int64{now - int64(s.TimeWindowBack) - wide, now + int64(s.TimeWindowAhead) + wide}
	at := now
	if wide > 0 {
		at = max(far[0], min(now+d.Drift, far[1]))
	}
	return [2]int64{at - int64(s.TimeWindowBack), at + int64(s.TimeWindowAhead)}, far, now
}
