package main

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Who and what the journey is about.
const (
	journeyUser          = "ann"
	journeyPassword      = "Password2"
	journeyAuthenticator = "VDS1000200"
	journeyComponent     = "SOAP Auth Client" // as which the site logs users in
)

// journey is the whole course of a user: an administrator of the sample, the
// user's phone and a site that logs the user in, all over SOAP.
type journey struct {
	*demo
	client  *soap.Client
	session string
}

// playJourney creates a user and assigns an authenticator, which the user
// activates, logs in and signs with, and gives back.
func (d *demo) playJourney(ctx context.Context) error {
	d.print.brief = true
	d.print.opening("The whole journey of a user over SOAP, from the account to the unassignment.", d.url, d.dir)
	if err := d.stock(ctx); err != nil {
		return err
	}
	client, err := phone.NewClient(d.url, d.http)
	if err != nil {
		return err
	}
	j := &journey{demo: d, client: client}
	if err := j.logon(ctx); err != nil {
		return err
	}
	if err := j.createAndAssign(ctx); err != nil {
		return err
	}
	device := &phone.Device{Rand: rand.Reader, Now: time.Now}
	state, err := j.activate(ctx, device)
	if err != nil {
		return err
	}
	if state, err = j.logIn(ctx, device, state); err != nil {
		return err
	}
	if err := j.sign(ctx, device, state); err != nil {
		return err
	}
	if err := j.unassign(ctx); err != nil {
		return err
	}
	return j.concludeJourney(ctx)
}

// stock adds the authenticator that is assigned. It is event-based: it can log
// in right after its activation, without waiting for another time step.
func (d *demo) stock(ctx context.Context) error {
	door, err := operators.Open(ctx, d.dir, operators.Config{Operator: "demo"})
	if err != nil {
		return err
	}
	_, err = door.AddAuthenticator(ctx, admin.AddAuthenticator{
		SerialNumber: journeyAuthenticator, Type: oath.HOTP, Algorithm: oath.SHA256, Digits: 6})
	return errors.Join(err, door.Close())
}

func (j *journey) logon(ctx context.Context) error {
	element, err := wsdl.AppendLogon(nil, &wsdl.Logon{AttributeSet: credentialSet(
		"USERID", "admin", "PASSWORD_FORMAT", "0", "PASSWORD", journeyPassword)})
	var reply wsdl.LogonResponse
	if err := j.call(ctx, wsdl.Administration, "logon", element, err, &reply); err != nil {
		return err
	}
	j.session = find(j.reply, "CREDFLD_SESSION_ID")
	return nil
}

func (j *journey) createAndAssign(ctx context.Context) error {
	element, err := wsdl.AppendUserExecute(nil, &wsdl.UserExecute{SessionID: &j.session, Cmd: "USERCMD_CREATE", AttributeSet: administrationSet(
		"USERFLD_USERID", journeyUser, "USERFLD_DOMAIN", "master", "USERFLD_LOCAL_AUTH", "Default", "USERFLD_BACKEND_AUTH", "Default",
		"USERFLD_DISABLED", "false", "USERFLD_LOCKED", "false", "USERFLD_PASSWORD", journeyPassword)})
	if err := j.call(ctx, wsdl.Administration, "userExecute", element, err, new(wsdl.UserExecuteResponse)); err != nil {
		return err
	}
	return j.digipass(ctx, "DIGIPASSCMD_ASSIGN", "DIGIPASSFLD_SERNO", journeyAuthenticator, "DIGIPASSFLD_ASSIGNED_USERID", journeyUser)
}

// activate registers the user and has a phone take the authenticator over.
func (j *journey) activate(ctx context.Context, device *phone.Device) (phone.State, error) {
	var none phone.State
	if err := j.post(ctx, strings.ReplaceAll(documentedRegister, "user1", journeyUser)); err != nil {
		return none, err
	}
	registration, err := j.registration()
	if err != nil {
		return none, err
	}
	if device.Transport, err = j.transport("srp-component"); err != nil {
		return none, err
	}
	state, err := device.Exchange(ctx, registration)
	if err != nil {
		return none, err
	}
	code, state, err := device.DerivationCode(state, []byte("the demo's phone"))
	if err != nil {
		return none, err
	}
	return device.Activate(ctx, state, phone.Credential{DerivationCode: code})
}

func (j *journey) logIn(ctx context.Context, device *phone.Device, state phone.State) (phone.State, error) {
	otp, state, err := device.OTP(state)
	if err != nil {
		return state, err
	}
	element, err := wsdl.AppendAuthUser(nil, &wsdl.AuthUser{CredentialAttributeSet: credentialSet(
		"COMPONENT_TYPE", journeyComponent, "USERID", journeyUser, "PASSWORD_FORMAT", "0", "PASSWORD", otp)})
	return state, j.call(ctx, wsdl.Authentication, "authUser", element, err, new(wsdl.AuthUserResponse))
}

// sign lets the phone sign a payment, and the site verify it.
func (j *journey) sign(ctx context.Context, device *phone.Device, state phone.State) error {
	fields := []string{"12.50 EUR", "to Ben"}
	signature, _, err := device.Sign(state, fields)
	if err != nil {
		return err
	}
	var set wsdl.SignatureAttributeSet
	for _, pair := range [][2]string{{"COMPONENT_TYPE", journeyComponent}, {"USERID", journeyUser}, {"DATA_FIELD_1", fields[0]},
		{"DATA_FIELD_2", fields[1]}, {"SIGNATURE", signature}} {
		set.Attributes = append(set.Attributes, wsdl.SignatureAttribute{AttributeID: "SIGNFLD_" + pair[0], Value: &wsdl.Value{Type: "string", Text: pair[1]}})
	}
	element, err := wsdl.AppendAuthSignature(nil, &wsdl.AuthSignature{AttributeSet: set})
	return j.call(ctx, wsdl.Signature, "authSignature", element, err, new(wsdl.AuthSignatureResponse))
}

func (j *journey) unassign(ctx context.Context) error {
	if err := j.digipass(ctx, "DIGIPASSCMD_UNASSIGN", "DIGIPASSFLD_SERNO", journeyAuthenticator); err != nil {
		return err
	}
	element, err := wsdl.AppendLogoff(nil, &wsdl.Logoff{AttributeSet: credentialSet("SESSION_ID", j.session)})
	return j.call(ctx, wsdl.Administration, "logoff", element, err, new(wsdl.LogoffResponse))
}

func (j *journey) digipass(ctx context.Context, cmd string, attributes ...string) error {
	element, err := wsdl.AppendDigipassExecute(nil, &wsdl.DigipassExecute{SessionID: &j.session, Cmd: cmd, AttributeSet: administrationSet(attributes...)})
	return j.call(ctx, wsdl.Administration, "digipassExecute", element, err, new(wsdl.DigipassExecuteResponse))
}

// call sends the element that an Append function of wsdl returned, and refuses
// whatever is no success.
func (j *journey) call(ctx context.Context, namespace, operation string, element []byte, err error, reply any) error {
	if err == nil {
		err = j.client.Call(ctx, element, xml.Name{Space: namespace, Local: operation + "Response"}, reply)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	if status := find(j.status, "resultCodes/statusCodeEnum"); status != "STAT_SUCCESS" {
		return fmt.Errorf("%s was refused: %s %s", operation, status, find(j.status, "errorStack/errors/errorDesc"))
	}
	return nil
}

// concludeJourney asks whether the authenticator is free again.
func (j *journey) concludeJourney(ctx context.Context) error {
	a, err := j.authenticator(ctx, journeyAuthenticator)
	if err != nil {
		return err
	}
	if a.UserID != "" || a.Bound {
		return fmt.Errorf("the authenticator %s is of user %q, bound: %v: want it free", a.SerialNumber, a.UserID, a.Bound)
	}
	j.print.conclusionJourney(a)
	return nil
}

// credentialSet makes attributes of names without their prefix and values.
func credentialSet(pairs ...string) wsdl.CredentialAttributeSet {
	var set wsdl.CredentialAttributeSet
	for at := 0; at < len(pairs); at += 2 {
		value := wsdl.Value{Type: "string", Text: pairs[at+1]}
		if pairs[at] == "PASSWORD_FORMAT" {
			value.Type = "unsignedInt"
		}
		set.Attributes = append(set.Attributes, wsdl.CredentialAttribute{AttributeID: "CREDFLD_" + pairs[at], Value: &value})
	}
	return set
}

// administrationSet makes attributes of names and values.
func administrationSet(pairs ...string) wsdl.AdministrationAttributeSet {
	var set wsdl.AdministrationAttributeSet
	for at := 0; at < len(pairs); at += 2 {
		value := wsdl.Value{Type: "string", Text: pairs[at+1]}
		if value.Text == "true" || value.Text == "false" {
			value.Type = "boolean"
		}
		set.Attributes = append(set.Attributes, wsdl.AdministrationAttribute{AttributeID: pairs[at], Value: &value})
	}
	return set
}
