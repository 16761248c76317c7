package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// few is how many users are registered and activated in a round, and all that the
// small store has.
const few = 1000

// BenchmarkLarge is how long the median register and the median activate take in a
// store of many authenticators, beside one of 1,000 in turn with it, by one
// connection. The memory is what the server has beside the page cache.
func BenchmarkLarge(b *testing.B) {
	many := askedFor(b)
	large, small := furnish(b, cheapHashes, few), furnish(b, cheapHashes, few)
	open(b, large, func(folder *datafolder.Folder) error { return multiply(b.Context(), folder.Records, many) })
	sides := []*timed{{server: startDsappd(b, small)}, {server: startDsappd(b, large)}}
	for round := 0; b.Loop(); round++ {
		for _, s := range sides {
			s.round(b, otp(b, round))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(many), "authenticators")
	for i, name := range []string{"small", "large"} {
		b.ReportMetric(float64(percentile(sides[i].register, 50).Microseconds()), name+"-register-µs")
		b.ReportMetric(float64(percentile(sides[i].activate, 50).Microseconds()), name+"-activate-µs")
	}
	b.ReportMetric(float64(sides[1].server.anonymous(b))/(1<<20), "large-MiB")
	b.ReportMetric(float64(percentile(sides[1].register, 50))/float64(percentile(sides[0].register, 50)), "times-small-register")
	b.ReportMetric(float64(percentile(sides[1].activate, 50))/float64(percentile(sides[0].activate, 50)), "times-small-activate")
}

// askedFor is how many records a large store has.
func askedFor(b *testing.B) int {
	asked := os.Getenv(authenticatorsVariable)
	if asked == "" {
		return 20_000
	}
	many, err := strconv.Atoi(asked)
	if err != nil {
		b.Fatalf("%s: %v", authenticatorsVariable, err)
	}
	return many
}

// timed is a server, and how long its replies took.
type timed struct {
	server             *server
	register, activate []time.Duration
}

func (s *timed) round(b *testing.B, response string) {
	l := dial(b, s.server.host, 1)
	ids, registered := register(b, l, few)
	requests := make([][]byte, len(ids))
	for i, id := range ids {
		requests[i] = l.request(activation(id, response))
	}
	_, activated := l.send(b, requests, func(_ int, body []byte) error { return granted(body) })
	s.register, s.activate = append(s.register, registered...), append(s.activate, activated...)
}

// multiply puts copies of the first user and authenticator into a store, under other
// names, until it has so many. Nobody can use them: what is sealed is sealed for the
// first.
func multiply(ctx context.Context, records *store.Store, many int) error {
	const batch = 5000
	for next := few; next < many; next += batch {
		err := records.Update(ctx, func(tx *store.Tx) error { return putCopies(tx, next, min(next+batch, many)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func putCopies(tx *store.Tx, from, to int) error {
	user, err := store.Get(tx, provision.Users, provision.UserKey{Domain: "master", UserID: userID(0)})
	if err != nil {
		return fmt.Errorf("the first user: %w", err)
	}
	authenticator, err := store.Get(tx, provision.Authenticators, serialNumber(0))
	if err != nil {
		return fmt.Errorf("the first authenticator: %w", err)
	}
	for i := from; i < to; i++ {
		user.UserID, authenticator.SerialNumber = userID(i), serialNumber(i)
		authenticator.UserID = user.UserID
		if err := store.Put(tx, provision.Users, user); err != nil {
			return err
		}
		if err := store.Put(tx, provision.Authenticators, authenticator); err != nil {
			return err
		}
	}
	return nil
}
