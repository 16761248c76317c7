package operator

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// order is what an operator can have done: a row of the table. It is confirmed on a
// page of its own, decided by the same code as the command of that name, and
// noted in the audit under the operator's name.
type order struct {
	noun, verb string
	label      string // of the button
	words      string // what it does, in a sentence
	destroys   bool

	// needs is the privilege that an administrator needs; empty: administrators
	// cannot do it.
	needs provision.Privilege

	fields []field

	// do has it done. What it returns is shown, once: a key that was drawn.
	do func(s *provision.Service, ctx context.Context, operator provision.Operator, t target) (secret string, err error)
}

// field is one that the operator fills in.
type field struct {
	name, label string
	kind        string // text, password or select
	options     []string
	optional    bool
	hint        string
}

// target is what an order is about, with what was filled in.
type target struct {
	id, in string
	form   url.Values
}

func (t target) user() provision.NameUser {
	return provision.NameUser{Domain: t.in, UserID: t.id}
}

func (t target) get(name string) string { return t.form.Get(name) }

// nothing makes an order's function of a decision that has nothing to show.
func nothing[R any](decide func(s *provision.Service, ctx context.Context, operator provision.Operator, t target) (R, error)) func(*provision.Service, context.Context, provision.Operator, target) (string, error) {
	return func(s *provision.Service, ctx context.Context, operator provision.Operator, t target) (string, error) {
		_, err := decide(s, ctx, operator, t)
		return "", err
	}
}

// onUser, and the two below, make such a function of a decision about a record by
// its name.
func onUser[R any](decide func(*provision.Service, context.Context, provision.Operator, provision.NameUser) (R, error)) func(*provision.Service, context.Context, provision.Operator, target) (string, error) {
	return nothing(func(s *provision.Service, ctx context.Context, operator provision.Operator, t target) (R, error) {
		return decide(s, ctx, operator, t.user())
	})
}

func byName[R any](decide func(*provision.Service, context.Context, provision.Operator, string) (R, error)) func(*provision.Service, context.Context, provision.Operator, target) (string, error) {
	return nothing(func(s *provision.Service, ctx context.Context, operator provision.Operator, t target) (R, error) {
		return decide(s, ctx, operator, t.id)
	})
}

// orders is the table of all that operators can have done here.
var orders = slices.Concat(userOrders, authenticatorOrders, policyOrders, keyOrders)

var userOrders = []order{
	{noun: "user", verb: "add", label: "Add a user", words: "Makes a user with a static password.", needs: provision.MayCreateUser,
		fields: []field{{name: "userID", label: "User ID"}, {name: "domain", label: "Domain", optional: true, hint: "Without one, master."}, {name: "password", label: "Static password", kind: "password"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.User, error) {
			return s.AddUser(ctx, o, provision.AddUser{UserID: t.get("userID"), Domain: t.get("domain"), StaticPassword: t.get("password")})
		})},
	{noun: "user", verb: "enable", label: "Enable", words: "Lets the user register and log in again.", needs: provision.MayEnableUser, do: onUser((*provision.Service).EnableUser)},
	{noun: "user", verb: "disable", label: "Disable", words: "Refuses the user every step, until the user is enabled again.", needs: provision.MayEnableUser, destroys: true, do: onUser((*provision.Service).DisableUser)},
	{noun: "user", verb: "unlock", label: "Unlock", words: "Opens the lock and forgets the wrong passwords.", needs: provision.MayUnlockUser, do: onUser((*provision.Service).UnlockUser)},
	{noun: "user", verb: "set-password", label: "Set the password", words: "Replaces the static password. A lock stays.", needs: provision.MaySetUserPassword,
		fields: []field{{name: "password", label: "New static password", kind: "password"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.User, error) {
			return s.SetUserPassword(ctx, o, provision.SetUserPassword{NameUser: t.user(), StaticPassword: t.get("password")})
		})},
	{noun: "user", verb: "delete", label: "Delete", words: "Deletes the user, unassigns the user’s authenticators and closes the open registrations. This cannot be undone.", needs: provision.MayDeleteUser, destroys: true, do: onUser((*provision.Service).DeleteUser)},

	{noun: "domain", verb: "add", label: "Add a domain", words: "Makes a domain.", needs: provision.MayCreateDomain,
		fields: []field{{name: "name", label: "Domain"}, {name: "description", label: "Description", optional: true}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Domain, error) {
			return s.AddDomain(ctx, o, provision.AddDomain{Name: t.get("name"), Description: t.get("description")})
		})},
	{noun: "domain", verb: "delete", label: "Delete", words: "Deletes the domain, which must have no users and no authenticators. This cannot be undone.", needs: provision.MayDeleteDomain, destroys: true, do: byName((*provision.Service).DeleteDomain)},

	{noun: "registration", verb: "close", label: "Close", words: "Closes the registration: the phone cannot go on, and the user begins anew.", destroys: true,
		fields: []field{{name: "reason", label: "Reason", optional: true, hint: "It reads on after “closed:”."}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Registration, error) {
			return s.CloseRegistration(ctx, o, provision.CloseRegistration{RegistrationID: t.id, Reason: t.get("reason")})
		})},
}

var authenticatorOrders = []order{
	{noun: "authenticator", verb: "assign", label: "Assign", words: "Assigns the authenticator to a user of its domain, and begins the grace period.", needs: provision.MayAssignDigipass,
		fields: []field{{name: "userID", label: "User ID"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Authenticator, error) {
			return s.AssignAuthenticator(ctx, o, provision.AssignAuthenticator{SerialNumber: t.id, UserID: t.get("userID")})
		})},
	{noun: "authenticator", verb: "enable", label: "Enable", words: "Lets the authenticator be used again.", do: byName((*provision.Service).EnableAuthenticator)},
	{noun: "authenticator", verb: "disable", label: "Disable", words: "Refuses the authenticator every step, until it is enabled again.", destroys: true, do: byName((*provision.Service).DisableAuthenticator)},
	{noun: "authenticator", verb: "set-pin", label: "Set the PIN", words: "Sets the server PIN that stands before each one-time password. Empty fields take it away.", needs: provision.MaySetDigipassPIN,
		fields: []field{{name: "pin", label: "New PIN", kind: "password", optional: true}, {name: "confirmation", label: "New PIN again", kind: "password", optional: true}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Authenticator, error) {
			return s.SetPIN(ctx, o, provision.SetPIN{SerialNumber: t.id, PIN: t.get("pin"), Confirmation: t.get("confirmation")})
		})},
	{noun: "authenticator", verb: "reset", label: "Reset", words: "Returns the authenticator to its first secret and moving factor, with a new grace period. The bound device stops working.", needs: provision.MayResetDigipass, destroys: true,
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Authenticator, error) {
			return s.ResetAuthenticator(ctx, o, provision.ResetAuthenticator{SerialNumber: t.id})
		})},
	{noun: "authenticator", verb: "unassign", label: "Unassign", words: "Takes the authenticator from its user. The bound device stops working.", needs: provision.MayUnassignDigipass, destroys: true, do: byName((*provision.Service).UnassignAuthenticator)},
	{noun: "authenticator", verb: "deactivate", label: "Deactivate", words: "Gives the place of this instance back. Its device stops working.", destroys: true, do: byName((*provision.Service).DeactivateInstance)},
	{noun: "authenticator", verb: "delete", label: "Delete", words: "Deletes the authenticator with its secret. This cannot be undone.", destroys: true, do: byName((*provision.Service).DeleteAuthenticator)},
}

var policyOrders = []order{
	{noun: "component", verb: "add", label: "Add a component", words: "Lets a client call as this type, from this location.",
		fields: []field{{name: "type", label: "Component type"}, {name: "location", label: "Location", hint: "An address or a prefix, such as 192.0.2.0/24."}, {name: "policy", label: "Policy"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Component, error) {
			return s.AddComponent(ctx, o, provision.AddComponent{ComponentType: t.get("type"), Location: t.get("location"), Policy: t.get("policy")})
		})},
	{noun: "component", verb: "set", label: "Change", words: "Gives the component another policy. What it has registered keeps the policy that it had.",
		fields: []field{{name: "policy", label: "Policy"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Component, error) {
			return s.SetComponent(ctx, o, provision.SetComponent{NameComponent: provision.NameComponent{ComponentType: t.id, Location: t.in}, Policy: t.get("policy")})
		})},
	{noun: "component", verb: "delete", label: "Delete", words: "Deletes the component: clients of this type are refused from there.", destroys: true,
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Component, error) {
			return s.DeleteComponent(ctx, o, provision.NameComponent{ComponentType: t.id, Location: t.in})
		})},
	{noun: "policy", verb: "add", label: "Add a policy", words: "Makes a policy, which inherits every setting that it does not set itself.",
		fields: []field{{name: "name", label: "Policy"}, {name: "parent", label: "Inherits from", optional: true}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Policy, error) {
			return s.AddPolicy(ctx, o, provision.AddPolicy{Name: t.get("name"), Parent: t.get("parent")})
		})},
	{noun: "policy", verb: "set", label: "Change a setting", words: "Changes a setting of this policy and of all that inherit it, from the next step on.",
		fields: []field{{name: "setting", label: "Setting", hint: "By its name, as on the policy’s page."}, {name: "value", label: "Value", hint: "A number, true or false, or a word."}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Policy, error) {
			set, err := json.Marshal(map[string]json.RawMessage{strings.TrimSpace(t.get("setting")): settingValue(t.get("value"))})
			if err != nil {
				return provision.Policy{}, err
			}
			return s.SetPolicy(ctx, o, provision.SetPolicy{Name: t.id, Set: set})
		})},
	{noun: "policy", verb: "unset", label: "Unset a setting", words: "Has a setting be the one of the policy that this one inherits from, or the default.",
		fields: []field{{name: "setting", label: "Setting"}},
		do: nothing(func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (provision.Policy, error) {
			return s.SetPolicy(ctx, o, provision.SetPolicy{Name: t.id, Unset: []string{strings.TrimSpace(t.get("setting"))}})
		})},
	{noun: "policy", verb: "delete", label: "Delete", words: "Deletes the policy, which nothing may refer to.", destroys: true, do: byName((*provision.Service).DeletePolicy)},
}

// settingValue is a value as JSON: a number, true or false, or else a text.
func settingValue(text string) json.RawMessage {
	text = strings.TrimSpace(text)
	if _, err := strconv.Atoi(text); err == nil || text == "true" || text == "false" || strings.HasPrefix(text, `"`) && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	quoted, _ := json.Marshal(text) // a text can always be written
	return quoted
}

var keyOrders = []order{
	{noun: "gateway-key", verb: "add", label: "Add a gateway key", words: "Draws an API key of the gateway.",
		fields: []field{{name: "name", label: "Name"}, {name: "side", label: "Side", kind: "select", options: []string{"front", "back"}, hint: "front is for phones, back for the site."}},
		do: func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (string, error) {
			made, err := s.AddGatewayKey(ctx, o, provision.AddGatewayKey{Name: t.get("name"), Side: provision.GatewaySide(t.get("side"))})
			return made.Key, err
		}},
	{noun: "gateway-key", verb: "delete", label: "Delete", words: "Deletes the key, which opens nothing from the next request on.", destroys: true, do: byName((*provision.Service).DeleteGatewayKey)},
	{noun: "platform-key", verb: "add", label: "Add a Platform API key", words: "Draws a key of the Platform API.",
		fields: []field{{name: "name", label: "Name"}, {name: "scope", label: "Scope", kind: "select", options: []string{"all", "register", "administer", "render", "login"}}},
		do: func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (string, error) {
			var scopes []provision.PlatformScope
			if scope := t.get("scope"); scope != "all" {
				scopes = append(scopes, provision.PlatformScope(scope))
			}
			made, err := s.AddPlatformKey(ctx, o, provision.AddPlatformKey{Name: t.get("name"), Scopes: scopes})
			return made.Key, err
		}},
	{noun: "platform-key", verb: "delete", label: "Delete", words: "Deletes the key, which opens nothing from the next request on.", destroys: true, do: byName((*provision.Service).DeletePlatformKey)},
	{noun: "console-key", verb: "add", label: "Add an operator’s key", words: "Draws a key that signs in to this console.",
		fields: []field{{name: "name", label: "Whose key it is"}, {name: "allows", label: "Allows", kind: "select", options: []string{"everything", "looking"}}},
		do: func(s *provision.Service, ctx context.Context, o provision.Operator, t target) (string, error) {
			made, err := s.AddOperatorKey(ctx, o, provision.AddOperatorKey{Name: t.get("name"), ReadOnly: t.get("allows") == "looking"})
			return made.Key, err
		}},
	{noun: "console-key", verb: "delete", label: "Delete", words: "Deletes the key. Whoever signed in by it is signed out.", destroys: true, do: byName((*provision.Service).DeleteOperatorKey)},
}

// button leads to an action.
type button struct{ Label, URL, Class string }

// actionsOn are the orders of a noun that the viewer may give, in the order of
// verbs.
func (e *exchange) actionsOn(noun, id, in string, verbs ...string) []button {
	var all []button
	for _, verb := range verbs {
		if o, is := findOrder(noun, verb); is && e.session.viewer.mayDo(o) {
			class := "second"
			if o.destroys {
				class = "destroys"
			}
			all = append(all, button{o.label, actionURL(noun, verb, id, in), class})
		}
	}
	return all
}

func findOrder(noun, verb string) (order, bool) {
	at := slices.IndexFunc(orders, func(o order) bool { return o.noun == noun && o.verb == verb })
	if at < 0 {
		return order{}, false
	}
	return orders[at], true
}

// mayDo reports whether the viewer may give an order.
func (v viewer) mayDo(o order) bool { return !v.readOnly && v.may(o.needs) }

// actionPage asks for what an order needs, and to confirm it.
type actionPage struct {
	Label, Words string
	About        string // what it is about; empty: something new
	Destroys     bool
	URL          string
	Fields       []shownField
	Wrong        string // why it was refused; empty: it was not
	Back         string
}

// HasPassword reports whether the form asks for one, so that browsers know whose.
func (p actionPage) HasPassword() bool {
	return slices.ContainsFunc(p.Fields, func(f shownField) bool { return f.Kind == "password" })
}

type shownField struct {
	Name, Label, Kind, Hint, Value string
	Options                        []string
	Optional                       bool
}

// allowed finds the order that a request names, for a viewer who may give it.
func (e *exchange) allowed() (order, target, error) {
	o, is := findOrder(e.HTTP.PathValue("noun"), e.HTTP.PathValue("verb"))
	query := e.HTTP.URL.Query()
	t := target{id: query.Get("id"), in: query.Get("in"), form: e.HTTP.PostForm}
	if !is {
		return o, t, notHere("There is no such action.")
	}
	if e.session.viewer.readOnly {
		return o, t, denied("You signed in by a key that looks only.")
	}
	if !e.session.viewer.mayDo(o) {
		return o, t, denied("Your account lacks the privilege for this, or it is for operators of this machine alone.")
	}
	return o, t, nil
}

func (e *exchange) confirm() error {
	o, t, err := e.allowed()
	if err != nil {
		return err
	}
	return e.showAction(http.StatusOK, o, t, "")
}

func (e *exchange) showAction(status int, o order, t target, wrong string) error {
	p := actionPage{Label: o.label, Words: o.words, About: aboutWords(t), Destroys: o.destroys, URL: actionURL(o.noun, o.verb, t.id, t.in), Wrong: wrong, Back: backFrom(o, t)}
	for _, f := range o.fields {
		shown := shownField{Name: f.name, Label: f.label, Kind: f.kind, Hint: f.hint, Options: f.options, Optional: f.optional}
		if f.kind != "password" {
			shown.Value = t.get(f.name)
			if shown.Value == "" {
				shown.Value = e.HTTP.URL.Query().Get(f.name)
			}
		}
		p.Fields = append(p.Fields, shown)
	}
	return e.render(status, "action", page{Title: o.label, Here: navigation[o.noun], Body: p})
}

func aboutWords(t target) string {
	if t.in != "" {
		return t.id + ", " + t.in
	}
	return t.id
}

// donePage shows what an order has to show, once.
type donePage struct{ Title, Secret, Back string }

// carryOut gives the order. A refusal is shown with the form.
func (e *exchange) carryOut() error {
	o, t, err := e.allowed()
	if err != nil {
		return err
	}
	operator, err := e.operator()
	if err != nil {
		return err
	}
	secret, err := o.do(e.Service, e.HTTP.Context(), operator, t)
	if refusal, refused := asRefusal(err); refused {
		e.Reason = refusal.Reason()
		return e.showAction(browser.RefusalStatus(refusal.Refusal), o, t, refusal.Plain())
	}
	if err != nil {
		return err
	}
	if secret != "" {
		return e.render(http.StatusOK, "done", page{Title: o.label, Here: navigation[o.noun], Body: donePage{doneWords(o.noun + "/" + o.verb), secret, backFrom(o, t)}})
	}
	to := backFrom(o, t)
	if o.verb == "delete" {
		to = navigationURL(o.noun)
	}
	return e.see(to + "?done=" + url.QueryEscape(o.noun+"/"+o.verb))
}

// navigation has the part of the console that a noun belongs to.
var navigation = map[string]string{
	"user": "users", "domain": "domains", "registration": "registrations", "authenticator": "authenticators", "component": "components",
	"policy": "policies", "gateway-key": "keys", "platform-key": "keys", "console-key": "keys",
}

func navigationURL(noun string) string { return "/" + navigation[noun] }

// backFrom is the page of what an order is about.
func backFrom(o order, t target) string {
	switch {
	case t.id == "":
	case o.noun == "user":
		return userURL(t.in, t.id)
	case o.noun == "authenticator":
		serial, _, _ := strings.Cut(t.id, "-")
		return authenticatorURL(serial)
	case o.noun == "registration":
		return registrationURL(t.id)
	case o.noun == "policy":
		return policyURL(t.id)
	}
	return navigationURL(o.noun)
}

// doneWords says what was done, by the words in the URL; of others nothing.
func doneWords(done string) string {
	noun, verb, _ := strings.Cut(done, "/")
	if o, is := findOrder(noun, verb); is {
		return "Done: " + o.label + "."
	}
	if done == "lab" {
		return "Done."
	}
	return ""
}
