package operator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// denied is what a viewer is told who lacks the privilege for a page.
func denied(words string) error {
	return &browser.Problem{Status: http.StatusForbidden, Title: "This is not for you", Words: words}
}

// mayView refuses a viewer without a privilege.
func (e *exchange) mayView(p provision.Privilege) error {
	if !e.session.viewer.may(p) {
		return denied("Your account lacks the privilege " + string(p) + ". Whoever runs the server can give it: dsappd administrator set.")
	}
	return nil
}

// mayViewAll refuses a viewer of one domain what belongs to none.
func (e *exchange) mayViewAll() error {
	if !e.session.viewer.seesAll() {
		return denied("This belongs to no domain: it takes the privilege " + string(provision.MayAccessAllDomains) + ".")
	}
	return nil
}

// more is the URL of the part of a list that follows.
func (e *exchange) more(pairs ...string) string {
	query := e.HTTP.URL.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return e.HTTP.URL.Path + "?" + query.Encode()
}

func (e *exchange) users() error {
	if err := e.mayView(provision.MayViewUser); err != nil {
		return err
	}
	query := e.HTTP.URL.Query()
	in := provision.ListUsers{Domain: e.session.viewer.domain(), After: provision.UserKey{Domain: query.Get("domain"), UserID: query.Get("after")}}
	found, err := e.Service.ListUsers(e.HTTP.Context(), in)
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"User", "Domain", "Authenticators", "Standing", "Last login"}, Empty: "There are no users yet."}
	for _, u := range found.Records {
		t.Rows = append(t.Rows, e.userRow(u))
	}
	if found.Next != nil {
		t.More = e.more("domain", found.Next.Domain, "after", found.Next.UserID)
	}
	return e.show("users", record{Title: "Users", Table: t, Actions: e.actionsOn("user", "", "", "add")})
}

func (e *exchange) userRow(u provision.User) []cell {
	standing, class := e.standing(u)
	return []cell{
		linked(u.UserID, userURL(u.Domain, u.UserID)), {Text: u.Domain}, {Text: strings.Join(u.SerialNumbers, ", ")},
		{Text: standing, Class: class}, {Text: moment(u.LastAuthAt)},
	}
}

// standing says whether a user can get in, and its class.
func (e *exchange) standing(u provision.User) (words, class string) {
	now := e.Service.Now()
	switch {
	case u.Disabled:
		return "disabled", "refused"
	case u.LockHeld, !u.LockedAt.IsZero() && (u.LockedUntil.IsZero() || u.LockedUntil.After(now)):
		return "locked", "refused"
	case !u.ExpiresAt.IsZero() && !u.ExpiresAt.After(now):
		return "expired", "refused"
	}
	return "active", "good"
}

func (e *exchange) authenticators() error {
	if err := e.mayView(provision.MayViewDigipass); err != nil {
		return err
	}
	query := e.HTTP.URL.Query()
	in := provision.ListAuthenticators{Domain: e.session.viewer.domain(), State: provision.AuthenticatorState(query.Get("state")), After: query.Get("after")}
	found, err := e.Service.ListAuthenticators(e.HTTP.Context(), in)
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"Authenticator", "Domain", "User", "Kind", "State", "Activations"}, Empty: "There are no authenticators yet."}
	for _, a := range found.Records {
		t.Rows = append(t.Rows, authenticatorRow(a))
	}
	if found.Next != nil {
		t.More = e.more("after", *found.Next)
	}
	return e.show("authenticators", record{Title: "Authenticators", Table: t})
}

func authenticatorRow(a provision.Authenticator) []cell {
	user := cell{}
	if a.UserID != "" {
		user = linked(a.UserID, userURL(a.Domain, a.UserID))
	}
	class := ""
	switch a.State {
	case provision.Active:
		class = "good"
	case provision.Disabled:
		class = "refused"
	}
	return []cell{linked(a.SerialNumber, authenticatorURL(a.SerialNumber)), {Text: a.Domain}, user, {Text: kindWords(a)}, {Text: string(a.State), Class: class}, {Text: strconv.Itoa(a.Activations)}}
}

func kindWords(a provision.Authenticator) string {
	if a.Licence != nil {
		return "licence for " + strconv.Itoa(a.Licence.Limit)
	}
	return strings.ToUpper(string(a.Type))
}

func (e *exchange) domains() error {
	if err := e.mayView(provision.MayViewDomain); err != nil {
		return err
	}
	found, err := e.Service.ListDomains(e.HTTP.Context(), provision.ListDomains{After: e.HTTP.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"Domain", "Description", "Created", ""}, Empty: "There are no domains."}
	for _, d := range found.Records {
		if e.session.viewer.sees(d.Name) {
			t.Rows = append(t.Rows, append(texts(d.Name, d.Description, moment(d.CreatedAt)), e.doCell("domain", "delete", d.Name, "")))
		}
	}
	if found.Next != nil {
		t.More = e.more("after", *found.Next)
	}
	return e.show("domains", record{Title: "Domains", Table: t, Actions: e.actionsOn("domain", "", "", "add")})
}

func (e *exchange) components() error {
	if err := e.mayViewAll(); err != nil {
		return err
	}
	query := e.HTTP.URL.Query()
	found, err := e.Service.ListComponents(e.HTTP.Context(), provision.ListComponents{
		After: provision.NameComponent{ComponentType: query.Get("after"), Location: query.Get("location")},
	})
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"Component type", "Location", "Policy", "Created", "", ""}, Empty: "There are no components: no client may call."}
	for _, c := range found.Records {
		location := locationOf(c.Key())
		t.Rows = append(t.Rows, []cell{
			{Text: c.ComponentType}, {Text: location}, linked(c.Policy, policyURL(c.Policy)), {Text: moment(c.CreatedAt)},
			e.doCell("component", "set", c.ComponentType, location), e.doCell("component", "delete", c.ComponentType, location),
		})
	}
	if found.Next != nil {
		t.More = e.more("after", found.Next.ComponentType, "location", locationOf(*found.Next))
	}
	return e.show("components", record{Title: "Components", Table: t, Actions: e.actionsOn("component", "", "", "add"),
		Note: "A client calls as a component: by its type, and from its location. The policy governs what it registers."})
}

// locationOf leaves out the length of a prefix that is one address.
func locationOf(k provision.ComponentKey) string {
	if k.Location.IsSingleIP() {
		return k.Location.Addr().String()
	}
	return k.Location.String()
}

func (e *exchange) policies() error {
	if err := e.mayViewAll(); err != nil {
		return err
	}
	found, err := e.Service.ListPolicies(e.HTTP.Context(), provision.ListPolicies{After: e.HTTP.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"Policy", "Inherits from", "Sets itself"}, Empty: "There are no policies."}
	for _, p := range found.Records {
		parent := cell{}
		if p.Parent != "" {
			parent = linked(p.Parent, policyURL(p.Parent))
		}
		t.Rows = append(t.Rows, []cell{linked(p.Name, policyURL(p.Name)), parent, {Text: string(p.Set), Class: "code"}})
	}
	if found.Next != nil {
		t.More = e.more("after", *found.Next)
	}
	return e.show("policies", record{Title: "Policies", Table: t, Actions: e.actionsOn("policy", "", "", "add")})
}

// keys shows the keys of the gateway, of the Platform API and of operators.
func (e *exchange) keys() error {
	if err := e.mayViewAll(); err != nil {
		return err
	}
	ctx := e.HTTP.Context()
	gateway, err := e.Service.ListGatewayKeys(ctx, provision.ListGatewayKeys{Limit: 1000})
	if err != nil {
		return err
	}
	platform, err := e.Service.ListPlatformKeys(ctx, provision.ListPlatformKeys{Limit: 1000})
	if err != nil {
		return err
	}
	operators, err := e.Service.ListOperatorKeys(ctx, provision.ListOperatorKeys{Limit: 1000})
	if err != nil {
		return err
	}
	list := func(noun, what string) *table {
		return &table{Columns: []string{"Name", what, "Created", ""}, Empty: "There are none."}
	}
	g, p, o := list("gateway-key", "Side"), list("platform-key", "Scopes"), list("console-key", "Allows")
	for _, k := range gateway.Records {
		g.Rows = append(g.Rows, append(texts(k.Name, string(k.Side), moment(k.CreatedAt)), e.doCell("gateway-key", "delete", k.Name, "")))
	}
	for _, k := range platform.Records {
		var scopes []string
		for _, scope := range k.Scopes {
			scopes = append(scopes, string(scope))
		}
		p.Rows = append(p.Rows, append(texts(k.Name, strings.Join(scopes, ", "), moment(k.CreatedAt)), e.doCell("platform-key", "delete", k.Name, "")))
	}
	for _, k := range operators.Records {
		allows := "everything"
		if k.ReadOnly {
			allows = "looking"
		}
		o.Rows = append(o.Rows, append(texts(k.Name, allows, moment(k.CreatedAt)), e.doCell("console-key", "delete", k.Name, "")))
	}
	return e.show("keys", record{Title: "Keys", Note: "A key is shown when it is made, and never again.",
		Sections: []section{{Title: "Gateway, for phones and sites", Table: g}, {Title: "Platform API", Table: p}, {Title: "Operator’s console", Table: o}},
		Actions:  slices.Concat(e.actionsOn("gateway-key", "", "", "add"), e.actionsOn("platform-key", "", "", "add"), e.actionsOn("console-key", "", "", "add"))})
}

// adminSessions shows the sessions of administrators.
func (e *exchange) adminSessions() error {
	operator, err := e.operator()
	if err != nil {
		return err
	}
	found, err := e.Service.ListSessions(e.HTTP.Context(), operator, func(provision.AdminSession) bool { return true }, provision.SearchOptions{Limit: 1000})
	if err != nil {
		return err
	}
	t := &table{Columns: []string{"Session", "Administrator", "From", "Began", "Last used", "Ends"}, Empty: "No administrator is logged on."}
	for _, s := range found.Records {
		t.Rows = append(t.Rows, []cell{
			{Text: s.Index, Class: "code"}, linked(s.UserID+"@"+s.Domain, userURL(s.Domain, s.UserID)), {Text: s.Address},
			{Text: moment(s.StartedAt)}, {Text: moment(s.UsedAt)}, {Text: moment(s.EndsAt)},
		})
	}
	return e.show("sessions", record{Title: "Administrative sessions", Table: t})
}

func (e *exchange) registrations() error {
	if err := e.mayView(provision.MayViewUser); err != nil {
		return err
	}
	query := e.HTTP.URL.Query()
	in := provision.ListRegistrations{
		State: provision.RegistrationState(query.Get("state")), UserID: query.Get("user"), Domain: e.session.viewer.domain(),
		SerialNumber: query.Get("serial"), After: query.Get("after"),
	}
	found, err := e.Service.ListRegistrations(e.HTTP.Context(), in)
	if err != nil {
		return err
	}
	t := e.registrationTable(found.Records)
	if found.Next != nil {
		t.More = e.more("after", *found.Next)
	}
	return e.show("registrations", record{Title: "Registrations", Table: t, Search: &searchBox{"user", "Of the user", query.Get("user")}})
}

// registrationTable lists registrations, the newest first.
func (e *exchange) registrationTable(all []provision.Registration) *table {
	t := &table{Columns: []string{"Registration", "State", "User", "Authenticator", "Began", "Time left"}, Empty: "There are no registrations."}
	slices.SortStableFunc(all, func(a, b provision.Registration) int { return b.CreatedAt.Compare(a.CreatedAt) })
	for _, r := range all {
		words, class := e.lifeWords(r)
		t.Rows = append(t.Rows, []cell{
			{Text: r.ID, URL: registrationURL(r.ID), Class: "code"}, {Text: words, Class: class}, linked(r.UserID, userURL(r.Domain, r.UserID)),
			linked(r.SerialNumber, authenticatorURL(r.SerialNumber)), {Text: moment(r.CreatedAt)}, {Text: e.timeLeft(r)},
		})
	}
	return t
}

// doCell is a cell with one action, where the viewer may take it.
func (e *exchange) doCell(noun, verb, id, in string) cell {
	for _, b := range e.actionsOn(noun, id, in, verb) {
		return cell{Text: b.Label, URL: b.URL, Class: "do"}
	}
	return cell{}
}

// actionURL is where an action on a record is confirmed.
func actionURL(noun, verb, id, in string) string {
	query := url.Values{}
	if id != "" {
		query.Set("id", id)
	}
	if in != "" {
		query.Set("in", in)
	}
	to := "/do/" + noun + "/" + verb
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	return to
}
