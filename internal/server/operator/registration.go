package operator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// registration shows the life of one, with the requests of each step.
func (e *exchange) registration() error {
	if err := e.mayView(provision.MayViewUser); err != nil {
		return err
	}
	ctx := e.HTTP.Context()
	reg, err := e.Service.ShowRegistration(ctx, e.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if !e.session.viewer.sees(reg.Domain) {
		return notHere("There is no registration with this ID.")
	}
	words, class := e.lifeWords(reg)
	r := record{Title: "Registration " + reg.ID, Course: course(reg, e.ofRegistration(reg.ID)), Facts: []fact{
		{Name: "State", Text: words, Class: class},
		{Name: "Time left", Text: e.timeLeft(reg)},
		{Name: "Attempts left", Text: e.attemptsLeft(reg)},
		{Name: "User", Text: reg.UserID + "@" + reg.Domain, URL: userURL(reg.Domain, reg.UserID)},
		{Name: "Authenticator", Text: reg.SerialNumber, URL: authenticatorURL(reg.SerialNumber)},
		{Name: "Component", Text: reg.ComponentType},
		{Name: "Policy", Text: reg.Policy, URL: policyURL(reg.Policy)},
		{Name: "Key requests", Text: strconv.Itoa(reg.KeyRequests)},
		{Name: "Began", Text: moment(reg.CreatedAt)}, {Name: "Expires", Text: moment(reg.ExpiresAt)}, {Name: "Ended", Text: moment(reg.EndedAt)},
	}}
	if reg.MDL {
		a, err := e.Service.ShowAuthenticator(ctx, reg.SerialNumber)
		if err != nil && notRefused(err) != nil {
			return err
		}
		if err == nil && a.Licence != nil {
			r.Sections = append(r.Sections, section{
				Title: fmt.Sprintf("Licence: %d of %d places taken", a.Licence.Places(e.Service.Now()), a.Licence.Limit), Table: e.instances(a),
			})
		}
	}
	if reg.EndedAt.IsZero() && !reg.Expired(e.Service.Now()) {
		r.Actions = e.actionsOn("registration", reg.ID, "", "close")
	}
	r.Actions = append(r.Actions, button{Label: "Save as transcript", URL: registrationURL(reg.ID) + "/transcript", Class: "plain"})
	return e.show("registrations", r)
}

// lifeWords says how a registration stands, and its class.
func (e *exchange) lifeWords(r provision.Registration) (words, class string) {
	switch {
	case r.State == provision.Activated:
		return "Activated", "good"
	case r.State == provision.Closed:
		return "Closed: " + r.ClosedBecause, "refused"
	case r.Expired(e.Service.Now()):
		return "Expired in " + string(r.State), "refused"
	}
	return string(r.State), ""
}

func (e *exchange) timeLeft(r provision.Registration) string {
	left := r.ExpiresAt.Sub(e.Service.Now()).Round(time.Second)
	if !r.EndedAt.IsZero() || left <= 0 {
		return "–"
	}
	return left.String()
}

// attemptsLeft is how many wrong proofs the policy still lets it survive.
func (e *exchange) attemptsLeft(r provision.Registration) string {
	policy, err := e.Service.ShowPolicy(e.HTTP.Context(), r.Policy)
	if err != nil {
		return fmt.Sprintf("%d were wrong", r.Attempts)
	}
	for _, s := range policy.Settings {
		if most, err := strconv.Atoi(string(s.Value)); s.Name == "Attempts" && err == nil {
			return fmt.Sprintf("%d of %d", max(0, most-r.Attempts), most)
		}
	}
	return "–"
}

// leadsTo has the state that an operation leads to when it is granted, by the
// names that requests have.
var leadsTo = map[string]provision.RegistrationState{
	"dsappSRPRegister": provision.Registered, "PROVISIONCMD_DSAPPREGISTER": provision.Registered, "PROVISIONCMD_MDL_REGISTER": provision.Registered,
	"self-management register": provision.Registered, "users/register": provision.Registered,
	"PROVISIONCMD_REGISTER":        provision.DataIssued,
	"dsappSRPGenerateEphemeralKey": provision.KeyExchanged, "dsappSRPGenerateActivationData": provision.DataIssued,
	"PROVISIONCMD_MDL_ADD_DEVICE": provision.DeviceAdded,
	"dsappSRPActivate":            provision.Activated, "PROVISIONCMD_ACTIVATE": provision.Activated, "PROVISIONCMD_MDL_ACTIVATE": provision.Activated,
}

// course is the line of states that a registration goes through. Each has the
// requests that led there, or were to.
func course(r provision.Registration, requests []timeline.Exchange) []stage {
	states := []provision.RegistrationState{provision.Registered, provision.KeyExchanged, provision.DataIssued, provision.Activated}
	if r.MDL {
		states = []provision.RegistrationState{provision.Registered, provision.KeyExchanged, provision.DataIssued, provision.DeviceAdded, provision.Activated}
	}
	if r.MDL && r.ActivationType == provision.Offline {
		states = []provision.RegistrationState{provision.Registered, provision.DeviceAdded, provision.Activated}
	}
	now, reached := 0, provision.RegistrationState("")
	for i, state := range states {
		if state == r.State {
			now, reached = i, state
		}
	}
	var all []stage
	for i, state := range states {
		all = append(all, stage{Name: string(state), Done: reached != "" && i <= now, Current: reached != "" && i == now})
	}
	if r.State == provision.Closed {
		all = append(all, stage{Name: "Closed", Current: true})
	}
	var others []row
	for _, each := range requests {
		at := -1
		for i, state := range states {
			if leadsTo[each.Operation] == state {
				at = i
			}
		}
		if at < 0 {
			others = append(others, newRow(each))
			continue
		}
		all[at].Requests = append(all[at].Requests, newRow(each))
	}
	if r.State == provision.Closed { // how far it came is seen by what was granted
		for i := range states {
			for _, each := range all[i].Requests {
				all[i].Done = all[i].Done || each.Kind == "good"
			}
		}
	}
	if len(others) > 0 {
		all = append(all, stage{Name: "Other requests", Requests: others})
	}
	return all
}
