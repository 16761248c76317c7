package provision_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// BenchmarkFields encodes and decodes usual records, beside the JSON of the
// same.
func BenchmarkFields(b *testing.B) {
	benchmarkFields(b, provision.Users, usualUser())
	benchmarkFields(b, provision.Authenticators, usualAuthenticator())
	benchmarkFields(b, provision.Registrations, usualRegistration())
	benchmarkFields(b, audit.Events, usualEvent())
}

func benchmarkFields[K, R any](b *testing.B, kind store.Kind[K, R], record R) {
	made, text := must(kind.Append(nil, record))(b), must(json.Marshal(record))(b)
	b.Run(kind.Name+"/encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := kind.Append(make([]byte, 0, len(made)), record); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(made)), "bytes")
	})
	b.Run(kind.Name+"/decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := kind.Parse(made); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(kind.Name+"/decode JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var record R
			if err := json.Unmarshal(text, &record); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(text)), "bytes")
	})
}

func benchTime() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 123456789, time.UTC) }

func usualUser() provision.User {
	return provision.User{
		Domain: "master", UserID: "user1", SerialNumbers: []string{"VDS1000140"}, CreatedAt: benchTime(), LastRegistration: "aB3dE6gH",
		PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("s", 22) + "$" + strings.Repeat("h", 43),
		Origins:      []provision.Origin{{Prefix: netip.MustParsePrefix("192.0.2.1/32"), RightAt: benchTime()}},
	}
}

func usualAuthenticator() provision.Authenticator {
	sealed := []byte(strings.Repeat("s", 49))
	return provision.Authenticator{
		SerialNumber: "VDS1000140", Domain: "master", State: provision.Active, UserID: "user1",
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, Secret: sealed, InitialSecret: sealed,
		NextMovingFactor: 17, AssignedMovingFactor: 1, AssignedAt: benchTime(), GraceEndsAt: benchTime(), LastActivatedAt: benchTime(),
		Activations: 3, OpenRegistration: "aB3dE6gH", ActivatedBy: "zY2wV5uT", CreatedAt: benchTime(),
	}
}

func usualRegistration() provision.Registration {
	sealed := func(n int) []byte { return []byte(strings.Repeat("s", n+29)) }
	return provision.Registration{
		ID: "aB3dE6gH", State: provision.KeyExchanged, Domain: "master", UserID: "user1", SerialNumber: "VDS1000140",
		ComponentType: "srp-component", Policy: "lab", CreatedAt: benchTime(), ExpiresAt: benchTime(), KeyRequests: 1,
		Salt: sealed(16), Verifier: sealed(256), ClientPublicKey: sealed(227), ServerPublicKey: sealed(227), ServerSecret: sealed(32),
	}
}

func usualEvent() audit.Event {
	e := audit.Event{
		EventKey:  audit.EventKey{Run: "20261128T115550.697-8f38c10f", Time: benchTime(), Random: "0123456789abcdef"},
		RequestID: "0123456789abcdef", Operation: "dsappSRPActivate", ComponentType: "srp-component", Address: "192.0.2.1",
		Domain: "master", UserID: "user1", SerialNumber: "VDS1000140", RegistrationID: "aB3dE6gH", Policy: "lab", Reason: "granted",
		Status: audit.Status{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"},
		Wire:   audit.Status{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}, MAC: audit.Digest{1},
	}
	for i := range 9 {
		check := audit.Check{Name: fmt.Sprint("check ", i), Detail: "until 2026-11-28T12:00:00Z"}
		if i%2 == 1 {
			check.Settings = json.RawMessage(`{"RegistrationMinutes":10}`)
		}
		e.Checks = append(e.Checks, check)
	}
	return e
}
