package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkREST is what users/register and activate cost the server over REST,
// beside dsappSRPRegister and dsappSRPActivate in turn with them. Each round
// registers and activates all users at both doors.
func BenchmarkREST(b *testing.B) {
	server := startDsappd(b, furnish(b, cheapHashes, users))
	host := server.platform(b)
	soap, rest := &door{load: dial(b, server.host, clients)}, &door{load: dial(b, host, clients)}
	soap.register = func(i int) []byte { return soap.load.request(registration(userID(i))) }
	soap.activate = func(id, otp string) []byte { return soap.load.request(activation(id, otp)) }
	soap.id = func(body []byte) (string, error) {
		_, behind, _ := strings.Cut(string(body), "<registrationID>")
		id, _, _ := strings.Cut(behind, "<")
		return id, granted(body)
	}
	rest.register = func(i int) []byte {
		return restRequest(host, "/v1/users/register", fmt.Sprintf(
			`{"objectType":"RegisterUserInputEx","userID":%q,"staticPassword":%q,"activationType":"onlineSDL"}`, userID(i), password))
	}
	rest.activate = func(id, otp string) []byte {
		return restRequest(host, "/v1/registrations/"+id+"/activate", fmt.Sprintf(`{"response":%q}`, otp))
	}
	rest.id = func(body []byte) (string, error) {
		var reply struct{ RegistrationID string }
		err := json.Unmarshal(body, &reply)
		if reply.RegistrationID == "" && err == nil {
			err = fmt.Errorf("the server answered %s", body)
		}
		return reply.RegistrationID, err
	}
	for round := 0; b.Loop(); round++ {
		for n, d := range []*door{soap, rest} {
			d.round(b, server, otp(b, 2*round+n))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(soap.registered.perRequest(), "soap-register-cpu-µs")
	b.ReportMetric(rest.registered.perRequest(), "rest-register-cpu-µs")
	b.ReportMetric(rest.registered.perRequest()/soap.registered.perRequest(), "times-soap-register")
	b.ReportMetric(soap.activated.perRequest(), "soap-activate-cpu-µs")
	b.ReportMetric(rest.activated.perRequest(), "rest-activate-cpu-µs")
	b.ReportMetric(rest.activated.perRequest()/soap.activated.perRequest(), "times-soap-activate")
}

// door is one at which users are registered and activated.
type door struct {
	load                  *load
	register              func(i int) []byte
	activate              func(registrationID, otp string) []byte
	id                    func(body []byte) (registrationID string, err error)
	registered, activated spent
}

// spent is the server's CPU time for requests.
type spent struct {
	cpu      time.Duration
	requests int
}

func (s spent) perRequest() float64 { return float64(s.cpu.Microseconds()) / float64(s.requests) }

func (d *door) round(b *testing.B, s *server, otp string) {
	b.Helper()
	requests, ids := make([][]byte, users), make([]string, users)
	for i := range requests {
		requests[i] = d.register(i)
	}
	d.registered.send(b, s, d.load, requests, func(i int, body []byte) (err error) {
		ids[i], err = d.id(body)
		return err
	})
	for i, id := range ids {
		requests[i] = d.activate(id, otp)
	}
	d.activated.send(b, s, d.load, requests, func(_ int, body []byte) error {
		if !bytes.Contains(body, []byte("BEN")) {
			return fmt.Errorf("the server answered %s", body)
		}
		return nil
	})
}

func (s *spent) send(b *testing.B, server *server, l *load, requests [][]byte, heard func(int, []byte) error) {
	b.Helper()
	before := server.cpu(b)
	l.send(b, requests, heard)
	s.cpu += server.cpu(b) - before
	s.requests += len(requests)
}

func restRequest(host, path, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer lab-platform-key\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, host, len(body), body)
}

// waiters is how many wait for one activation each.
const waiters = 1000

// BenchmarkWaiters is the memory of the server for each check-status that waits,
// and how long it takes until all have been answered after the activation that
// they wait for.
func BenchmarkWaiters(b *testing.B) {
	server := startDsappd(b, furnish(b, cheapHashes, users))
	host := server.platform(b)
	var memory int64
	var woken time.Duration
	rounds := 0
	for b.Loop() {
		one := dial(b, host, 1)
		var id string
		one.send(b, [][]byte{restRequest(host, "/v1/users/register", `{"objectType":"RegisterUserInputEx","userID":"bench0","activationType":"onlineSDL"}`)}, func(_ int, body []byte) error {
			var reply struct{ RegistrationID string }
			err := json.Unmarshal(body, &reply)
			id = reply.RegistrationID
			return err
		})
		before := server.anonymous(b)
		all := dial(b, host, waiters)
		ask := restRequest(host, "/v1/registrations/check-status", `{"login":"bench0","timeoutSeconds":"60"}`)
		answered := make(chan error, waiters)
		for _, c := range all.connections {
			go func() {
				body, err := c.exchange(ask)
				if err == nil && !bytes.Contains(body, []byte("activated")) {
					err = fmt.Errorf("the server answered %s", body)
				}
				answered <- err
			}()
		}
		awaitRead(b, host, waiters)
		memory = max(memory, server.anonymous(b)-before)
		one.send(b, [][]byte{restRequest(host, "/v1/registrations/"+id+"/activate", fmt.Sprintf(`{"response":%q}`, otp(b, rounds)))}, nil)
		began := time.Now()
		for range waiters {
			if err := <-answered; err != nil {
				b.Fatal(err)
			}
		}
		woken = max(woken, time.Since(began))
		rounds++
		for _, c := range all.connections {
			_ = c.Close()
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(waiters, "waiters")
	b.ReportMetric(float64(memory)/waiters/1024, "KiB/waiter")
	b.ReportMetric(float64(woken.Microseconds())/1000, "last-woken-ms")
}

// awaitRead waits until a server on this machine has read all that came on at
// least so many connections (proc(5), net/tcp: a row has the local address, the
// state and the queues in hexadecimal).
func awaitRead(b *testing.B, host string, connections int) {
	b.Helper()
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		b.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		b.Fatal(err)
	}
	local, established := fmt.Sprintf(":%04X", number), "01"
	for read := 0; read < connections; time.Sleep(10 * time.Millisecond) {
		table, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			b.Fatal(err)
		}
		read = 0
		for line := range strings.Lines(string(table)) {
			fields := strings.Fields(line)
			if strings.HasSuffix(fields[1], local) && fields[3] == established && strings.HasSuffix(fields[4], ":00000000") {
				read++
			}
		}
	}
}
