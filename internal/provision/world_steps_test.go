//go:build !race

package provision_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// drawPolicy changes the settings, also for what is under way.
func (p *worldPlay) drawPolicy(rt *rapid.T) {
	pick := func(name string, values ...int) int { return rapid.SampledFrom(values).Draw(rt, name) }
	yes := func(name string) bool { return rapid.Bool().Draw(rt, name) }
	s := provision.DefaultSettings()
	s.LockThreshold = pick("LockThreshold", 3, 2, 1, 0)
	s.OverallLockThreshold = pick("OverallLockThreshold", 30, 3, 2, 0)
	s.UnlockMinutes, s.UnlockBackOff = pick("UnlockMinutes", 5, 5, 0), pick("UnlockBackOff", 3, 1)
	s.GenericStatusCodes = yes("GenericStatusCodes")
	s.RegistrationMinutes = pick("RegistrationMinutes", 10, 60)
	s.KeyExchangeRequired, s.DerivationCodeRequired = yes("KeyExchangeRequired"), pick("DerivationCodeRequired", 0, 0, 1) == 1
	s.Attempts, s.KeyRequests = pick("Attempts", 2, 4, 1), pick("KeyRequests", 5, 3, 1)
	s.EventWindow, s.TimeWindowBack, s.TimeWindowAhead = pick("EventWindow", 1, 4), pick("TimeWindowBack", 0, 2), 1
	s.ResynchronizationWindow = pick("ResynchronizationWindow", 5, 3, 0)
	s.MaximumActivations, s.MinimumIntervalMinutes = pick("MaximumActivations", 0, 0, 2), pick("MinimumIntervalMinutes", 0, 0, 5)
	s.GraceDays, s.AuthenticatorLimit = pick("GraceDays", 0, 2), pick("AuthenticatorLimit", 0, 1, 2)
	s.AutoAssign, s.ActivationCodeOutsideSRP = yes("AutoAssign"), yes("ActivationCodeOutsideSRP")
	set := must(json.Marshal(s))(p.t)
	p.order(rt, "policy set", 0)(p.SetPolicy(p.t.Context(), operator(), provision.SetPolicy{Name: "lab", Set: set}))
	p.settings = s
}

// drawLogin is of somebody who knows the password more often than not.
func (p *worldPlay) drawLogin(rt *rapid.T) provision.DSAPPSRPRegister {
	p.drawAddress(rt)
	in := provision.DSAPPSRPRegister{
		UserID:         rapid.SampledFrom(append(userIDs(), "nobody")).Draw(rt, "user"),
		StaticPassword: rapid.SampledFrom([]string{"", "", "wrong"}).Draw(rt, "password"),
		SerialNumber:   rapid.SampledFrom(append(serialNumbers(), "", "", "", "")).Draw(rt, "serial"),
	}
	if u := p.Users[in.UserID]; u != nil && in.StaticPassword == "" {
		in.StaticPassword = u.password
	}
	return in
}

// drawAddress chooses where the next login comes from.
func (p *worldPlay) drawAddress(rt *rapid.T) {
	p.at = rapid.SampledFrom([]string{"127.0.0.1/32", "127.0.0.1/32", "127.0.0.2/32", "127.0.0.3/32"}).Draw(rt, "address")
}

// from is who calls from there.
func (p *worldPlay) from() provision.Caller {
	c := caller()
	c.Address = netip.MustParsePrefix(p.at).Addr()
	return c
}

func (p *worldPlay) tryRegister(rt *rapid.T) { p.registerAs(rt, p.drawLogin(rt)) }

// registerAs is the registration that is granted; empty: none.
func (p *worldPlay) registerAs(rt *rapid.T, in provision.DSAPPSRPRegister) string {
	status, serialNumber := p.world.register(in.UserID, in.StaticPassword, in.SerialNumber)
	result, err := p.DSAPPSRPRegister(p.t.Context(), p.from(), in)
	p.expect(rt, "dsappSRPRegister", status, err)
	if status == 0 {
		if result.SerialNumber != serialNumber {
			rt.Fatalf("registered %s, want %s", result.SerialNumber, serialNumber)
		}
		p.registered(result.RegistrationID, in.UserID, serialNumber, provision.Registered)
		p.known = append(p.known, result.RegistrationID)
		p.secret[result.RegistrationID] = result.ActivationPassword
	}
	return result.RegistrationID
}

// tryGuesses is somebody who does not know a password and has time, and then
// somebody who may know it.
func (p *worldPlay) tryGuesses(rt *rapid.T) {
	p.drawAddress(rt)
	in := provision.DSAPPSRPRegister{UserID: rapid.SampledFrom(userIDs()).Draw(rt, "user"), StaticPassword: "wrong"}
	for range rapid.IntRange(1, 4).Draw(rt, "guesses") {
		p.registerAs(rt, in)
		p.waitFor(rt, 0, 0, 300, 900)
	}
	if rapid.Bool().Draw(rt, "elsewhere") {
		p.drawAddress(rt)
	}
	if u := p.Users[in.UserID]; u != nil && rapid.Bool().Draw(rt, "known") {
		in.StaticPassword = u.password
	}
	p.registerAs(rt, in)
}

// tryFlow goes from register to the activation, in order, but for what it
// draws.
func (p *worldPlay) tryFlow(rt *rapid.T) {
	id := p.registerRightly(rt)
	if id == "" {
		return
	}
	p.tryExchange(rt, id)
	p.tryProve(rt, id)
	for range rapid.IntRange(1, 4).Draw(rt, "activations") {
		p.tryActivate(rt, id)
		p.waitFor(rt, 0, 0, 600)
	}
}

// trySpend is somebody who has the password, and no activation password.
func (p *worldPlay) trySpend(rt *rapid.T) {
	id := p.registerRightly(rt)
	for id != "" && !p.Registrations[id].ended() {
		p.tryExchange(rt, id)
		if p.Registrations[id].State != provision.KeyExchanged {
			return
		}
		p.proveBy(rt, id, false)
	}
}

func (p *worldPlay) registerRightly(rt *rapid.T) string {
	in := provision.DSAPPSRPRegister{UserID: rapid.SampledFrom(userIDs()).Draw(rt, "user")}
	if u := p.Users[in.UserID]; u != nil {
		in.StaticPassword = u.password
		if len(u.Has) > 0 {
			in.SerialNumber = rapid.SampledFrom(u.Has).Draw(rt, "serial")
		}
	}
	return p.registerAs(rt, in)
}

// tryOutside registers, or activates what is open, without a key exchange.
func (p *worldPlay) tryOutside(rt *rapid.T) {
	in := p.drawLogin(rt)
	caller := p.from()
	caller.Confidential = true
	if rapid.Bool().Draw(rt, "activate") {
		p.activateOutside(rt, caller, in)
		return
	}
	status, serialNumber := 1005, ""
	if p.settings.ActivationCodeOutsideSRP {
		status, serialNumber = p.world.register(in.UserID, in.StaticPassword, in.SerialNumber)
	}
	result, err := p.RegisterOutsideSRP(p.t.Context(), caller, in)
	p.expect(rt, "PROVISIONCMD_REGISTER", status, err)
	if status != 0 {
		return
	}
	if result.SerialNumber != serialNumber {
		rt.Fatalf("registered %s, want %s", result.SerialNumber, serialNumber)
	}
	id := p.device(serialNumber).OpenRegistration // nobody else is told
	p.registered(id, in.UserID, serialNumber, provision.DataIssued)
	p.known = append(p.known, id)
}

func (p *worldPlay) activateOutside(rt *rapid.T, caller provision.Caller, in provision.DSAPPSRPRegister) {
	serialNumber := in.SerialNumber
	if u := p.Users[in.UserID]; serialNumber == "" && u != nil && len(u.Has) == 1 {
		serialNumber = u.Has[0]
	}
	c := credential{otp: "123456"}
	if d := p.Devices[serialNumber]; d != nil {
		c = p.drawCredential(rt, serialNumber, p.Registrations[d.Open])
	}
	_, err := p.ActivateOutsideSRP(p.t.Context(), caller, provision.ActivateOutsideSRP{
		UserID: in.UserID, SerialNumber: in.SerialNumber, Response: c.response(), DerivationCode: c.code})
	p.expect(rt, "PROVISIONCMD_ACTIVATE", p.world.activateOutside(in.UserID, in.SerialNumber, c), err)
}

// anyRegistration is rather a late one.
func (p *worldPlay) anyRegistration(rt *rapid.T) string {
	late := p.known[max(0, len(p.known)-3):]
	return rapid.OneOf(rapid.SampledFrom(late), rapid.SampledFrom(late), rapid.SampledFrom(p.known)).Draw(rt, "registration")
}

func (p *worldPlay) tryExchange(rt *rapid.T, id string) {
	h, err := p.ask(id, p.secret[id])
	p.expect(rt, "dsappSRPGenerateEphemeralKey", p.ephemeralKey(id), err)
	if err == nil {
		p.handset[id] = h
	}
}

func (p *worldPlay) tryProve(rt *rapid.T, id string) {
	_, asked := p.handset[id]
	p.proveBy(rt, id, asked && rapid.SampledFrom([]bool{true, true, true, false}).Draw(rt, "right"))
}

func (p *worldPlay) proveBy(rt *rapid.T, id string, right bool) {
	h := p.handset[id]
	evidence := h.M1
	if !right {
		evidence, h.id = bytes.Repeat([]byte{9}, 32), id
	}
	_, err := p.prove(h, evidence)
	p.expect(rt, "dsappSRPGenerateActivationData", p.evidence(id, right), err)
}

// tryActivate gives a registration the credential of a moving factor near the
// expected one: of the secret or of one that was, as it is or derived.
func (p *worldPlay) tryActivate(rt *rapid.T, id string) {
	serialNumber := rapid.SampledFrom(serialNumbers()).Draw(rt, "device")
	if r := p.Registrations[id]; r != nil {
		serialNumber = r.SerialNumber
	}
	c := p.drawCredential(rt, serialNumber, p.Registrations[id])
	_, err := p.DSAPPSRPActivate(p.t.Context(), caller(), provision.DSAPPSRPActivate{
		RegistrationID: id, Response: c.response(), DerivationCode: c.code})
	p.expect(rt, "dsappSRPActivate", p.world.activate(id, c), err)
}

func (p *worldPlay) drawCredential(rt *rapid.T, serialNumber string, r *worldRegistration) credential {
	d := p.Devices[serialNumber]
	base := int64(d.Next)
	if d.parameters.Type == oath.TOTP {
		base = p.world.now.Unix() / 30
	}
	factor := max(0, base+int64(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, -3, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(rt, "offset")))
	if r != nil && r.Drifted != nil {
		p.drifted = int64(r.Drifted.MovingFactor)
	}
	if p.drifted > 0 && rapid.Bool().Draw(rt, "next") {
		factor = p.drifted + 1
	}
	secret := rapid.SampledFrom([][]byte{d.secret, d.secret, d.secret, d.initial}).Draw(rt, "secret")
	kind := rapid.SampledFrom([]string{"response", "response", "phone A", "phone A", "phone B", "again", "none"}).Draw(rt, "kind")
	if r != nil && r.Code && rapid.Bool().Draw(rt, "the same") {
		kind, p.code = "again", r.code
	}
	switch {
	case kind == "none":
		p.code = "F00"
	case kind == "response", kind == "again" && p.code == "":
		return credential{otp: must(oath.OTP(secret, uint64(factor), d.parameters))(p.t)}
	case kind != "again":
		p.code, _ = p.derivationCode(secret, serialNumber, kind, uint64(factor), d.parameters)
	}
	parsed, err := dsapp.ParseDerivationCode(p.code, d.parameters.Digits)
	if err != nil { // none at all, or another device's, of more or fewer digits
		return credential{code: p.code, otp: "unreadable", diversifier: make([]byte, 8)}
	}
	return credential{code: p.code, otp: parsed.OTP, diversifier: parsed.Diversifier[:]}
}

func (p *worldPlay) tryAssign(rt *rapid.T) {
	serialNumber, ctx := rapid.SampledFrom(serialNumbers()).Draw(rt, "authenticator"), p.t.Context()
	switch rapid.SampledFrom([]string{"assign", "assign", "take", "unassign", "reset", "disable", "enable", "delete"}).Draw(rt, "order") {
	case "assign":
		userID := rapid.SampledFrom(userIDs()).Draw(rt, "user")
		p.order(rt, "authenticator assign", p.world.assign(serialNumber, userID))(p.AssignAuthenticator(ctx, operator(),
			provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: userID, Policy: "lab"}))
	case "take":
		in := p.drawLogin(rt)
		p.order(rt, "PROVISIONCMD_ASSIGN", p.world.take(in.UserID, in.StaticPassword, serialNumber))(p.Assign(ctx, p.from(),
			provision.Assign{UserID: in.UserID, StaticPassword: in.StaticPassword, SerialNumber: serialNumber}))
	case "unassign":
		p.order(rt, "authenticator unassign", p.world.unassign(serialNumber, "the authenticator was unassigned"))(
			p.UnassignAuthenticator(ctx, operator(), serialNumber))
	case "disable":
		p.order(rt, "authenticator disable", 0)(p.DisableAuthenticator(ctx, operator(), serialNumber))
		p.disable(serialNumber)
	case "enable":
		p.order(rt, "authenticator enable", 0)(p.EnableAuthenticator(ctx, operator(), serialNumber))
		p.enable(serialNumber)
	case "delete":
		p.deleteDevice(rt, serialNumber)
	case "reset":
		p.order(rt, "authenticator reset", p.world.reset(serialNumber))(p.ResetAuthenticator(ctx, operator(),
			provision.ResetAuthenticator{SerialNumber: serialNumber, Policy: "lab"}))
	}
}

// deleteDevice adds one anew in the place of what was deleted.
func (p *worldPlay) deleteDevice(rt *rapid.T, serialNumber string) {
	ctx, d := p.t.Context(), p.Devices[serialNumber]
	if d.UserID != "" {
		p.order(rt, "authenticator delete", -1)(p.DeleteAuthenticator(ctx, operator(), serialNumber))
		return
	}
	p.order(rt, "authenticator delete", 0)(p.DeleteAuthenticator(ctx, operator(), serialNumber))
	p.order(rt, "authenticator add", 0)(p.AddAuthenticator(ctx, operator(), provision.AddAuthenticator{
		SerialNumber: serialNumber, Parameters: d.parameters, Secret: d.initial}))
	p.renew(serialNumber)
}

func (p *worldPlay) tryUsers(rt *rapid.T) {
	name := provision.NameUser{UserID: rapid.SampledFrom(userIDs()).Draw(rt, "user")}
	u, ctx := p.Users[name.UserID], p.t.Context()
	if u == nil {
		p.order(rt, "user add", 0)(p.AddUser(ctx, operator(), provision.AddUser{UserID: name.UserID, StaticPassword: "Password2"}))
		p.Users[name.UserID] = &worldUser{password: "Password2", Origins: map[string]worldOrigin{}}
		return
	}
	switch rapid.SampledFrom([]string{"enable", "enable", "disable", "unlock", "password", "delete"}).Draw(rt, "order") {
	case "disable":
		p.order(rt, "user disable", 0)(p.DisableUser(ctx, operator(), name))
		u.Disabled = true
	case "enable":
		p.order(rt, "user enable", 0)(p.EnableUser(ctx, operator(), name))
		u.Disabled = false
	case "unlock":
		p.order(rt, "user unlock", 0)(p.UnlockUser(ctx, operator(), name))
		u.forgetPasswords()
		u.Proofs, u.Spent, u.SpentLocks, u.Lock, u.LockedAt, u.LockedFor = 0, 0, 0, 0, time.Time{}, nil
	case "password":
		u.password = rapid.SampledFrom([]string{"Password2", "Password3"}).Draw(rt, "new password")
		p.order(rt, "user set-password", 0)(p.SetUserPassword(ctx, operator(), provision.SetUserPassword{NameUser: name, StaticPassword: u.password}))
	case "delete":
		p.order(rt, "user delete", p.deleteUser(name.UserID))(p.DeleteUser(ctx, operator(), name))
	}
}

func (p *worldPlay) tryClose(rt *rapid.T) {
	id := p.anyRegistration(rt)
	p.order(rt, "registration close", p.world.close(id))(p.CloseRegistration(p.t.Context(), operator(), provision.CloseRegistration{RegistrationID: id}))
}

func (p *worldPlay) tryWait(rt *rapid.T) { p.waitFor(rt, 0, 1, 30, 90, 300, 600, 3600, 3*86400) }

func (p *worldPlay) waitFor(rt *rapid.T, choices ...int) {
	seconds := rapid.SampledFrom(choices).Draw(rt, "seconds")
	p.play.wait(time.Duration(seconds) * time.Second)
	p.world.now = p.clock()
}

func (p *worldPlay) trySweep(rt *rapid.T) {
	got, err := p.SweepRegistrations(p.t.Context(), operator(), retention)
	want, steps := p.world.sweep(retention)
	if err != nil || got != want {
		rt.Fatalf("swept %+v, %v, want %+v", got, err, want)
	}
	if steps > 0 {
		p.decisions[answered("registration sweep", 0)] += steps
	}
}

// tryRestart ends the run in order or by a crash.
func (p *worldPlay) tryRestart(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "finished") {
		p.finish()
	}
	p.runs++
	p.restart(fmt.Sprintf("play %04d", p.runs))
	must(p.Audit.SealEndedRuns(p.t.Context(), nil))(p.t)
}
