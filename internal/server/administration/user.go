package administration

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// passwordIsSet stands for a static password, which nobody is shown.
const passwordIsSet = "********"

// keptFields are the attributes of a user that other servers have a use for.
// This one only keeps them.
var keptFields = []string{
	"OFFLINE_AUTH_ENABLED", "GROUP_LIST", "USE_DP_FROM_USER_ID", "USE_DP_FROM_USER_DOMAIN", "VDP_MDC_PROFILE",
	"VDP_SIGN_DELIVERY_METHOD", "VDP_SIGN_MDC_PROFILE", "LDAP_DN", "ADMIN_LEVEL",
}

// userFields returns the attributes of a user.
func userFields() []field[provision.User] {
	type user = provision.User
	attribute := func(id, xsdType, takes string) operation.Attribute {
		return operation.Attribute{ID: id, Type: xsdType, Takes: takes}
	}
	at := func(id string, get func(user) time.Time) field[user] {
		return field[user]{attribute(id, dateTime, "a time"), func(u user, _ time.Time) string { return moment(get(u)) }}
	}
	is := func(id string, get func(user, time.Time) bool) field[user] {
		return field[user]{attribute(id, boolean, "true or false"), func(u user, now time.Time) string { return truth(get(u, now)) }}
	}
	said := func(id, takes string, get func(user) string) field[user] {
		return field[user]{attribute(id, text, takes), func(u user, _ time.Time) string { return get(u) }}
	}
	sent := func(a operation.Attribute) field[user] { return field[user]{Attribute: a} }
	secret := func(id string) field[user] {
		return sent(operation.Attribute{ID: id, Type: text, Pattern: name, Takes: letters, Masked: true})
	}
	mode := func(id string, modes []string, get func(user) string) field[user] {
		takes := strings.Join(modes[:len(modes)-1], ", ") + " or " + modes[len(modes)-1]
		return field[user]{operation.Attribute{ID: id, Type: text, Values: modes, Takes: takes}, func(u user, _ time.Time) string { return get(u) }}
	}
	kept := func(id string) field[user] { return said(id, letters, func(u user) string { return u.KeptValue(id) }) }
	return []field[user]{
		{operation.Attribute{ID: "USERID", Type: text, Pattern: name, Takes: letters}, func(u user, _ time.Time) string { return u.UserID }},
		{operation.Attribute{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters}, func(u user, _ time.Time) string { return u.Domain }},
		said("ORGANIZATIONAL_UNIT", letters, func(u user) string { return u.OrgUnit }),
		mode("LOCAL_AUTH", provision.LocalAuthentications(), func(u user) string { return u.LocalAuth.String() }),
		mode("BACKEND_AUTH", provision.BackendAuthentications(), func(u user) string { return u.BackendAuth.String() }),
		is("DISABLED", func(u user, _ time.Time) bool { return u.Disabled }),
		is("LOCKED", user.IsLocked),
		{attribute("LOCK_COUNT", integer, "a number"), func(u user, _ time.Time) string { return number(u.WrongPasswords) }},
		said("USERNAME", letters, func(u user) string { return u.Name }),
		said("EMAIL", letters, func(u user) string { return u.Email }),
		said("MOBILE", letters, func(u user) string { return u.Mobile }),
		said("PHONE", letters, func(u user) string { return u.Phone }),
		said("DESCRIPTION", "up to 1024 characters", func(u user) string { return u.Description }),
		{operation.Attribute{ID: "PASSWORD", Type: text, Pattern: name, Takes: letters, Masked: true}, func(u user, _ time.Time) string {
			if u.PasswordHash == "" {
				return ""
			}
			return passwordIsSet
		}},
		secret("NEW_PASSWORD"), secret("CONFIRM_NEW_PASSWORD"),
		{operation.Attribute{ID: "HAS_DP", Type: text, Values: assignment(), Takes: "Assigned or Unassigned"},
			func(u user, _ time.Time) string { return assigned(len(u.SerialNumbers) > 0) }},
		said("ASSIGNED_DIGIPASS", "serial numbers with commas between", func(u user) string { return strings.Join(u.SerialNumbers, ",") }),
		at("EXPIRATION_TIME", func(u user) time.Time { return u.ExpiresAt }),
		is("EXPIRED", user.IsExpired),
		at("CREATE_TIME", func(u user) time.Time { return u.CreatedAt }),
		at("MODIFY_TIME", func(u user) time.Time { return later(u.ModifiedAt, u.CreatedAt) }),
		at("LASTAUTH_TIME", func(u user) time.Time { return u.LastAuthAt }),
		at("LASTAUTHREQ_TIME", func(u user) time.Time { return u.LastAuthRequestAt }),
		at("LAST_PASSWORD_SET_TIME", func(u user) time.Time { return u.PasswordSetAt }),
		{attribute("STATUS", integer, "-1"), func(user, time.Time) string { return "-1" }},
		said("OFFLINE_AUTH_ENABLED", letters, func(u user) string { return cmp.Or(u.KeptValue("OFFLINE_AUTH_ENABLED"), "Default") }),
		kept("GROUP_LIST"), kept("USE_DP_FROM_USER_ID"), kept("USE_DP_FROM_USER_DOMAIN"),
		mode("VDP_DELIVERY_METHOD", provision.VirtualDeliveries, func(u user) string { return u.VirtualDelivery }), kept("VDP_MDC_PROFILE"),
		kept("VDP_SIGN_DELIVERY_METHOD"), kept("VDP_SIGN_MDC_PROFILE"), kept("LDAP_DN"),
		{operation.Attribute{ID: "ADMIN_LEVEL", Type: integer, Pattern: "[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5]", Takes: "0 to 255"},
			func(u user, _ time.Time) string { return u.KeptValue("ADMIN_LEVEL") }},
	}
}

func later(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// assignment returns the words for whether an authenticator is assigned.
func assignment() []string { return []string{"Assigned", "Unassigned"} }

func assigned(is bool) string {
	if is {
		return "Assigned"
	}
	return "Unassigned"
}

func userCommands() []command {
	who, holder := []string{"USERID"}, []string{"DOMAIN"}
	writable := append([]string{"ORGANIZATIONAL_UNIT", "USERNAME", "EMAIL", "MOBILE", "PHONE", "DESCRIPTION", "EXPIRATION_TIME", "VDP_DELIVERY_METHOD"}, keptFields...)
	modes := []string{"LOCAL_AUTH", "BACKEND_AUTH", "DISABLED", "LOCKED"}
	named := func(cmd string, out []string, run func(context.Context, *door, provision.Operator, provision.NameUser) (provision.User, error)) command {
		return command{operation.Form{Name: cmd, Required: who, Optional: holder, Out: out},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				user, err := run(ctx, d, o, in.user())
				return d.users.values(user, d.Service.Now()), err
			}}
	}
	return []command{
		named("VIEW", nil, func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.ViewUser(ctx, o, u)
		}),
		{operation.Form{Name: "CREATE", Required: append([]string{"USERID", "DOMAIN"}, modes...), Optional: append([]string{"PASSWORD"}, writable...)}, createUser},
		{operation.Form{Name: "UPDATE", Required: who, Optional: append(append(holder, modes...), writable...)}, updateUser},
		named("DELETE", nothing(), func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.DeleteUser(ctx, o, u)
		}),
		named("ENABLE", nil, func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.EnableUser(ctx, o, u)
		}),
		named("DISABLE", nil, func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.DisableUser(ctx, o, u)
		}),
		named("UNLOCK", nil, func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.UnlockUser(ctx, o, u)
		}),
		named("RESET_LAST_AUTH_TIME", nil, func(ctx context.Context, d *door, o provision.Operator, u provision.NameUser) (provision.User, error) {
			return d.Service.ResetLastAuthentication(ctx, o, u)
		}),
		{operation.Form{Name: "SET_PASSWORD", Required: []string{"USERID", "NEW_PASSWORD", "CONFIRM_NEW_PASSWORD"}, Optional: holder, Out: nothing()}, setPassword},
		{operation.Form{Name: "RESET_PASSWORD", Required: who, Optional: []string{"DOMAIN", "NEW_PASSWORD", "CONFIRM_NEW_PASSWORD"}, Out: nothing()}, resetPassword},
		{operation.Form{Name: "SET_EXPIRATION", Required: who, Optional: []string{"DOMAIN", "EXPIRATION_TIME"}}, setExpiration},
	}
}

func (in request) user() provision.NameUser {
	return provision.NameUser{Domain: in.Values["DOMAIN"], UserID: in.Values["USERID"]}
}

func (in request) userFields() provision.UserFields {
	kept := map[string]string{}
	for _, id := range keptFields {
		if value := in.text(id); value != nil {
			kept[id] = *value
		}
	}
	return provision.UserFields{
		LocalAuth: in.text("LOCAL_AUTH"), BackendAuth: in.text("BACKEND_AUTH"), Disabled: in.truth("DISABLED"), Locked: in.truth("LOCKED"),
		Email: in.text("EMAIL"), Mobile: in.text("MOBILE"), Phone: in.text("PHONE"), Name: in.text("USERNAME"),
		Description: in.text("DESCRIPTION"), OrgUnit: in.text("ORGANIZATIONAL_UNIT"), ExpiresAt: in.moment("EXPIRATION_TIME"),
		VirtualDelivery: in.text("VDP_DELIVERY_METHOD"), Kept: kept,
	}
}

func createUser(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	password := in.Values["PASSWORD"]
	user, err := d.Service.AddUser(ctx, o, provision.AddUser{
		Domain: in.Values["DOMAIN"], UserID: in.Values["USERID"], StaticPassword: password, NoPassword: password == "", UserFields: in.userFields(),
	})
	return d.users.values(user, d.Service.Now()), err
}

func updateUser(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	user, err := d.Service.SetUser(ctx, o, provision.SetUser{NameUser: in.user(), UserFields: in.userFields()})
	return d.users.values(user, d.Service.Now()), err
}

func setPassword(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	if in.Values["NEW_PASSWORD"] != in.Values["CONFIRM_NEW_PASSWORD"] {
		return nil, &operation.AttributeError{
			FieldError: soap.FieldError{Path: in.prefix + "CONFIRM_NEW_PASSWORD", Problem: "is not the new password", Mend: "send the same in both"},
			Refusal:    provision.InvalidData,
		}
	}
	_, err := d.Service.SetUserPassword(ctx, o, provision.SetUserPassword{NameUser: in.user(), StaticPassword: in.Values["NEW_PASSWORD"]})
	return nil, err
}

func resetPassword(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	if in.Values["NEW_PASSWORD"] != "" || in.Values["CONFIRM_NEW_PASSWORD"] != "" {
		return setPassword(ctx, d, o, in)
	}
	_, err := d.Service.ResetUserPassword(ctx, o, in.user())
	return nil, err
}

func setExpiration(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	at := in.moment("EXPIRATION_TIME")
	if at == nil {
		at = new(time.Time) // none is sent: it never expires
	}
	user, err := d.Service.SetUserExpiration(ctx, o, provision.SetUser{NameUser: in.user(), UserFields: provision.UserFields{ExpiresAt: at}})
	return d.users.values(user, d.Service.Now()), err
}

func (d *door) userExecute(ctx context.Context, r *soap.Request, in *wsdl.UserExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.users, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyUserExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendUserExecuteResponse(dst, &wsdl.UserExecuteResponse{Results: results(status, result)})
}

// userIndex says by which fields of the index a search may look.
var userIndex = map[string]provision.UserField{
	"EMAIL": provision.ByEmail, "MOBILE": provision.ByMobile, "PHONE": provision.ByPhone, "USERNAME": provision.ByName,
	"DESCRIPTION": provision.ByDescription, "ORGANIZATIONAL_UNIT": provision.ByOrgUnit,
}

func (d *door) userQuery(ctx context.Context, r *soap.Request, in *wsdl.UserQuery) (*rows, error) {
	return query(ctx, d, r, d.users, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.User], fits func(provision.User) bool) (provision.Found[provision.User], error) {
			asked := provision.QueryUsers{Domains: s.domains(), Terms: userTerms(s), Fits: fits, SearchOptions: s.options}
			asked.UserID, asked.UserIDPrefix = s.exact("USERID")
			return d.Service.QueryUsers(ctx, o, asked)
		})
}

// userTerms returns values of the index that every user has who fits.
func userTerms(s search[provision.User]) []provision.UserTerm {
	var terms []provision.UserTerm
	for id, by := range userIndex {
		switch exact, beginning := s.exact(id); {
		case exact != "":
			terms = append(terms, provision.UserTerm{Field: by, Value: exact})
		case beginning != "":
			terms = append(terms, provision.UserTerm{Field: by, Value: beginning, Prefix: true})
		}
	}
	for _, f := range s.filters {
		if f.isSet || f.negative {
			continue
		}
		switch {
		case f.field.ID == "HAS_DP":
			terms = append(terms, provision.UserTerm{Field: provision.ByAssigned, Value: truth(strings.EqualFold(f.value, "Assigned"))})
		case f.field.ID == "DISABLED" && isTrue(f.value):
			terms = append(terms, provision.UserTerm{Field: provision.ByDisabled, Value: truth(true)})
		case f.field.ID == "LOCKED" && isTrue(f.value):
			terms = append(terms, provision.UserTerm{Field: provision.ByLocked, Value: truth(true)})
		}
	}
	return terms
}

func replyUserQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendUserQueryResponse(dst, &wsdl.UserQueryResponse{Results: queryResults(status, result)})
}
