package main

import (
	"testing"
	"time"
)

// users is the number of activations of a round.
const users = 1024

// BenchmarkActivate is dsappSRPActivate from end to end: the program as it is
// built, HTTP with keep-alive, 64 connections, every success durable. In turn with
// it, the same requests go to gSOAP's canned server and to an empty net/http
// handler. Each round registers all users, which is not measured.
func BenchmarkActivate(b *testing.B) {
	servers := []*server{startDsappd(b, furnish(b, cheapHashes, users)), startCanned(b), startEmpty(b)}
	dsappd, canned, empty := newSide(b, servers[0]), newSide(b, servers[1]), newSide(b, servers[2])
	for round := 0; b.Loop(); round++ {
		ids, _ := register(b, dsappd.load, users)
		response := otp(b, round)
		dsappd.activate(b, ids, response, granted)
		canned.activate(b, ids, response, granted)
		empty.activate(b, ids, response, nil)
	}
	ours, theirs := dsappd.perSecond(), canned.perSecond()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours, "activations/s")
	b.ReportMetric(theirs, "canned/s")
	b.ReportMetric(ours/theirs, "times-canned")
	b.ReportMetric(float64(percentile(dsappd.each, 50).Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(percentile(dsappd.each, 99).Microseconds())/1000, "p99-ms")
	b.ReportMetric(dsappd.cost(), "server-cpu-µs")
	b.ReportMetric(canned.cost(), "canned-cpu-µs")
	b.ReportMetric(empty.cost(), "empty-cpu-µs")
	b.ReportMetric(dsappd.cost()-empty.cost(), "above-empty-µs")
}

// side is a server under load, and what was measured of it.
type side struct {
	server *server
	load   *load

	spent, cpu time.Duration
	each       []time.Duration
}

func newSide(b *testing.B, s *server) *side {
	return &side{server: s, load: dial(b, s.host, clients)}
}

func (s *side) activate(b *testing.B, ids []string, response string, check func(body []byte) error) {
	b.Helper()
	requests := make([][]byte, len(ids))
	for i, id := range ids {
		requests[i] = s.load.request(activation(id, response))
	}
	s.ask(b, requests, check)
}

// ask sends requests, checks their replies and notes what they cost.
func (s *side) ask(b *testing.B, requests [][]byte, check func(body []byte) error) {
	b.Helper()
	before := s.server.cpu(b)
	took, each := s.load.send(b, requests, func(_ int, body []byte) error {
		if check == nil {
			return nil
		}
		return check(body)
	})
	s.cpu += s.server.cpu(b) - before
	s.spent += took
	s.each = append(s.each, each...)
}

func (s *side) perSecond() float64 { return float64(len(s.each)) / s.spent.Seconds() }

// cost is the server's CPU time of a request, in microseconds.
func (s *side) cost() float64 { return float64(s.cpu.Microseconds()) / float64(len(s.each)) }
