package administration

import (
	"context"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// userAttributeFields returns the attributes of a user's attribute.
func userAttributeFields() []field[provision.UserAttribute] {
	type attribute = provision.UserAttribute
	said := func(id, takes string, get func(attribute) string) field[attribute] {
		return field[attribute]{operation.Attribute{ID: id, Type: text, Takes: takes}, func(a attribute, _ time.Time) string { return get(a) }}
	}
	at := func(id string, get func(attribute) time.Time) field[attribute] {
		return field[attribute]{operation.Attribute{ID: id, Type: dateTime, Takes: "a time"}, func(a attribute, _ time.Time) string { return moment(get(a)) }}
	}
	return []field[attribute]{
		said("USERID", letters, func(a attribute) string { return a.UserID }),
		said("DOMAIN", letters, func(a attribute) string { return a.Domain }),
		said("ATTR_GROUP", letters, func(a attribute) string { return a.Group }),
		said("NAME", letters, func(a attribute) string { return a.Name }),
		said("USAGE_QUALIFIER", letters, func(a attribute) string { return a.UsageQualifier }),
		said("VALUE", "up to 1024 characters", func(a attribute) string { return a.Value }),
		{operation.Attribute{ID: "OPTIONS", Type: unsigned, Takes: "1 for a RADIUS attribute, 0 for others"},
			func(a attribute, _ time.Time) string { return strconv.FormatUint(uint64(a.Options), 10) }},
		at("CREATE_TIME", func(a attribute) time.Time { return a.CreatedAt }),
		at("MODIFY_TIME", func(a attribute) time.Time { return later(a.ModifiedAt, a.CreatedAt) }),
		said("LDAP_DN", letters, func(a attribute) string { return a.LDAPName }),
	}
}

func userAttributeCommands() []command {
	key := []string{"USERID", "ATTR_GROUP", "NAME"}
	ordered := func(cmd string, optional, out []string, run func(context.Context, *provision.Service, provision.Operator, provision.SetUserAttribute) (provision.UserAttribute, error)) command {
		return command{operation.Form{Name: cmd, Required: key, Optional: optional, Out: out},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				a, err := run(ctx, d.Service, o, in.userAttribute())
				return d.userAttributes.values(a, d.Service.Now()), err
			}}
	}
	said := []string{"DOMAIN", "USAGE_QUALIFIER", "VALUE", "OPTIONS", "LDAP_DN"}
	holder := []string{"DOMAIN"}
	type set = provision.SetUserAttribute
	type result = provision.UserAttribute
	return []command{
		ordered("CREATE", said, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (result, error) {
			return s.AddUserAttribute(ctx, o, in)
		}),
		ordered("VIEW", holder, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (result, error) {
			return s.ViewUserAttribute(ctx, o, in)
		}),
		ordered("UPDATE", said, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (result, error) {
			return s.SetUserAttribute(ctx, o, in)
		}),
		ordered("DELETE", holder, nothing(), func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (result, error) {
			return s.DeleteUserAttribute(ctx, o, in)
		}),
	}
}

func (in request) userAttribute() provision.SetUserAttribute {
	a := provision.SetUserAttribute{
		NameUser: in.user(), Group: in.Values["ATTR_GROUP"], Name: in.Values["NAME"],
		UsageQualifier: in.text("USAGE_QUALIFIER"), Value: in.text("VALUE"), LDAPName: in.text("LDAP_DN"),
	}
	if sent, there := in.Values["OPTIONS"]; there {
		options, _ := strconv.ParseUint(sent, 10, 32) // its type says that it is one
		a.Options = new(uint32)
		*a.Options = uint32(options)
	}
	return a
}

func (d *door) userattributeExecute(ctx context.Context, r *soap.Request, in *wsdl.UserattributeExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.userAttributes, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyUserattributeExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendUserattributeExecuteResponse(dst, &wsdl.UserattributeExecuteResponse{Results: results(status, result)})
}

func (d *door) userattributeQuery(ctx context.Context, r *soap.Request, in *wsdl.UserattributeQuery) (*rows, error) {
	return query(ctx, d, r, d.userAttributes, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.UserAttribute], fits func(provision.UserAttribute) bool) (provision.Found[provision.UserAttribute], error) {
			userID, _ := s.exact("USERID")
			return d.Service.QueryUserAttributes(ctx, o, s.domains(), userID, fits, s.options)
		})
}

func replyUserattributeQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendUserattributeQueryResponse(dst, &wsdl.UserattributeQueryResponse{Results: queryResults(status, result)})
}
