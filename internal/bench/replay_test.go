package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/cputime"
	"github.com/dsappd/dsappd/replay"
)

// replayed is the number of exchanges of the transcript.
const replayed = 10_000

// BenchmarkReplay plays a transcript of 10,000 registers against a server. Its CPU
// time, and that of the server, stand beside the server's alone under the same
// requests by one connection.
func BenchmarkReplay(b *testing.B) {
	s := startDsappd(b, furnish(b, cheapHashes, 1))
	transcript, err := replay.Parse("bench", []byte(registers(replayed)))
	if err != nil {
		b.Fatal(err)
	}
	player := &replay.Player{URL: "http://" + s.host + "/", HTTP: &http.Client{}}
	var whole, alone float64
	for b.Loop() {
		server, own := s.cpu(b), cputime.Process()
		if result := player.Play(context.Background(), transcript); !result.Passed() {
			b.Fatalf("%+v", result)
		}
		whole += (s.cpu(b) - server + cputime.Process() - own).Seconds()

		l := dial(b, s.host, 1)
		requests := make([][]byte, replayed)
		for i := range requests {
			requests[i] = l.request(registration(userID(0)))
		}
		server = s.cpu(b)
		l.send(b, requests, func(_ int, body []byte) error { return granted(body) })
		alone += (s.cpu(b) - server).Seconds()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1e6*whole/float64(b.N)/replayed, "replay-cpu-µs")
	b.ReportMetric(1e6*alone/float64(b.N)/replayed, "server-cpu-µs")
	b.ReportMetric(whole/alone, "times-server")
}

// registers is a transcript of so many registers.
func registers(exchanges int) string {
	var b strings.Builder
	b.WriteString("Registers.\n")
	for i := range exchanges {
		fmt.Fprintf(&b, "-- %d.request.xml --\n%s\n-- %d.reply.xml --\n%s\n", i+1, registration(userID(0)), i+1, registered)
	}
	return b.String()
}

const registered = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<p:dsappSRPRegisterResponse xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><status><resultCodes><returnCodeEnum>RET_SUCCESS</returnCodeEnum><statusCodeEnum>STAT_SUCCESS</statusCodeEnum><returnCode>0</returnCode><statusCode>0</statusCode></resultCodes><errorStack xsi:type="basic:ErrorStack" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:basic="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/BasicTypes.xsd"/></status>
<result xsi:type="types:DSAPPSRPRegisterResult2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:types="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/ProvisioningTypes.xsd"><registrationID>{{/[A-Za-z0-9]{8}/}}</registrationID><activationPassword>{{/[A-Za-z0-9]{8}/}}</activationPassword><user><userID>bench0</userID><domain>master</domain></user><serialNumber>BEN0000000</serialNumber><digipassGatewayID>{{/[0-9]+/}}</digipassGatewayID></result></p:dsappSRPRegisterResponse>
</e:Body></e:Envelope>`
