package operator

import (
	"strconv"

	"github.com/dsappd/dsappd/internal/provision"
)

func (e *exchange) user() error {
	operator, err := e.operator()
	if err != nil {
		return err
	}
	name := provision.NameUser{Domain: e.HTTP.PathValue("domain"), UserID: e.HTTP.PathValue("userID")}
	u, err := e.Service.ViewUser(e.HTTP.Context(), operator, name)
	if err != nil {
		return err
	}
	standing, class := e.standing(u)
	r := record{Title: u.UserID + "@" + u.Domain, Facts: []fact{
		{Name: "Standing", Text: standing, Class: class},
		{Name: "Locked since", Text: moment(u.LockedAt)},
		{Name: "Locked until", Text: e.lockedUntil(u)},
		{Name: "Wrong passwords", Text: strconv.Itoa(u.WrongPasswords)},
		{Name: "Wrong proofs", Text: strconv.Itoa(u.WrongProofs)},
		{Name: "Last login", Text: moment(u.LastAuthAt)},
		{Name: "Expires", Text: moment(u.ExpiresAt)},
		{Name: "Name", Text: u.Name}, {Name: "Email", Text: u.Email}, {Name: "Mobile", Text: u.Mobile}, {Name: "Phone", Text: u.Phone},
		{Name: "Description", Text: u.Description}, {Name: "Organizational unit", Text: u.OrgUnit},
		{Name: "Created", Text: moment(u.CreatedAt)},
	}}
	held := &table{Columns: []string{"Authenticator", "Domain", "User", "Kind", "State", "Activations"}, Empty: "The user has no authenticator."}
	for _, serial := range u.SerialNumbers {
		a, err := e.Service.ShowAuthenticator(e.HTTP.Context(), serial)
		if err != nil {
			return err
		}
		held.Rows = append(held.Rows, authenticatorRow(a))
	}
	made, err := e.Service.ListRegistrations(e.HTTP.Context(), provision.ListRegistrations{UserID: u.UserID, Domain: u.Domain})
	if err != nil {
		return err
	}
	r.Sections = []section{{Title: "Authenticators", Table: held}, {Title: "Registrations", Table: e.registrationTable(made.Records)}, {Title: "Last requests", Table: e.requestTable(filter{User: u.UserID + "@" + u.Domain})}}
	r.Actions = e.actionsOn("user", u.UserID, u.Domain, verbsOfUser(u, standing)...)
	return e.show("users", r)
}

// verbsOfUser are the actions that make sense for a user as it stands.
func verbsOfUser(u provision.User, standing string) []string {
	var verbs []string
	if standing == "locked" {
		verbs = append(verbs, "unlock")
	}
	if u.Disabled {
		verbs = append(verbs, "enable")
	} else {
		verbs = append(verbs, "disable")
	}
	return append(verbs, "set-password", "delete")
}

func (e *exchange) lockedUntil(u provision.User) string {
	switch {
	case u.LockedAt.IsZero():
		return "–"
	case u.LockHeld || u.LockedUntil.IsZero():
		return "an operator opens it"
	}
	return moment(u.LockedUntil)
}

// requestTable lists the last requests that a filter fits.
func (e *exchange) requestTable(f filter) *table {
	t := &table{Columns: []string{"Time", "Operation", "Door", "Status", "Took"}, Empty: "The server remembers none."}
	all, _ := e.Requests.Since(0)
	for i := len(all) - 1; i >= 0 && len(t.Rows) < 20; i-- {
		if each := all[i]; e.session.viewer.sees(each.Domain) && f.fits(each) {
			r := newRow(each)
			t.Rows = append(t.Rows, []cell{linked(r.Clock, r.URL), {Text: r.Operation}, {Text: r.Door}, {Text: r.Status, Class: r.Kind}, {Text: r.Took}})
		}
	}
	return t
}
