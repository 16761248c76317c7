package gateway_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// calls is the way of a real phone to the gateway.
type calls struct{ l *lab }

func (c calls) post(service string, members map[string]any) (answer, error) {
	c.l.t.Helper()
	maps.DeleteFunc(members, func(_ string, value any) bool { return value == "" })
	a := c.l.send(frontKey, provisioning+service, members)
	if a.http != http.StatusOK {
		return a, fmt.Errorf("%s: HTTP %d: %s", service, a.http, a.body)
	}
	if a.ResultCodes.StatusCode != 0 {
		return a, &phone.Refusal{Operation: service, Words: []string{a.desc()}, ResultCodes: phone.ResultCodes{
			ReturnCodeEnum: a.ResultCodes.ReturnCodeEnum, StatusCodeEnum: a.ResultCodes.StatusCodeEnum,
			ReturnCode: int32(a.ResultCodes.ReturnCode), StatusCode: int32(a.ResultCodes.StatusCode)}}
	}
	return a, nil
}

func (c calls) GenerateEphemeralKey(_ context.Context, id, key string) (phone.EphemeralKeyResult, error) {
	a, err := c.post("DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": id, "clientEphemeralPublicKey": key})
	if err != nil {
		return phone.EphemeralKeyResult{}, err
	}
	return phone.EphemeralKeyResult{ServerEphemeralPublicKey: a.text(c.l.t, "serverEphemeralPublicKey"), Salt: a.text(c.l.t, "salt")}, nil
}

func (c calls) GenerateActivationData(_ context.Context, id, evidence string) (phone.ActivationDataResult, error) {
	a, err := c.post("DSAPPSRPGenerateActivationData", map[string]any{"registrationIdentifier": id, "clientEvidenceMessage": evidence})
	if err != nil {
		return phone.ActivationDataResult{}, err
	}
	out := phone.ActivationDataResult{ServerEvidenceMessage: a.text(c.l.t, "serverEvidenceMessage")}
	if _, mdl := a.Result["mac"]; mdl {
		out.ActivationMessage = &dsapp.EncryptedData{EncryptedData: a.text(c.l.t, "encryptedLicenseActivationMessage"),
			EncryptedCounter: a.text(c.l.t, "encryptedCounter"), MAC: a.text(c.l.t, "mac")}
		return out, nil
	}
	out.ActivationCode, out.EventReactivationCounter = c.item(a, "activationCode"), c.item(a, "eventReactivationCounter")
	return out, nil
}

func (c calls) item(a answer, name string) *dsapp.EncryptedData {
	item, ok := a.Result[name].(map[string]any)
	if !ok {
		c.l.t.Fatalf("no %s: %s", name, a.body)
	}
	return &dsapp.EncryptedData{EncryptedData: fmt.Sprint(item["encryptedData"]), EncryptedCounter: fmt.Sprint(item["encryptedCounter"]), MAC: fmt.Sprint(item["mac"])}
}

func (c calls) activated(a answer, err error) (phone.ActivateResult, error) {
	if err != nil {
		return phone.ActivateResult{}, err
	}
	return phone.ActivateResult{UserID: a.text(c.l.t, "userID"), Domain: a.text(c.l.t, "domain"), SerialNumber: a.text(c.l.t, "serialNumber")}, nil
}

func (c calls) Activate(_ context.Context, id string, credential phone.Credential) (phone.ActivateResult, error) {
	return c.activated(c.post("DSAPPSRPActivate", map[string]any{
		"registrationIdentifier": id, "response": credential.Response, "derivationCode": credential.DerivationCode}))
}

func (c calls) AddDevice(_ context.Context, id, deviceCode string) (string, error) {
	a, err := c.post("MdlAddDevice", map[string]any{"registrationIdentifier": id, "deviceCode": deviceCode, "description": "a phone"})
	if err != nil {
		return "", err
	}
	return a.text(c.l.t, "instanceActivationMessage"), nil
}

func (c calls) ActivateInstance(_ context.Context, id string, credential phone.InstanceCredential) (phone.ActivateResult, error) {
	return c.activated(c.post("MdlActivate", map[string]any{"registrationIdentifier": id, "signature": credential.Signature}))
}

func (l *lab) phone() *phone.Device {
	return &phone.Device{Transport: calls{l}, Rand: rand.Reader, Now: l.clock.Now}
}

// TestSingleDevice is the whole way of a phone of one device, over HTTP.
func TestSingleDevice(t *testing.T) {
	l := newLab(t)
	for _, credential := range []string{"response", "derivation code"} {
		registered := l.register("user1")
		device := l.phone()
		state := must(device.Exchange(t.Context(), phone.Registration{ID: registered.RegistrationID, Password: registered.ActivationPassword}))(t)
		c := phone.Credential{}
		if credential == "response" {
			c.Response = must(oath.OTP(state.Secret, state.MovingFactor, state.Parameters))(t)
		} else {
			diversifier := must(dsapp.Diversifier(state.SerialNumber, []byte("a phone")))(t)
			derived := must(dsapp.DeriveSecret(state.Secret, diversifier, state.SerialNumber))(t)
			c.DerivationCode = must(dsapp.NewDerivationCode(diversifier, derived, state.MovingFactor, state.Parameters))(t).String()
		}
		result := must(device.Transport.Activate(t.Context(), registered.RegistrationID, c))(t)
		if want := (phone.ActivateResult{UserID: "user1", Domain: "master", SerialNumber: "VDS1000140"}); result != want {
			t.Errorf("%s: %+v", credential, result)
		}
	}
	a := must(l.service.ShowAuthenticator(t.Context(), "VDS1000140"))(t)
	if a.State != provision.Active || a.Activations != 2 || len(a.Diversifier) == 0 {
		t.Errorf("%+v", a)
	}
}

// TestSeveralDevices activates an instance on a licence.
func TestSeveralDevices(t *testing.T) {
	l := newLab(t)
	suite := must(dsapp.NewSRP())(t)
	registered := l.register("user3")
	id := registered.RegistrationID
	secret := make([]byte, 32)
	must(rand.Read(secret))(t)
	A := must(suite.ClientPublicKey(secret))(t)
	opened := l.ask(0, frontKey, provisioning+"DSAPPSRPGenerateEphemeralKey", map[string]any{"registrationIdentifier": id, "clientEphemeralPublicKey": dsapp.EncodeHex(A)})
	salt := must(dsapp.DecodeHex(opened.text(t, "salt"), dsapp.SaltSize))(t)
	B := must(dsapp.ParseEphemeralKey(opened.text(t, "serverEphemeralPublicKey")))(t)
	K := must(suite.ClientKey(suite.X(salt, id, registered.ActivationPassword), secret, A, B))(t)
	M1 := suite.M1(id, salt, A, B, K)
	issued := must(calls{l}.GenerateActivationData(t.Context(), id, dsapp.EncodeHex(M1)))(t)
	if issued.ServerEvidenceMessage != dsapp.EncodeHex(suite.M2(A, M1, K)) {
		t.Error("the server's evidence is wrong")
	}
	message1 := must(dsapp.ParseActivationMessage1(must(dsapp.Decrypt(K, dsapp.ItemActivationMessage, *issued.ActivationMessage))(t)))(t)
	code := must(dsapp.NewDeviceCode(message1, dsapp.Android, [6]byte{1, 2, 3, 4, 5, 6}))(t)
	message2 := must(dsapp.ParseActivationMessage2(must(calls{l}.AddDevice(t.Context(), id, code.String()))(t)))(t)
	instance := must(message2.Open(message1, code))(t)
	// The last step is one of those that the site may take too.
	activated := l.ask(0, backKey, provisioning+"MdlActivate", map[string]any{"registrationIdentifier": id, "signature": must(message2.Signature(instance))(t)})
	if got := activated.text(t, "serialNumber"); got != "VDM1000001-1" {
		t.Errorf("activated %s", got)
	}
	i := must(l.service.ShowAuthenticator(t.Context(), "VDM1000001"))(t).Licence.Instances[0]
	if i.Description != "a phone" || i.State != provision.InstanceActive {
		t.Errorf("%+v", i)
	}
}

func TestServerTime(t *testing.T) {
	l := newLab(t)
	l.clock.Pass(time.Hour)
	for _, body := range []string{"", "{}", `{"unknown": [1, {"a": null}]}`} {
		a := l.post(frontKey, provisioning+"getServerTime", body)
		got, _ := a.Result["serverTime"].(float64)
		if off := l.clock.Now().Unix() - int64(got); a.http != http.StatusOK || off < 0 || off > 60 {
			t.Errorf("%q: HTTP %d, %s", body, a.http, a.body)
		}
	}
}

// A notification ID is kept for the instance that is named, as it is given.
func TestUpdateNotificationID(t *testing.T) {
	l := newLab(t)
	path := servicesPath + "notification/push/updateNotificationID"
	members := map[string]any{"userID": "user1", "domain": "master", "digipassInstanceID": "VDS1000140", "encryptedNotificationID": "00ffAB"}
	if a := l.ask(0, frontKey, path, members); a.Result != nil {
		t.Errorf("a result: %s", a.body)
	}
	if a := must(l.service.ShowAuthenticator(t.Context(), "VDS1000140"))(t); len(a.DevicePNID) == 0 {
		t.Error("no notification ID is kept")
	}
}

// A key of phones is no way to find out which users there are, who is disabled
// or who has which authenticator. The audit knows.
func TestUpdateNotificationIDTellsNobodyApart(t *testing.T) {
	l := newLab(t)
	must(l.service.DisableUser(t.Context(), provision.Operator{Name: "test"}, provision.NameUser{UserID: "user3"}))(t)
	path := servicesPath + "notification/push/updateNotificationID"
	reasons := map[string]bool{}
	var first answer
	for i, who := range [][3]string{
		{"nobody", "master", "VDS1000140"}, {"user1", "nowhere", "VDS1000140"}, {"user1", "master", "VDM1000001-1"},
		{"user1", "master", "VDS9999999"}, {"user3", "master", "VDM1000001-1"},
	} {
		a := l.ask(1000, frontKey, path, map[string]any{"userID": who[0], "domain": who[1], "digipassInstanceID": who[2], "encryptedNotificationID": "00"})
		if i == 0 {
			first = a
		}
		if a.body != first.body || a.http != first.http {
			t.Errorf("%v: HTTP %d, %s, and of who does not exist: HTTP %d, %s", who, a.http, a.body, first.http, first.body)
		}
	}
	events := must(l.service.ListAuditEvents(t.Context(), provision.ListAuditEvents{}))(t).Records
	for _, e := range events {
		if e.Operation == "updateDevicePNID" {
			reasons[e.Status.StatusCodeEnum] = true
		}
	}
	for _, want := range []string{"STAT_INVCREDENTIALS", "STAT_NOT_FOUND", "STAT_LOCKED"} {
		if !reasons[want] {
			t.Errorf("the audit lacks %s: %v", want, reasons)
		}
	}
}
