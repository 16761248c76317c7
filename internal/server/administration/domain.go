package administration

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// domainFields returns the attributes of a domain.
func domainFields() []field[provision.Domain] {
	type domain = provision.Domain
	return []field[domain]{
		{operation.Attribute{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters}, func(d domain, _ time.Time) string { return d.Name }},
		{operation.Attribute{ID: "DESCRIPTION", Type: text, Takes: "up to 1024 characters"}, func(d domain, _ time.Time) string { return d.Description }},
		{operation.Attribute{ID: "MASTERDOMAIN", Type: boolean, Takes: "true or false"}, func(d domain, _ time.Time) string { return truth(d.IsMaster()) }},
		{operation.Attribute{ID: "CREATE_TIME", Type: dateTime, Takes: "a time"}, func(d domain, _ time.Time) string { return moment(d.CreatedAt) }},
		{operation.Attribute{ID: "MODIFY_TIME", Type: dateTime, Takes: "a time"}, func(d domain, _ time.Time) string { return moment(later(d.ModifiedAt, d.CreatedAt)) }},
		{operation.Attribute{ID: "DOMAIN_ALT_SUFFIX", Type: text, Takes: letters}, func(d domain, _ time.Time) string { return d.AltSuffix }},
	}
}

func domainCommands() []command {
	ordered := func(cmd string, optional, out []string, run func(context.Context, *provision.Service, provision.Operator, request) (provision.Domain, error)) command {
		return command{operation.Form{Name: cmd, Required: []string{"DOMAIN"}, Optional: optional, Out: out},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				domain, err := run(ctx, d.Service, o, in)
				return d.domains.values(domain, d.Service.Now()), err
			}}
	}
	return []command{
		ordered("CREATE", []string{"DESCRIPTION", "DOMAIN_ALT_SUFFIX"}, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in request) (provision.Domain, error) {
			return s.AddDomain(ctx, o, provision.AddDomain{
				Name: in.Values["DOMAIN"], Description: in.Values["DESCRIPTION"], AltSuffix: in.Values["DOMAIN_ALT_SUFFIX"]})
		}),
		ordered("VIEW", nil, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in request) (provision.Domain, error) {
			return s.ViewDomain(ctx, o, in.Values["DOMAIN"])
		}),
		ordered("UPDATE", []string{"DESCRIPTION", "DOMAIN_ALT_SUFFIX"}, nil, func(ctx context.Context, s *provision.Service, o provision.Operator, in request) (provision.Domain, error) {
			return s.SetDomain(ctx, o, provision.SetDomain{
				Name: in.Values["DOMAIN"], Description: in.text("DESCRIPTION"), AltSuffix: in.text("DOMAIN_ALT_SUFFIX")})
		}),
		ordered("DELETE", nil, nothing(), func(ctx context.Context, s *provision.Service, o provision.Operator, in request) (provision.Domain, error) {
			return s.DeleteDomain(ctx, o, in.Values["DOMAIN"])
		}),
	}
}

func (d *door) domainExecute(ctx context.Context, r *soap.Request, in *wsdl.DomainExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.domains, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyDomainExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendDomainExecuteResponse(dst, &wsdl.DomainExecuteResponse{Results: results(status, result)})
}

func (d *door) domainQuery(ctx context.Context, r *soap.Request, in *wsdl.DomainQuery) (*rows, error) {
	return query(ctx, d, r, d.domains, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.Domain], fits func(provision.Domain) bool) (provision.Found[provision.Domain], error) {
			return d.Service.QueryDomains(ctx, o, fits, s.options)
		})
}

func replyDomainQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendDomainQueryResponse(dst, &wsdl.DomainQueryResponse{Results: queryResults(status, result)})
}
