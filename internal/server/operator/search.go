package operator

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// searchPage is what one text was found in.
type searchPage struct {
	Query    string
	Sections []section
}

// maxHits bounds what is shown of each kind.
const maxHits = 20

// search looks for a text in all records by their names, and in the requests that
// are remembered.
func (e *exchange) search() error {
	text := strings.TrimSpace(e.HTTP.URL.Query().Get("q"))
	p := searchPage{Query: text}
	if text != "" {
		for _, look := range []func(string) (section, error){e.searchUsers, e.searchAuthenticators, e.searchRegistrations, e.searchNames, e.searchRequests} {
			found, err := look(text)
			if err != nil {
				return err
			}
			if found.Table != nil && len(found.Table.Rows) > 0 {
				p.Sections = append(p.Sections, found)
			}
		}
	}
	return e.render(http.StatusOK, "search", page{Title: "Search", Query: text, Body: p})
}

func (e *exchange) searchUsers(text string) (section, error) {
	operator, err := e.operator()
	if err != nil || !e.session.viewer.may(provision.MayViewUser) {
		return section{}, err
	}
	userID, _, _ := strings.Cut(text, "@")
	t := &table{Columns: []string{"User", "Domain", "Authenticators", "Standing", "Last login"}}
	seen := map[provision.UserKey]bool{}
	for _, in := range []provision.QueryUsers{
		{UserIDPrefix: userID}, {Terms: []provision.UserTerm{{Field: provision.ByEmail, Value: text, Prefix: true}}},
		{Terms: []provision.UserTerm{{Field: provision.ByName, Value: text, Prefix: true}}},
	} {
		in.SearchOptions.Limit = maxHits
		in.Fits = func(u provision.User) bool {
			return hasPrefix(u.UserID, userID) || hasPrefix(u.Email, text) || hasPrefix(u.Name, text)
		}
		found, err := e.Service.QueryUsers(e.HTTP.Context(), operator, in)
		if err != nil {
			return section{}, err
		}
		for _, u := range found.Records {
			if !seen[u.Key()] {
				seen[u.Key()] = true
				t.Rows = append(t.Rows, e.userRow(u))
			}
		}
	}
	return section{Title: "Users", Table: t}, nil
}

func hasPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func (e *exchange) searchAuthenticators(text string) (section, error) {
	if !e.session.viewer.may(provision.MayViewDigipass) {
		return section{}, nil
	}
	serial, _, _ := strings.Cut(strings.ToUpper(text), "-")
	found, err := e.Service.ListAuthenticators(e.HTTP.Context(), provision.ListAuthenticators{Domain: e.session.viewer.domain(), After: before(serial)})
	if err != nil {
		return section{}, notRefused(err)
	}
	t := &table{Columns: []string{"Authenticator", "Domain", "User", "Kind", "State", "Activations"}}
	for _, a := range found.Records {
		if strings.HasPrefix(a.SerialNumber, serial) && len(t.Rows) < maxHits {
			t.Rows = append(t.Rows, authenticatorRow(a))
		}
	}
	return section{Title: "Authenticators", Table: t}, nil
}

// before returns a key that comes right before all that begin with a text.
func before(text string) string {
	if text == "" {
		return ""
	}
	last := len(text) - 1
	return text[:last] + string(rune(text[last])-1) + "~"
}

func (e *exchange) searchRegistrations(text string) (section, error) {
	if !e.session.viewer.may(provision.MayViewUser) {
		return section{}, nil
	}
	r, err := e.Service.ShowRegistration(e.HTTP.Context(), text)
	if err != nil {
		return section{}, notRefused(err)
	}
	if !e.session.viewer.sees(r.Domain) {
		return section{}, nil
	}
	return section{Title: "Registrations", Table: e.registrationTable([]provision.Registration{r})}, nil
}

// searchNames looks through what there is little of: domains, components, policies
// and keys.
func (e *exchange) searchNames(text string) (section, error) {
	if !e.session.viewer.seesAll() {
		return section{}, nil
	}
	ctx := e.HTTP.Context()
	t := &table{Columns: []string{"Name", "Kind"}}
	add := func(name, kind, to string) {
		if strings.Contains(strings.ToLower(name), strings.ToLower(text)) && len(t.Rows) < maxHits {
			t.Rows = append(t.Rows, []cell{linked(name, to), {Text: kind}})
		}
	}
	domains, err := e.Service.ListDomains(ctx, provision.ListDomains{Limit: 1000})
	if err != nil {
		return section{}, err
	}
	for _, d := range domains.Records {
		add(d.Name, "domain", "/domains")
	}
	components, err := e.Service.ListComponents(ctx, provision.ListComponents{Limit: 1000})
	if err != nil {
		return section{}, err
	}
	for _, c := range components.Records {
		add(c.ComponentType+" at "+locationOf(c.Key()), "component", "/components")
	}
	policies, err := e.Service.ListPolicies(ctx, provision.ListPolicies{Limit: 1000})
	if err != nil {
		return section{}, err
	}
	for _, p := range policies.Records {
		add(p.Name, "policy", policyURL(p.Name))
	}
	keys, err := e.Service.ListGatewayKeys(ctx, provision.ListGatewayKeys{Limit: 1000})
	if err != nil {
		return section{}, err
	}
	for _, k := range keys.Records {
		add(k.Name, "gateway key", "/keys")
	}
	return section{Title: "Domains, components, policies and keys", Table: t}, nil
}

func (e *exchange) searchRequests(text string) (section, error) {
	t := e.requestTable(filter{Text: text})
	if len(t.Rows) == 0 { // the audit remembers for longer, by the whole ID
		events, err := e.Service.Audit.OfRequest(e.HTTP.Context(), text)
		if err != nil {
			return section{}, err
		}
		for _, event := range events {
			if e.session.viewer.sees(event.Domain) {
				r := rowOfEvent(event)
				t.Rows = append(t.Rows, []cell{linked(r.Time, r.URL), {Text: r.Operation}, {Text: "audit"}, {Text: r.Status, Class: r.Kind}, {}})
			}
		}
	}
	if len(t.Rows) > 0 {
		t.More = "/requests?q=" + url.QueryEscape(text)
	}
	return section{Title: "Requests", Table: t}, nil
}
