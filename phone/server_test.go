package phone

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/srp"
	"github.com/dsappd/dsappd/wsdl"
)

// peer is the server's end of the formulas, with one registration and no
// rules, so that a test can bend each value it sends. The real server stands
// in the tests of the program.
type peer struct {
	t                *testing.T
	suite            *srp.Suite
	id, password     string
	salt, b          []byte
	data             dsapp.ActivationData
	offline          bool
	message1         string // delivered in place of data, if set
	bendKey          func(*wsdl.DSAPPSRPGenerateEphemeralKeyResult)
	bendData         func(*wsdl.DSAPPSRPGenerateActivationDataResult)
	bendText         func(items) items
	bendStatus       func(*wsdl.CommandStatusResponse)
	bendReply        func([]byte) []byte
	noResult         bool
	activatedSerial  string
	attributes       []wsdl.ProvisioningAttribute // what provisioningExecute answers with
	executed         []wsdl.ProvisioningExecute
	v, A, B, K, M1   []byte
	activations      []wsdl.ActivateCredentialInput
	registrationSeen string
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	suite, err := dsapp.NewSRP()
	if err != nil {
		t.Fatal(err)
	}
	return &peer{
		t: t, suite: suite, id: "GDxHR2jD", password: "Xe3ulB2r",
		salt: make([]byte, dsapp.SaltSize), b: append(make([]byte, srp.PrivateSize-1), 5),
		data: dsapp.ActivationData{
			Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6},
			Domain:     "master", UserID: "user2", SerialNumber: "VDS1000141",
			Secret: []byte("12345678901234567890"),
		},
		activatedSerial: "VDS1000141",
	}
}

// start serves the peer and returns a device that speaks to it.
func (p *peer) start() *Device {
	p.t.Helper()
	verifier, err := p.suite.Verifier(p.suite.X(p.salt, p.id, p.password))
	if err != nil {
		p.t.Fatal(err)
	}
	p.v = verifier
	client, err := NewClient("", http.DefaultClient)
	if err != nil {
		p.t.Fatal(err)
	}
	handler, err := soap.NewHandler(soap.Config{
		Operations: map[xml.Name]soap.Operation{
			{Space: wsdl.Provisioning, Local: "dsappSRPGenerateEphemeralKey"}:   p.generateEphemeralKey,
			{Space: wsdl.Provisioning, Local: "dsappSRPGenerateActivationData"}: p.generateActivationData,
			{Space: wsdl.Provisioning, Local: "dsappSRPActivate"}:               p.activate,
			{Space: wsdl.Provisioning, Local: "provisioningExecute"}:            p.execute,
		},
		Schema: client.Schema, Namespaces: client.Namespaces, Strict: true,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Rand: rand.Reader, Now: time.Now,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	p.t.Cleanup(server.Close)
	client.URL = server.URL
	return &Device{Transport: &SOAP{Client: client, ComponentType: "srp-component"}, Rand: rand.Reader, Now: time.Now}
}

func (p *peer) registration() Registration { return Registration{ID: p.id, Password: p.password} }

func (p *peer) status() wsdl.CommandStatusResponse {
	status := wsdl.CommandStatusResponse{ResultCodes: wsdl.ResultCodes{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}}
	if p.bendStatus != nil {
		p.bendStatus(&status)
	}
	return status
}

func (p *peer) sent(dst []byte) []byte {
	if p.bendReply != nil {
		return p.bendReply(dst)
	}
	return dst
}

func (p *peer) generateEphemeralKey(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
	var in wsdl.DsappSRPGenerateEphemeralKey
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var err error
	if p.A, err = dsapp.ParseEphemeralKey(in.ClientEphemeralPublicKey); err != nil {
		return nil, err
	}
	if p.B, err = p.suite.ServerPublicKey(p.v, p.b); err != nil {
		return nil, err
	}
	result := &wsdl.DSAPPSRPGenerateEphemeralKeyResult{ServerEphemeralPublicKey: dsapp.EncodeHex(p.B), Salt: dsapp.EncodeHex(p.salt)}
	if p.bendKey != nil {
		p.bendKey(result)
	}
	if p.noResult {
		result = nil
	}
	return p.sent(wsdl.AppendDsappSRPGenerateEphemeralKeyResponse(dst, &wsdl.DsappSRPGenerateEphemeralKeyResponse{Status: p.status(), Result: result})), nil
}

// generateActivationData answers a wrong M1 as the real server does, and a
// right one with both items.
func (p *peer) generateActivationData(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
	var in wsdl.DsappSRPGenerateActivationData
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var err error
	if p.K, err = p.suite.ServerKey(p.v, p.b, p.A, p.B); err != nil {
		return nil, err
	}
	p.M1 = p.suite.M1(p.id, p.salt, p.A, p.B, p.K)
	reply := &wsdl.DsappSRPGenerateActivationDataResponse{Status: p.status()}
	if in.ClientEvidenceMessage != dsapp.EncodeHex(p.M1) {
		reply.Status.ResultCodes = wsdl.ResultCodes{ReturnCodeEnum: "RET_FAILURE", StatusCodeEnum: "STAT_INVCREDENTIALS", ReturnCode: -1, StatusCode: 1000}
		return wsdl.AppendDsappSRPGenerateActivationDataResponse(dst, reply), nil
	}
	if reply.Result, err = p.issued(); err != nil {
		return nil, err
	}
	if p.bendData != nil {
		p.bendData(reply.Result)
	}
	return p.sent(wsdl.AppendDsappSRPGenerateActivationDataResponse(dst, reply)), nil
}

func (p *peer) issued() (*wsdl.DSAPPSRPGenerateActivationDataResult, error) {
	if p.message1 != "" {
		return p.issuedMDL()
	}
	texts, err := p.texts()
	if err != nil {
		return nil, err
	}
	if p.bendText != nil {
		texts = p.bendText(texts)
	}
	code, err := dsapp.Encrypt(p.K, [8]byte{1}, dsapp.ItemActivationCode, texts.code)
	if err != nil {
		return nil, err
	}
	counter, err := dsapp.Encrypt(p.K, [8]byte{2}, dsapp.ItemEventReactivationCounter, texts.counter)
	if err != nil {
		return nil, err
	}
	return &wsdl.DSAPPSRPGenerateActivationDataResult{
		Standard: &wsdl.DSAPPSRPStandardActivationData{
			ActivationCode: onTheWire(code), EventReactivationCounter: onTheWire(counter),
		},
		ServerEvidenceMessage: dsapp.EncodeHex(p.suite.M2(p.A, p.M1, p.K)),
	}, nil
}

func (p *peer) issuedMDL() (*wsdl.DSAPPSRPGenerateActivationDataResult, error) {
	message1, err := dsapp.Encrypt(p.K, [8]byte{1}, dsapp.ItemActivationMessage, p.message1)
	return &wsdl.DSAPPSRPGenerateActivationDataResult{
		Mdl:                   &wsdl.DSAPPSRPMDLActivationData{ActivationMessage: onTheWire(message1)},
		ServerEvidenceMessage: dsapp.EncodeHex(p.suite.M2(p.A, p.M1, p.K)),
	}, err
}

func onTheWire(e dsapp.EncryptedData) wsdl.DSAPPSRPEncryptedData {
	return wsdl.DSAPPSRPEncryptedData{EncryptedData: e.EncryptedData, EncryptedCounter: e.EncryptedCounter, Mac: e.MAC}
}

func (p *peer) texts() (items, error) {
	counter := dsapp.EventReactivationCounter(p.data.Parameters, p.data.MovingFactor)
	if p.offline {
		code, err := dsapp.ActivationCode(p.data.Secret)
		return items{code, counter}, err
	}
	uri, err := p.data.URI()
	return items{uri, counter}, err
}

func (p *peer) activate(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
	var in wsdl.DsappSRPActivate
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	p.activations = append(p.activations, in.Credential)
	p.registrationSeen = in.RegistrationID
	return p.sent(wsdl.AppendDsappSRPActivateResponse(dst, &wsdl.DsappSRPActivateResponse{Status: p.status(), Result: &wsdl.DSAPPSRPActivateResult{
		User: wsdl.UserOutput{UserID: p.data.UserID, Domain: p.data.Domain}, SerialNumber: p.activatedSerial,
	}})), nil
}

func (p *peer) execute(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
	var in wsdl.ProvisioningExecute
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	p.executed = append(p.executed, in)
	status := p.status()
	return p.sent(wsdl.AppendProvisioningExecuteResponse(dst, &wsdl.ProvisioningExecuteResponse{Results: wsdl.ProvisioningResults{
		ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack, ResultAttribute: wsdl.AttributeSet{Attributes: p.attributes},
	}})), nil
}
