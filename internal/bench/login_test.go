package main

import (
	"fmt"
	"testing"
)

// BenchmarkLogin is authUser by a one-time password from end to end, beside
// dsappSRPActivate by one, in turn on one server: 64 connections, every success
// durable. Each round registers all users, which is not measured.
func BenchmarkLogin(b *testing.B) {
	dsappd := startDsappd(b, furnish(b, cheapHashes, users))
	logins, activations := newSide(b, dsappd), newSide(b, dsappd)
	for round := 0; b.Loop(); round++ {
		ids, _ := register(b, activations.load, users)
		activations.activate(b, ids, otp(b, 2*round), granted)
		logins.logIn(b, users, otp(b, 2*round+1))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(logins.perSecond(), "logins/s")
	b.ReportMetric(activations.perSecond(), "activations/s")
	b.ReportMetric(logins.perSecond()/activations.perSecond(), "times-activations")
	b.ReportMetric(logins.cost(), "login-cpu-µs")
	b.ReportMetric(activations.cost(), "activation-cpu-µs")
}

func (s *side) logIn(b *testing.B, users int, response string) {
	b.Helper()
	requests := make([][]byte, users)
	for i := range requests {
		requests[i] = s.load.request(login(userID(i), response))
	}
	s.ask(b, requests, granted)
}

func login(user, otp string) string {
	set := ""
	for _, pair := range [][2]string{{"COMPONENT_TYPE", "SOAP Auth Client"}, {"USERID", user}, {"PASSWORD_FORMAT", "0"}, {"PASSWORD", otp}} {
		set += attribute("CREDFLD_"+pair[0], pair[1])
	}
	return fmt.Sprintf(typedEnvelope, "Authentication", "authUser", "<credentialAttributeSet>"+set+"</credentialAttributeSet>")
}

const typedEnvelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"` +
	` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>` +
	`<i:%[2]s xmlns:i="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/%[1]s">%[3]s</i:%[2]s></soapenv:Body></soapenv:Envelope>`

func attribute(id, value string) string {
	return `<attributes><value xsi:type="xsd:string">` + value + `</value><attributeID>` + id + `</attributeID></attributes>`
}
