package administration

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// orgUnitFields returns the attributes of an organizational unit.
func orgUnitFields() []field[provision.OrgUnit] {
	type unit = provision.OrgUnit
	return []field[unit]{
		{operation.Attribute{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters}, func(u unit, _ time.Time) string { return u.Domain }},
		{operation.Attribute{ID: "ORGANIZATIONAL_UNIT", Type: text, Pattern: name, Takes: letters}, func(u unit, _ time.Time) string { return u.Name }},
		{operation.Attribute{ID: "PARENT_ORGANIZATIONAL_UNIT", Type: text, Takes: letters}, func(u unit, _ time.Time) string { return u.Parent }},
		{operation.Attribute{ID: "DESCRIPTION", Type: text, Takes: "up to 1024 characters"}, func(u unit, _ time.Time) string { return u.Description }},
		{operation.Attribute{ID: "CREATE_TIME", Type: dateTime, Takes: "a time"}, func(u unit, _ time.Time) string { return moment(u.CreatedAt) }},
		{operation.Attribute{ID: "MODIFY_TIME", Type: dateTime, Takes: "a time"}, func(u unit, _ time.Time) string { return moment(later(u.ModifiedAt, u.CreatedAt)) }},
	}
}

func orgUnitCommands() []command {
	said := []string{"DOMAIN", "PARENT_ORGANIZATIONAL_UNIT", "DESCRIPTION"}
	ordered := func(cmd string, optional, out []string, run func(context.Context, *provision.Service, provision.Operator, provision.SetOrgUnit) (provision.OrgUnit, error)) command {
		return command{operation.Form{Name: cmd, Required: []string{"ORGANIZATIONAL_UNIT"}, Optional: optional, Out: out},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				unit, err := run(ctx, d.Service, o, provision.SetOrgUnit{
					Domain: in.Values["DOMAIN"], Name: in.Values["ORGANIZATIONAL_UNIT"],
					Parent: in.text("PARENT_ORGANIZATIONAL_UNIT"), Description: in.text("DESCRIPTION"),
				})
				return d.orgUnits.values(unit, d.Service.Now()), err
			}}
	}
	type set = provision.SetOrgUnit
	type unit = provision.OrgUnit
	return []command{
		ordered("CREATE", said, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (unit, error) {
			return s.AddOrgUnit(ctx, o, in)
		}),
		ordered("VIEW", []string{"DOMAIN"}, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (unit, error) {
			return s.ViewOrgUnit(ctx, o, provision.OrgUnitKey{Domain: in.Domain, Name: in.Name})
		}),
		ordered("UPDATE", said, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (unit, error) {
			return s.SetOrgUnit(ctx, o, in)
		}),
		ordered("DELETE", []string{"DOMAIN"}, nothing(), func(ctx context.Context, s *provision.Service, o provision.Operator, in set) (unit, error) {
			return s.DeleteOrgUnit(ctx, o, provision.OrgUnitKey{Domain: in.Domain, Name: in.Name})
		}),
	}
}

func (d *door) orgunitExecute(ctx context.Context, r *soap.Request, in *wsdl.OrgunitExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.orgUnits, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyOrgunitExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendOrgunitExecuteResponse(dst, &wsdl.OrgunitExecuteResponse{Results: results(status, result)})
}

func (d *door) orgunitQuery(ctx context.Context, r *soap.Request, in *wsdl.OrgunitQuery) (*rows, error) {
	return query(ctx, d, r, d.orgUnits, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.OrgUnit], fits func(provision.OrgUnit) bool) (provision.Found[provision.OrgUnit], error) {
			return d.Service.QueryOrgUnits(ctx, o, s.domains(), fits, s.options)
		})
}

func replyOrgunitQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendOrgunitQueryResponse(dst, &wsdl.OrgunitQueryResponse{Results: queryResults(status, result)})
}
