package operator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

func (e *exchange) authenticator() error {
	operator, err := e.operator()
	if err != nil {
		return err
	}
	held, err := e.Service.ViewAuthenticator(e.HTTP.Context(), operator, e.HTTP.PathValue("serial"))
	if err != nil {
		return err
	}
	a := held.Authenticator
	r := record{Title: a.SerialNumber, Facts: []fact{
		{Name: "State", Text: string(a.State)}, {Name: "Domain", Text: a.Domain},
		{Name: "Kind", Text: fmt.Sprintf("%s, %s, %d digits", kindWords(a), a.Algorithm, a.Digits)},
	}}
	if a.UserID != "" {
		r.Facts = append(r.Facts, fact{Name: "User", Text: a.UserID, URL: userURL(a.Domain, a.UserID)},
			fact{Name: "Assigned", Text: moment(a.AssignedAt)}, fact{Name: "Grace period ends", Text: moment(a.GraceEndsAt)})
	}
	r.Facts = append(r.Facts,
		fact{Name: "Next expected", Text: e.expected(a.Type, a.NextMovingFactor)},
		fact{Name: "Drift", Text: driftWords(a.Type, a.Drift)},
		fact{Name: "Activations", Text: strconv.Itoa(a.Activations)},
		fact{Name: "Last activation", Text: moment(a.LastActivatedAt)},
		fact{Name: "Bound to a device", Text: yesOrNo(len(a.Diversifier) > 0)},
		fact{Name: "Server PIN", Text: yesOrNo(a.HasPIN())},
		fact{Name: "Wrong one-time passwords", Text: strconv.Itoa(a.Errors)},
		fact{Name: "Expires", Text: moment(a.ExpiresAt)},
		fact{Name: "Created", Text: moment(a.CreatedAt)})
	if a.OpenRegistration != "" {
		r.Facts = append(r.Facts, fact{Name: "Open registration", Text: a.OpenRegistration, URL: registrationURL(a.OpenRegistration)})
	}
	if a.Licence != nil {
		r.Sections = append(r.Sections, section{
			Title: fmt.Sprintf("Instances: %d of %d places taken", a.Licence.Places(e.Service.Now()), a.Licence.Limit), Table: e.instances(a),
		})
	}
	r.Sections = append(r.Sections, section{Title: "Last requests", Table: e.requestTable(filter{Serial: a.SerialNumber})})
	r.Actions = e.actionsOn("authenticator", a.SerialNumber, "", verbsOfAuthenticator(a)...)
	return e.show("authenticators", r)
}

// verbsOfAuthenticator are the actions that make sense for it as it stands.
func verbsOfAuthenticator(a provision.Authenticator) []string {
	if a.UserID == "" {
		return []string{"assign", "delete"}
	}
	verbs := []string{"disable"}
	if a.State == provision.Disabled {
		verbs = []string{"enable"}
	}
	return append(verbs, "set-pin", "reset", "unassign")
}

// expected says which one-time passwords are accepted from now on.
func (e *exchange) expected(kind oath.Type, next uint64) string {
	if kind != oath.TOTP {
		return fmt.Sprintf("counter %d", next)
	}
	now := e.Service.Now()
	step := oath.TimeStep(now)
	if next <= step {
		return fmt.Sprintf("that of now, time step %d", step)
	}
	at := time.Unix(int64(next)*int64(oath.Period/time.Second), 0)
	return fmt.Sprintf("that of time step %d, from %s", next, moment(at))
}

func driftWords(kind oath.Type, drift int64) string {
	switch {
	case kind != oath.TOTP:
		return "–"
	case drift == 0:
		return "none"
	case drift > 0:
		return fmt.Sprintf("%d time steps ahead of the server", drift)
	}
	return fmt.Sprintf("%d time steps behind the server", -drift)
}

// instances lists those of a licence, with what can be done about each.
func (e *exchange) instances(a provision.Authenticator) *table {
	t := &table{Columns: []string{"Instance", "State", "Device", "Description", "Holds a place", "Activated", ""}, Empty: "No device was added yet."}
	for _, i := range a.Licence.Instances {
		name := dsapp.InstanceName(a.SerialNumber, i.SequenceNumber)
		do := cell{}
		if i.HoldsPlace(e.Service.Now()) {
			do = e.doCell("authenticator", "deactivate", name, "")
		}
		t.Rows = append(t.Rows, append(texts(name, string(i.State), i.DeviceType.String(), i.Description, yesOrNo(i.HoldsPlace(e.Service.Now())), moment(i.ActivatedAt)), do))
	}
	return t
}
