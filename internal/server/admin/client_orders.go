package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/provision"
)

// Check looks for damage.
func (c *Client) Check(ctx context.Context) (Checked, error) {
	return call[Checked](ctx, c, "check", Check{})
}

// AddDomain makes a domain.
func (c *Client) AddDomain(ctx context.Context, in provision.AddDomain) (Domain, error) {
	return call[Domain](ctx, c, "domain/add", in)
}

// DeleteDomain deletes a domain that has no users and no authenticators. It
// answers with the domain as it was.
func (c *Client) DeleteDomain(ctx context.Context, in NameDomain) (Domain, error) {
	return call[Domain](ctx, c, "domain/delete", in)
}

// SetDomain changes what is said of a domain.
func (c *Client) SetDomain(ctx context.Context, in provision.SetDomain) (Domain, error) {
	return call[Domain](ctx, c, "domain/set", in)
}

// ListDomains reads a page of domains.
func (c *Client) ListDomains(ctx context.Context, in provision.ListDomains) (Page[Domain, string], error) {
	return call[Page[Domain, string]](ctx, c, "domain/list", in)
}

// AddUser makes a user.
func (c *Client) AddUser(ctx context.Context, in provision.AddUser) (User, error) {
	return call[User](ctx, c, "user/add", in)
}

// DeleteUser deletes a user, unassigns the user's authenticators and closes
// their open registrations. It answers with the user as it was.
func (c *Client) DeleteUser(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/delete", in)
}

// EnableUser lets a disabled user register again.
func (c *Client) EnableUser(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/enable", in)
}

// DisableUser refuses the user every step.
func (c *Client) DisableUser(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/disable", in)
}

// UnlockUser opens a lock.
func (c *Client) UnlockUser(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/unlock", in)
}

// ListUsers reads a page of users.
func (c *Client) ListUsers(ctx context.Context, in provision.ListUsers) (Page[User, provision.UserKey], error) {
	return call[Page[User, provision.UserKey]](ctx, c, "user/list", in)
}

// SetUser changes the fields of a user that are given.
func (c *Client) SetUser(ctx context.Context, in provision.SetUser) (User, error) {
	return call[User](ctx, c, "user/set", in)
}

// SetUserPassword replaces the static password; a lock stays.
func (c *Client) SetUserPassword(ctx context.Context, in provision.SetUserPassword) (User, error) {
	return call[User](ctx, c, "user/set-password", in)
}

// ShowUser reads one user.
func (c *Client) ShowUser(ctx context.Context, in provision.NameUser) (User, error) {
	return call[User](ctx, c, "user/show", in)
}

// AddAuthenticator makes an authenticator, unassigned.
func (c *Client) AddAuthenticator(ctx context.Context, in AddAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/add", in)
}

// AssignAuthenticator assigns an authenticator that nobody has.
func (c *Client) AssignAuthenticator(ctx context.Context, in provision.AssignAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/assign", in)
}

// DeleteAuthenticator deletes an authenticator that nobody has. It answers with
// the authenticator as it was.
func (c *Client) DeleteAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/delete", in)
}

// EnableAuthenticator lets a disabled authenticator be used again.
func (c *Client) EnableAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/enable", in)
}

// DisableAuthenticator refuses the authenticator every step.
func (c *Client) DisableAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/disable", in)
}

// ListAuthenticators reads a page of authenticators.
func (c *Client) ListAuthenticators(ctx context.Context, in provision.ListAuthenticators) (Page[Authenticator, string], error) {
	return call[Page[Authenticator, string]](ctx, c, "authenticator/list", in)
}

// SetPIN gives an authenticator a server PIN, or takes it away.
func (c *Client) SetPIN(ctx context.Context, in provision.SetPIN) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/set-pin", in)
}

// ResetAuthenticator returns an assigned authenticator to its initial secret
// and moving factor, with a new grace period.
func (c *Client) ResetAuthenticator(ctx context.Context, in provision.ResetAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/reset", in)
}

// SetAuthenticator changes a licence.
func (c *Client) SetAuthenticator(ctx context.Context, in provision.SetAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/set", in)
}

// ShowAuthenticator reads one authenticator.
func (c *Client) ShowAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/show", in)
}

// UnassignAuthenticator takes an authenticator from its user and clears its
// binding.
func (c *Client) UnassignAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/unassign", in)
}

// DeactivateInstance gives the place of an instance back; its name is such as
// VDS1000140-1.
func (c *Client) DeactivateInstance(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/deactivate", in)
}

// AddComponent makes a component.
func (c *Client) AddComponent(ctx context.Context, in provision.AddComponent) (Component, error) {
	return call[Component](ctx, c, "component/add", in)
}

// DeleteComponent deletes a component. It answers with it as it was.
func (c *Client) DeleteComponent(ctx context.Context, in provision.NameComponent) (Component, error) {
	return call[Component](ctx, c, "component/delete", in)
}

// ListComponents reads a page of components.
func (c *Client) ListComponents(ctx context.Context, in provision.ListComponents) (Page[Component, provision.NameComponent], error) {
	return call[Page[Component, provision.NameComponent]](ctx, c, "component/list", in)
}

// SetComponent changes a component; what it has registered keeps its policy.
func (c *Client) SetComponent(ctx context.Context, in provision.SetComponent) (Component, error) {
	return call[Component](ctx, c, "component/set", in)
}

// ShowComponent reads one component.
func (c *Client) ShowComponent(ctx context.Context, in provision.NameComponent) (Component, error) {
	return call[Component](ctx, c, "component/show", in)
}

// AddGatewayKey makes an API key of the gateway.
func (c *Client) AddGatewayKey(ctx context.Context, in provision.AddGatewayKey) (AddedGatewayKey, error) {
	return call[AddedGatewayKey](ctx, c, "gateway-key/add", in)
}

// DeleteGatewayKey deletes an API key of the gateway, which opens nothing from
// the next request on. It answers with it as it was.
func (c *Client) DeleteGatewayKey(ctx context.Context, in NameGatewayKey) (GatewayKey, error) {
	return call[GatewayKey](ctx, c, "gateway-key/delete", in)
}

// AddPlatformKey makes a key of the Platform API.
func (c *Client) AddPlatformKey(ctx context.Context, in provision.AddPlatformKey) (AddedPlatformKey, error) {
	return call[AddedPlatformKey](ctx, c, "platform-key/add", in)
}

// DeletePlatformKey deletes a key of the Platform API, which opens nothing from
// then on.
func (c *Client) DeletePlatformKey(ctx context.Context, in NamePlatformKey) (PlatformKey, error) {
	return call[PlatformKey](ctx, c, "platform-key/delete", in)
}

// ListPlatformKeys reads a page of keys of the Platform API.
func (c *Client) ListPlatformKeys(ctx context.Context, in provision.ListPlatformKeys) (Page[PlatformKey, string], error) {
	return call[Page[PlatformKey, string]](ctx, c, "platform-key/list", in)
}

// AddOperatorKey makes a key of the operator's console.
func (c *Client) AddOperatorKey(ctx context.Context, in provision.AddOperatorKey) (AddedOperatorKey, error) {
	return call[AddedOperatorKey](ctx, c, "console-key/add", in)
}

// DeleteOperatorKey deletes a key of the operator's console.
func (c *Client) DeleteOperatorKey(ctx context.Context, in NameOperatorKey) (OperatorKey, error) {
	return call[OperatorKey](ctx, c, "console-key/delete", in)
}

// ListOperatorKeys reads a page of keys of the operator's console.
func (c *Client) ListOperatorKeys(ctx context.Context, in provision.ListOperatorKeys) (Page[OperatorKey, string], error) {
	return call[Page[OperatorKey, string]](ctx, c, "console-key/list", in)
}

// ListGatewayKeys reads a page of API keys of the gateway.
func (c *Client) ListGatewayKeys(ctx context.Context, in provision.ListGatewayKeys) (Page[GatewayKey, string], error) {
	return call[Page[GatewayKey, string]](ctx, c, "gateway-key/list", in)
}

// AddPolicy makes a policy.
func (c *Client) AddPolicy(ctx context.Context, in provision.AddPolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/add", in)
}

// DeletePolicy deletes a policy that nothing refers to. It answers with it as
// it was.
func (c *Client) DeletePolicy(ctx context.Context, in NamePolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/delete", in)
}

// ListPolicies reads a page of policies.
func (c *Client) ListPolicies(ctx context.Context, in provision.ListPolicies) (Page[Policy, string], error) {
	return call[Page[Policy, string]](ctx, c, "policy/list", in)
}

// SetPolicy changes a policy.
func (c *Client) SetPolicy(ctx context.Context, in provision.SetPolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/set", in)
}

// ShowPolicy reads one policy and every setting that holds under it.
func (c *Client) ShowPolicy(ctx context.Context, in NamePolicy) (EffectivePolicy, error) {
	return call[EffectivePolicy](ctx, c, "policy/show", in)
}

// CloseRegistration closes a registration that has not ended.
func (c *Client) CloseRegistration(ctx context.Context, in provision.CloseRegistration) (Registration, error) {
	return call[Registration](ctx, c, "registration/close", in)
}

// ListRegistrations reads a page of registrations.
func (c *Client) ListRegistrations(ctx context.Context, in provision.ListRegistrations) (Page[Registration, string], error) {
	return call[Page[Registration, string]](ctx, c, "registration/list", in)
}

// ShowRegistration reads one registration.
func (c *Client) ShowRegistration(ctx context.Context, in NameRegistration) (Registration, error) {
	return call[Registration](ctx, c, "registration/show", in)
}

// ExplainRequest explains what became of a request.
func (c *Client) ExplainRequest(ctx context.Context, in NameRequest) ([]Explanation, error) {
	return call[[]Explanation](ctx, c, "audit/explain", in)
}

// ListRefusals explains the last refusals.
func (c *Client) ListRefusals(ctx context.Context, in ListRefusals) ([]Explanation, error) {
	return call[[]Explanation](ctx, c, "audit/refusals", in)
}

// ExportAudit reads a part of an export.
func (c *Client) ExportAudit(ctx context.Context, in ExportAudit) (ExportedAudit, error) {
	return call[ExportedAudit](ctx, c, "audit/export", in)
}

// ListAuditEvents reads a page of the audit.
func (c *Client) ListAuditEvents(ctx context.Context, in provision.ListAuditEvents) (AuditPage, error) {
	return call[AuditPage](ctx, c, "audit/list", in)
}

// PruneAudit removes whole sealed ranges from the beginning of the audit.
func (c *Client) PruneAudit(ctx context.Context, in audit.Limit) (audit.Pruned, error) {
	return call[audit.Pruned](ctx, c, "audit/prune", in)
}

// VerifyAudit follows every chain of the audit. It takes as long as the audit
// is long.
func (c *Client) VerifyAudit(ctx context.Context, in VerifyAudit) (audit.Verification, error) {
	return call[audit.Verification](ctx, c, "audit/verify", in)
}

// Import adds the rows of a part.
func (c *Client) Import(ctx context.Context, in Import) (Imported, error) {
	return call[Imported](ctx, c, "import", in)
}

// CheckImport says what Import would do, and adds nothing.
func (c *Client) CheckImport(ctx context.Context, in Import) (Imported, error) {
	return call[Imported](ctx, c, "import/check", in)
}

// RotateKeys makes new keys, under which the server seals all secrets anew.
func (c *Client) RotateKeys(ctx context.Context, in RotateKeys) (KeyStatus, error) {
	return call[KeyStatus](ctx, c, "key/rotate", in)
}

// ShowKeys reads which keys there are, and how far sealing anew has come.
func (c *Client) ShowKeys(ctx context.Context, in ShowKeys) (KeyStatus, error) {
	return call[KeyStatus](ctx, c, "key/show", in)
}

// SetLogLevel sets the level that the server logs from, until it reads its
// settings again.
func (c *Client) SetLogLevel(ctx context.Context, in LogLevel) (LogLevel, error) {
	return call[LogLevel](ctx, c, "log/set-level", in)
}

// ShowLogLevel reads from which level on the server logs.
func (c *Client) ShowLogLevel(ctx context.Context, in LogLevel) (LogLevel, error) {
	return call[LogLevel](ctx, c, "log/show", in)
}

// ExportUsers reads a page of users as an import takes them.
func (c *Client) ExportUsers(ctx context.Context, in provision.ExportUsers) (Page[ImportUser, provision.UserKey], error) {
	return call[Page[ImportUser, provision.UserKey]](ctx, c, "user/export-page", in)
}

// ExportAuthenticators reads a page of authenticators with their secrets.
func (c *Client) ExportAuthenticators(ctx context.Context, in provision.ExportAuthenticators) (Page[ExportedAuthenticator, string], error) {
	return call[Page[ExportedAuthenticator, string]](ctx, c, "authenticator/export-page", in)
}

// ListWebhooks reads how every receiver of what happens is doing.
func (c *Client) ListWebhooks(ctx context.Context, in ListWebhooks) ([]notify.Status, error) {
	return call[[]notify.Status](ctx, c, "webhook/list", in)
}

// TestWebhook has one message sent to a receiver.
func (c *Client) TestWebhook(ctx context.Context, in NameWebhook) (WebhookTest, error) {
	return call[WebhookTest](ctx, c, "webhook/test", in)
}

// ResumeWebhook has a receiver be sent what has waited.
func (c *Client) ResumeWebhook(ctx context.Context, in NameWebhook) (notify.Status, error) {
	return call[notify.Status](ctx, c, "webhook/resume", in)
}

// SkipWebhook drops what has waited for a receiver.
func (c *Client) SkipWebhook(ctx context.Context, in NameWebhook) (notify.Status, error) {
	return call[notify.Status](ctx, c, "webhook/skip", in)
}
