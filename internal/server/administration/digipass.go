package administration

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// The one application of every authenticator, and its type: response only.
const (
	applicationName = "OTP"
	applicationType = "RO"
)

// digipassFields returns the attributes of an authenticator.
func digipassFields() []field[provision.HeldAuthenticator] {
	type digipass = provision.HeldAuthenticator
	said := func(id, takes string, get func(digipass) string) field[digipass] {
		return field[digipass]{operation.Attribute{ID: id, Type: text, Takes: takes}, func(a digipass, _ time.Time) string { return get(a) }}
	}
	at := func(id string, get func(digipass) time.Time) field[digipass] {
		return field[digipass]{operation.Attribute{ID: id, Type: dateTime, Takes: "a time"}, func(a digipass, _ time.Time) string { return moment(get(a)) }}
	}
	is := func(id string, get func(digipass, time.Time) bool) field[digipass] {
		return field[digipass]{operation.Attribute{ID: id, Type: boolean, Takes: "true or false"}, func(a digipass, now time.Time) string { return truth(get(a, now)) }}
	}
	sent := func(id, xsdType, takes string) field[digipass] {
		return field[digipass]{Attribute: operation.Attribute{ID: id, Type: xsdType, Takes: takes}}
	}
	result := func(id string) field[digipass] {
		return field[digipass]{Attribute: operation.Attribute{ID: id, Type: text, Masked: true}}
	}
	passed := func(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
	return []field[digipass]{
		said("SERNO", "three of A-Z 0-9 and seven digits", func(a digipass) string { return a.SerialNumber }),
		said("DOMAIN", letters, func(a digipass) string { return a.Domain }),
		said("DPTYPE", letters, func(a digipass) string { return a.ModelName() }),
		said("ACTIVE_APPL_NAMES", letters, func(digipass) string { return applicationName }),
		said("ACTIVE_APPL_TYPES", letters, func(digipass) string { return applicationType }),
		{operation.Attribute{ID: "ASSIGN_STATUS", Type: text, Values: assignment(), Takes: "Assigned or Unassigned"},
			func(a digipass, _ time.Time) string { return assigned(a.UserID != "") }},
		said("ASSIGNED_USERID", letters, func(a digipass) string { return a.UserID }),
		said("ASSIGNED_USER_ORG_UNIT", letters, func(a digipass) string { return a.OrgUnit }),
		at("ASSIGNED_DATE", func(a digipass) time.Time { return a.AssignedAt }),
		at("GRACE_PERIOD_EXPIRES", func(a digipass) time.Time { return a.GraceEndsAt }),
		is("GRACE_PERIOD_EXPIRED", func(a digipass, now time.Time) bool { return passed(a.GraceEndsAt, now) }),
		at("CREATE_TIME", func(a digipass) time.Time { return a.CreatedAt }),
		at("MODIFY_TIME", func(a digipass) time.Time { return later(a.ModifiedAt, a.CreatedAt) }),
		{operation.Attribute{ID: "ACTIV_COUNT", Type: integer, Takes: "a number"}, func(a digipass, _ time.Time) string { return number(a.Activations) }},
		at("LAST_ACTIV_TIME", func(a digipass) time.Time { return a.LastActivatedAt }),
		said("BIND_STATUS", "Bound or Unbound", bindStatus),
		{operation.Attribute{ID: "MAX_ACTIVATIONS", Type: integer, Takes: "a number"}, maxActivations},
		is("EXPIRED", func(a digipass, now time.Time) bool { return passed(a.ExpiresAt, now) }),
		at("EXPIRATION_TIME", func(a digipass) time.Time { return a.ExpiresAt }),
		is("DIRECT_ASSIGN_ONLY", func(digipass, time.Time) bool { return false }),
		sent("GRACE_PERIOD_DAYS", integer, "0 to 3650"),
		result("FULL_ACTIVATION_DATA"), result("QR_CODE"),

		// What this server has no use for.
		sent("ORGANIZATIONAL_UNIT", text, letters), sent("DEVICE_ID", text, letters),
		sent("DEVICE_TYPE", text, letters), sent("DEVICE_CODE", text, letters), sent("LICENSE_SERNO", text, letters),
	}
}

func bindStatus(a provision.HeldAuthenticator) string {
	if len(a.Diversifier) > 0 {
		return "Bound"
	}
	return "Unbound"
}

// maxActivations returns how many devices a licence is for.
func maxActivations(a provision.HeldAuthenticator, _ time.Time) string {
	if a.Licence == nil {
		return ""
	}
	return number(a.Licence.Limit)
}

func digipassCommands() []command {
	serial := []string{"SERNO"}
	return []command{
		{operation.Form{Name: "VIEW", Required: serial, Optional: []string{"DOMAIN"}},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				a, err := d.Service.ViewAuthenticator(ctx, o, in.Values["SERNO"])
				return d.digipasses.values(a, d.Service.Now()), err
			}},
		{operation.Form{Name: "ASSIGN", Required: []string{"ASSIGNED_USERID"},
			Optional: []string{"SERNO", "DPTYPE", "DOMAIN", "ASSIGNED_USER_ORG_UNIT", "GRACE_PERIOD_DAYS", "EXPIRATION_TIME"}}, assignDigipass},
		{operation.Form{Name: "UNASSIGN", Required: serial, Optional: []string{"DOMAIN"}},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				a, err := d.Service.UnassignAuthenticator(ctx, o, in.Values["SERNO"])
				return d.digipasses.values(provision.HeldAuthenticator{Authenticator: a}, d.Service.Now()), err
			}},
		{operation.Form{Name: "GENERATE_ACTIVATION_DATA", Required: serial, Optional: []string{"DOMAIN"},
			Out: []string{"SERNO", "DOMAIN", "ASSIGNED_USERID", "FULL_ACTIVATION_DATA", "QR_CODE"}}, generateActivationData},
	}
}

// assignDigipass assigns the authenticator that is named, or any free one of a
// type.
func assignDigipass(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	asked := provision.AssignAuthenticator{
		SerialNumber: in.Values["SERNO"], UserID: in.Values["ASSIGNED_USERID"], Domain: in.Values["DOMAIN"], ExpiresAt: in.moment("EXPIRATION_TIME"),
	}
	if sent, there := in.Values["GRACE_PERIOD_DAYS"]; there {
		days, err := strconv.Atoi(sent)
		if err != nil {
			days = -1 // out of range, which is refused
		}
		asked.GraceDays = &days
	}
	var a provision.HeldAuthenticator
	var err error
	switch {
	case asked.SerialNumber != "":
		a, err = d.Service.AssignHeld(ctx, o, asked)
	case in.Values["DPTYPE"] != "":
		a, err = d.Service.AssignAny(ctx, o, in.Values["DPTYPE"], asked)
	default:
		return nil, &operation.AttributeError{
			FieldError: soap.FieldError{Path: in.prefix + "SERNO and " + in.prefix + "DPTYPE", Problem: "are missing", Mend: "send one of them"},
			Refusal:    provision.MissingField,
		}
	}
	return d.digipasses.values(a, d.Service.Now()), err
}

// generateActivationData opens a registration, where the policy allows
// activation data outside SRP.
func generateActivationData(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	result, err := d.Service.OrderActivationData(ctx, o, in.Values["SERNO"])
	if err != nil {
		return nil, err
	}
	picture, err := qr.TextPNG(result.ActivationCode, qr.Module)
	if err != nil {
		return nil, fmt.Errorf("draw the activation data: %w", err)
	}
	return operation.Values{
		"SERNO": result.SerialNumber, "DOMAIN": result.User.Domain, "ASSIGNED_USERID": result.User.UserID,
		"FULL_ACTIVATION_DATA": result.ActivationCode, "QR_CODE": base64.StdEncoding.EncodeToString(picture),
	}, nil
}

func (d *door) digipassExecute(ctx context.Context, r *soap.Request, in *wsdl.DigipassExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.digipasses, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyDigipassExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendDigipassExecuteResponse(dst, &wsdl.DigipassExecuteResponse{Results: results(status, result)})
}

func (d *door) digipassQuery(ctx context.Context, r *soap.Request, in *wsdl.DigipassQuery) (*rows, error) {
	return query(ctx, d, r, d.digipasses, in.SessionID, in.AttributeSet, in.FieldSet, in.QueryOptions,
		func(o provision.Operator, s search[provision.HeldAuthenticator], fits func(provision.HeldAuthenticator) bool) (provision.Found[provision.HeldAuthenticator], error) {
			asked := provision.QueryAuthenticators{Domains: s.domains(), Fits: fits, SearchOptions: s.options}
			asked.SerialNumber, asked.SerialNumberPrefix = s.exact("SERNO")
			asked.UserID, _ = s.exact("ASSIGNED_USERID")
			if status, _ := s.exact("ASSIGN_STATUS"); status != "" {
				is := strings.EqualFold(status, "Assigned")
				asked.Assigned = &is
			}
			return d.Service.QueryAuthenticators(ctx, o, asked)
		})
}

func replyDigipassQuery(dst []byte, status wsdl.CommandStatusResponse, result *rows) []byte {
	return wsdl.AppendDigipassQueryResponse(dst, &wsdl.DigipassQueryResponse{Results: queryResults(status, result)})
}
