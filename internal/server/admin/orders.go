package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
)

// orders returns the table of all that the door takes. A row has the path, who
// decides by which input, and how the outcome is shown. An order that looks
// changes nothing and leaves no event.
func (d *Door) orders() []order {
	s := d.Service
	return []order{
		looks("check", d.check, same),
		changes("log/set-level", d.setLogLevel, same),
		looks("log/show", d.showLogLevel, same),
		changes("key/rotate", d.rotateKeys, same),
		looks("key/show", d.showKeys, same),
		looks("webhook/list", d.listWebhooks, same),
		changes("webhook/test", d.testWebhook, same),
		changes("webhook/resume", d.resumeWebhook, same),
		changes("webhook/skip", d.skipWebhook, same),

		changes("domain/add", s.AddDomain, showDomain),
		looks("domain/list", s.ListDomains, named(showDomain)),
		changes("domain/set", s.SetDomain, showDomain),
		changes("domain/delete", byName[NameDomain](s.DeleteDomain), showDomain),

		changes("user/add", s.AddUser, showUser),
		looks("user/list", s.ListUsers, pages(showUser, same[provision.UserKey])),
		looks("user/show", s.ShowUser, showUser),
		changes("user/set", s.SetUser, showUser),
		changes("user/set-password", s.SetUserPassword, showUser),
		changes("user/enable", s.EnableUser, showUser),
		changes("user/disable", s.DisableUser, showUser),
		changes("user/unlock", s.UnlockUser, showUser),
		changes("user/delete", s.DeleteUser, showUser),

		changes("user/reset-password", s.ResetUserPassword, showUser),

		changes("user-attribute/add", s.AddUserAttribute, showUserAttribute),
		looks("user-attribute/list", s.ListUserAttributes, pages(showUserAttribute, same[provision.UserAttributeKey])),
		changes("user-attribute/set", s.SetUserAttribute, showUserAttribute),
		changes("user-attribute/delete", s.DeleteUserAttribute, showUserAttribute),

		changes("org-unit/add", s.AddOrgUnit, showOrgUnit),
		looks("org-unit/list", s.ListOrgUnits, pages(showOrgUnit, same[provision.OrgUnitKey])),
		changes("org-unit/set", s.SetOrgUnit, showOrgUnit),
		changes("org-unit/delete", s.DeleteOrgUnit, showOrgUnit),

		changes("administrator/add", s.AddAdministrator, showAdministrator),
		looks("administrator/list", listsAdministrators(s, false), pages(showAdministrator, same[provision.UserKey])),
		looks("administrator/show", showsAdministrator(s, false), showAdministrator),
		changes("administrator/set", setsAdministrator(s, false), showAdministrator),
		changes("administrator/delete", deletesAdministrator(s, false), showAdministrator),

		changes("service-user/add", s.AddServiceUser, showServiceUserKey),
		looks("service-user/list", listsAdministrators(s, true), pages(showAdministrator, same[provision.UserKey])),
		looks("service-user/show", showsAdministrator(s, true), showAdministrator),
		changes("service-user/set", setsAdministrator(s, true), showAdministrator),
		changes("service-user/renew", s.RenewServiceUser, showServiceUserKey),
		changes("service-user/delete", deletesAdministrator(s, true), showAdministrator),

		changes("authenticator/add", d.addAuthenticator, d.shownAuthenticator),
		looks("authenticator/list", s.ListAuthenticators, named(d.listedAuthenticator)),
		looks("authenticator/show", lookByName[NameAuthenticator](s.ShowAuthenticator), d.shownAuthenticator),
		changes("authenticator/assign", s.AssignAuthenticator, d.shownAuthenticator),
		changes("authenticator/unassign", byName[NameAuthenticator](s.UnassignAuthenticator), d.shownAuthenticator),
		changes("authenticator/reset", s.ResetAuthenticator, d.shownAuthenticator),
		changes("authenticator/set-pin", s.SetPIN, d.shownAuthenticator),
		changes("authenticator/set", s.SetAuthenticator, d.shownAuthenticator),
		changes("authenticator/enable", byName[NameAuthenticator](s.EnableAuthenticator), d.shownAuthenticator),
		changes("authenticator/disable", byName[NameAuthenticator](s.DisableAuthenticator), d.shownAuthenticator),
		changes("authenticator/delete", byName[NameAuthenticator](s.DeleteAuthenticator), d.shownAuthenticator),
		changes("authenticator/deactivate", byName[NameAuthenticator](s.DeactivateInstance), d.shownAuthenticator),

		changes("component/add", s.AddComponent, showComponent),
		looks("component/list", s.ListComponents, pages(showComponent, showComponentKey)),
		looks("component/show", s.ShowComponent, showComponent),
		changes("component/set", s.SetComponent, showComponent),
		changes("component/delete", s.DeleteComponent, showComponent),

		changes("gateway-key/add", s.AddGatewayKey, showAddedGatewayKey),
		looks("gateway-key/list", s.ListGatewayKeys, named(showGatewayKey)),
		changes("gateway-key/delete", byName[NameGatewayKey](s.DeleteGatewayKey), showGatewayKey),
		changes("platform-key/add", s.AddPlatformKey, showAddedPlatformKey),
		looks("platform-key/list", s.ListPlatformKeys, named(showPlatformKey)),
		changes("platform-key/delete", byName[NamePlatformKey](s.DeletePlatformKey), showPlatformKey),
		changes("console-key/add", s.AddOperatorKey, showAddedOperatorKey),
		looks("console-key/list", s.ListOperatorKeys, named(showOperatorKey)),
		changes("console-key/delete", byName[NameOperatorKey](s.DeleteOperatorKey), showOperatorKey),

		changes("policy/add", s.AddPolicy, showPolicy),
		looks("policy/list", s.ListPolicies, named(showPolicy)),
		looks("policy/show", lookByName[NamePolicy](s.ShowPolicy), showEffectivePolicy),
		changes("policy/set", s.SetPolicy, showPolicy),
		changes("policy/delete", byName[NamePolicy](s.DeletePolicy), showPolicy),

		looks("registration/list", s.ListRegistrations, named(d.shownRegistration)),
		looks("registration/show", lookByName[NameRegistration](s.ShowRegistration), d.shownRegistration),
		changes("registration/close", s.CloseRegistration, d.shownRegistration),

		looks("audit/list", s.ListAuditEvents, pages(same[audit.Event], same[audit.EventKey])),
		looks("audit/verify", d.verifyAudit, same),
		looks("audit/export", d.exportAudit, showExported),
		changes("audit/prune", s.PruneAudit, same),
		looks("audit/explain", d.explainRequest, same),
		looks("audit/refusals", d.listRefusals, same),

		changes("user/export-page", s.ExportUsers, pages(showExportedUser, same[provision.UserKey])),
		changes("authenticator/export-page", s.ExportAuthenticators, named(showExportedAuthenticator)),

		changes("import", d.importRows, same).upTo(MaxImport),
		looks("import/check", d.checkImport, same).upTo(MaxImport),
	}
}

// order is a row of the table.
type order struct {
	path    string // two words, such as user/add
	looks   bool   // it changes nothing
	maxBody int64  // of a request, in bytes

	// take decides by an input that decode reads, and returns what is shown.
	take func(ctx context.Context, operator provision.Operator, decode func(in any) error) (out any, err error)
}

// maxBody bounds a request, in bytes, where the row does not say otherwise.
const maxBody = 64 << 10

// changes makes a row for what an operator decides.
func changes[In, R, Out any](path string, decide func(context.Context, provision.Operator, In) (R, error), show func(R) Out) order {
	return order{path: path, maxBody: maxBody, take: func(ctx context.Context, operator provision.Operator, decode func(any) error) (any, error) {
		var in In
		if err := decode(&in); err != nil {
			return nil, err
		}
		result, err := decide(ctx, operator, in)
		if err != nil {
			return nil, err
		}
		return show(result), nil
	}}
}

// looks makes a row for what changes nothing.
func looks[In, R, Out any](path string, look func(context.Context, In) (R, error), show func(R) Out) order {
	row := changes(path, func(ctx context.Context, _ provision.Operator, in In) (R, error) { return look(ctx, in) }, show)
	row.looks = true
	return row
}

// upTo lets the requests of a row have so many bytes.
func (o order) upTo(limit int64) order {
	o.maxBody = limit
	return o
}

// NameAuthenticator names an authenticator, or an instance of a licence by a
// name such as VDS1000140-1.
type NameAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
}

// NameDomain names a domain.
type NameDomain struct {
	Name string `json:"domain"`
}

// NameGatewayKey names an API key of the gateway.
type NameGatewayKey struct {
	Name string `json:"name"`
}

// NamePlatformKey names a key of the Platform API.
type NamePlatformKey struct {
	Name string `json:"name"`
}

// NameOperatorKey names a key of the operator's console.
type NameOperatorKey struct {
	Name string `json:"name"`
}

// NamePolicy names a policy.
type NamePolicy struct {
	Name string `json:"policy"`
}

// NameRegistration names a registration.
type NameRegistration struct {
	ID string `json:"registrationID"`
}

// NameRequest names a request by its Request-Id.
type NameRequest struct {
	RequestID string `json:"requestID"`
}

func (n NameAuthenticator) name() string { return n.SerialNumber }
func (n NameDomain) name() string        { return n.Name }
func (n NameGatewayKey) name() string    { return n.Name }
func (n NamePlatformKey) name() string   { return n.Name }
func (n NameOperatorKey) name() string   { return n.Name }
func (n NamePolicy) name() string        { return n.Name }
func (n NameRegistration) name() string  { return n.ID }

// byName makes an order that names what it is about from a decision that takes
// the name alone.
func byName[In interface{ name() string }, R any](decide func(context.Context, provision.Operator, string) (R, error)) func(context.Context, provision.Operator, In) (R, error) {
	return func(ctx context.Context, operator provision.Operator, in In) (R, error) {
		return decide(ctx, operator, in.name())
	}
}

// lookByName does what byName does, for what only looks.
func lookByName[In interface{ name() string }, R any](look func(context.Context, string) (R, error)) func(context.Context, In) (R, error) {
	return func(ctx context.Context, in In) (R, error) { return look(ctx, in.name()) }
}
