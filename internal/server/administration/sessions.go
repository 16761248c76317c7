package administration

import (
	"context"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

const (
	text     = operation.TypeString
	boolean  = operation.TypeBoolean
	integer  = operation.TypeInt
	unsigned = operation.TypeUnsignedInt
	dateTime = operation.TypeDateTime

	name    = `(?s).{1,255}`
	letters = "1 to 255 characters"
)

// newCredentialTable makes the attributes of logon, logoff and sessionalive.
func newCredentialTable() (*operation.Table, error) {
	table, err := operation.NewTable("CREDFLD_", true, []operation.Attribute{
		{ID: "USERID", Type: text, Pattern: name, Takes: letters},
		{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters},
		{ID: "PASSWORD_FORMAT", Type: unsigned, Takes: "0 for one text in CREDFLD_PASSWORD, 4 for parts of their own"},
		{ID: "PASSWORD", Type: text, Pattern: name, Takes: "the static password, the PIN and the one-time password in one text, each of which may be missing", Masked: true},
		{ID: "STATIC_PASSWORD", Type: text, Pattern: name, Takes: letters, Masked: true},
		{ID: "CURRENT_PIN", Type: text, Pattern: `[0-9]{1,8}`, Takes: "1 to 8 digits", Masked: true},
		{ID: "DP_RESPONSE", Type: text, Pattern: `[0-9]{1,27}`, Takes: "1 to 27 digits", Masked: true},
		{ID: "SESSION_ID", Type: text, Takes: "the session ID that logon returned"},
		{ID: "LOGICAL_ADMIN_PRIVILEGES", Type: text},
		{ID: "USER_LOCATION", Type: text},
		{ID: "LAST_LOGON_TIME", Type: dateTime},
		{ID: "PRODUCT_NAME", Type: text},
		{ID: "PRODUCT_VERSION", Type: text},
		{ID: "CONTROLLER_TYPE", Type: text},
		{ID: "DATA_MIGRATION", Type: text},
		{ID: "MAKER_CHECKER", Type: boolean},
		{ID: "STATUS_MESSAGE", Type: text},

		// What other interfaces have, and what this server has no use for.
		{ID: "COMPONENT_TYPE", Type: text}, {ID: "ORGANIZATIONAL_UNIT", Type: text}, {ID: "SERIAL_NO", Type: text}, {ID: "ADMIN_PRIVILEGES", Type: text},
		{ID: "AUXILIARY_MESSAGE", Type: text}, {ID: "CHALLENGE", Type: text}, {ID: "CHALLENGE_KEY", Type: text}, {ID: "REQUEST_HOST_CODE", Type: unsigned},
	})
	if err != nil {
		return nil, err
	}
	return table, table.Check(logonForm)
}

var (
	logonForm = operation.Form{
		Name: "logon", Required: []string{"USERID", "PASSWORD_FORMAT"},
		Optional: []string{"DOMAIN", "PASSWORD", "STATIC_PASSWORD", "CURRENT_PIN", "DP_RESPONSE"},
		Out: []string{"SESSION_ID", "LOGICAL_ADMIN_PRIVILEGES", "DOMAIN", "USER_LOCATION", "LAST_LOGON_TIME", "PRODUCT_NAME",
			"PRODUCT_VERSION", "CONTROLLER_TYPE", "DATA_MIGRATION", "MAKER_CHECKER"},
	}
	sessionForm = operation.Form{Name: "logoff and sessionalive", Required: []string{"SESSION_ID"}}
)

// productName and productVersion say which server it is.
const productName = "dsappd"

var productVersion = sync.OnceValue(func() string {
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "(devel)"
})

func (d *door) logon(ctx context.Context, r *soap.Request, in *wsdl.Logon) (*wsdl.CredentialAttributeSet, error) {
	return d.credentials(ctx, r, logonForm, in.AttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		credential, err := d.credential.Credential(given)
		if err != nil {
			return nil, err
		}
		result, err := d.Service.Logon(ctx, caller, provision.Logon{UserID: given["USERID"], Domain: given["DOMAIN"], Credential: credential})
		if err != nil {
			return nil, err
		}
		return operation.Values{
			"SESSION_ID": result.SessionID, "LOGICAL_ADMIN_PRIVILEGES": privileges(result.Administrator), "DOMAIN": result.Domain,
			"USER_LOCATION": result.Location, "LAST_LOGON_TIME": moment(result.LastLogonAt), "PRODUCT_NAME": productName,
			"PRODUCT_VERSION": productVersion(), "CONTROLLER_TYPE": "SSM", "DATA_MIGRATION": "disabled", "MAKER_CHECKER": truth(false),
		}, nil
	})
}

// privileges lists all privileges, each with whether the administrator has it.
func privileges(a provision.Administrator) string {
	var all []string
	for _, p := range provision.Privileges() {
		all = append(all, string(p)+" "+truth(a.Has(p)))
	}
	return strings.Join(all, ", ")
}

func (d *door) logoff(ctx context.Context, r *soap.Request, in *wsdl.Logoff) (*wsdl.CredentialAttributeSet, error) {
	return d.credentials(ctx, r, sessionForm, in.AttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		return nil, d.Service.Logoff(ctx, caller, given["SESSION_ID"])
	})
}

func (d *door) sessionalive(ctx context.Context, r *soap.Request, in *wsdl.Sessionalive) (*wsdl.CredentialAttributeSet, error) {
	return d.credentials(ctx, r, sessionForm, in.AttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		return nil, d.Service.SessionAlive(ctx, caller, given["SESSION_ID"])
	})
}

// credentials reads the attributes of an operation on sessions, has it decided,
// and writes its own.
func (d *door) credentials(ctx context.Context, r *soap.Request, f operation.Form, set wsdl.CredentialAttributeSet,
	decide func(context.Context, provision.Caller, operation.Values) (operation.Values, error),
) (*wsdl.CredentialAttributeSet, error) {
	sent := operation.SentOf(set.Attributes)
	given, err := d.Read(r, d.credential, f, sent)
	if err != nil {
		return nil, err
	}
	caller, err := d.Caller(r, "")
	if err != nil {
		return nil, err
	}
	result, err := decide(ctx, caller, given)
	if err != nil {
		return nil, d.credential.WithoutMasked(inWords(err), f, sent)
	}
	return &wsdl.CredentialAttributeSet{Attributes: operation.Attributes[wsdl.CredentialAttribute](d.credential.Write(f, result))}, nil
}

// credentialResults returns the outcome of an operation on sessions. An
// attribute says a refusal once more, because some clients look for it there.
func credentialResults(status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) wsdl.CredentialResults {
	out := wsdl.CredentialResults{ResultCodes: status.ResultCodes, ErrorStack: stack(status)}
	if result != nil {
		out.ResultAttribute = *result
	} else if len(out.ErrorStack.Errors) > 0 {
		out.ResultAttribute.Attributes = []wsdl.CredentialAttribute{{
			AttributeID: "CREDFLD_STATUS_MESSAGE", Value: &wsdl.Value{Type: text, Text: out.ErrorStack.Errors[0].ErrorDesc},
		}}
	}
	return out
}

func replyLogon(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendLogonResponse(dst, &wsdl.LogonResponse{Results: credentialResults(status, result)})
}

func replyLogoff(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendLogoffResponse(dst, &wsdl.LogoffResponse{Results: credentialResults(status, result)})
}

func replySessionalive(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendSessionaliveResponse(dst, &wsdl.SessionaliveResponse{Results: credentialResults(status, result)})
}

// sessionFields returns the attributes of a session.
func sessionFields() []field[provision.AdminSession] {
	type session = provision.AdminSession
	return []field[session]{
		{operation.Attribute{ID: "SESSION_IDX", Type: text, Takes: "the index of a session"}, func(s session, _ time.Time) string { return s.Index }},
		{operation.Attribute{ID: "LOGIN_NAME", Type: text, Takes: letters}, func(s session, _ time.Time) string { return s.UserID }},
		{operation.Attribute{ID: "DOMAIN", Type: text, Takes: letters}, func(s session, _ time.Time) string { return s.Domain }},
		{operation.Attribute{ID: "LOCATION", Type: text, Takes: "an address"}, func(s session, _ time.Time) string { return s.Address }},
		{operation.Attribute{ID: "START_TIME", Type: dateTime, Takes: "a time"}, func(s session, _ time.Time) string { return moment(s.StartedAt) }},
	}
}

func (d *door) adminSessionQuery(ctx context.Context, r *soap.Request, in *wsdl.AdminSessionQuery) (*rows, error) {
	return query(ctx, d, r, d.sessions, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.AdminSession], fits func(provision.AdminSession) bool) (provision.Found[provision.AdminSession], error) {
			return d.Service.ListSessions(ctx, o, fits, s.options)
		})
}

func replyAdminSessionQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendAdminSessionQueryResponse(dst, &wsdl.AdminSessionQueryResponse{Results: queryResults(status, result)})
}
