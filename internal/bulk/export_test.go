package bulk_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

// archive gives out records in pages of two.
type archive struct {
	users          []admin.ImportUser
	authenticators []admin.ExportedAuthenticator
}

func (a archive) ExportUsers(_ context.Context, in provision.ExportUsers) (admin.Page[admin.ImportUser, provision.UserKey], error) {
	begin := 1 + slices.IndexFunc(a.users, func(u admin.ImportUser) bool { return u.UserID == in.After.UserID })
	end := min(begin+2, len(a.users))
	page := admin.Page[admin.ImportUser, provision.UserKey]{Items: a.users[begin:end]}
	if end < len(a.users) {
		page.Next = &provision.UserKey{UserID: a.users[end-1].UserID}
	}
	return page, nil
}

func (a archive) ExportAuthenticators(_ context.Context, in provision.ExportAuthenticators) (admin.Page[admin.ExportedAuthenticator, string], error) {
	begin := 1 + slices.IndexFunc(a.authenticators, func(e admin.ExportedAuthenticator) bool { return e.SerialNumber == in.After })
	end := min(begin+2, len(a.authenticators))
	page := admin.Page[admin.ExportedAuthenticator, string]{Items: a.authenticators[begin:end]}
	if end < len(a.authenticators) {
		page.Next = &a.authenticators[end-1].SerialNumber
	}
	return page, nil
}

// printable draws texts with what CSV and XML have to escape.
var printable = rapid.StringOf(rapid.RuneFrom([]rune("aZ09 ,;\"'<>&\\|äé字😀=+-\t\n"))).Filter(func(s string) bool { return strings.TrimSpace(s) == s })

// What is exported is imported as it was.
func TestExportedUsersAreImported(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé][a-z,"; ]{0,6}[a-z]`), 0, 7, rapid.ID[string]).Draw(t, "names")
		var users []admin.ImportUser
		for _, name := range names {
			users = append(users, admin.ImportUser{
				AddUser: provision.AddUser{UserID: name, Domain: "master", OrgUnit: printable.Draw(t, "unit"), PasswordHash: rapid.SampledFrom([]string{"", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"}).Draw(t, "hash")},
				Name:    printable.Draw(t, "name"), Email: printable.Draw(t, "email"), Mobile: printable.Draw(t, "mobile"), Phone: printable.Draw(t, "phone"),
				Description: printable.Draw(t, "description"), Disabled: rapid.Bool().Draw(t, "disabled"),
			})
		}
		for _, format := range []string{"csv", "json"} {
			var file bytes.Buffer
			writer := bulk.JSONUsers(&file)
			if format == "csv" {
				writer, _ = bulk.CSVUsers(&file)
			}
			done, err := bulk.ExportUsers(t.Context(), archive{users: users}, writer, "", true)
			if err != nil || done.Users != len(users) {
				t.Fatalf("%s: %+v, %v", format, done, err)
			}
			source := bulk.JSONLines(&file)
			if format == "csv" {
				if source, err = bulk.CSV(&file, bulk.Users, false); err != nil {
					t.Fatal(err)
				}
			}
			var back []admin.ImportUser
			for _, row := range read(t, source) {
				row.User.NoPassword = false // as it is where there is no hash
				back = append(back, *row.User)
			}
			if diff := cmp.Diff(users, back); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
		}
	})
}

func read(t interface{ Fatalf(string, ...any) }, source bulk.Source) (rows []bulk.Row) {
	for {
		row, err := source.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil || row.Refused != nil {
			t.Fatalf("row %d: %v, %v", row.Number, row.Refused, err)
		}
		rows = append(rows, row)
	}
}

func TestExportedAuthenticatorsAreImported(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		serials := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z]{3}[0-9]{7}`), 0, 7, rapid.ID[string]).Draw(t, "serials")
		var all []admin.ExportedAuthenticator
		for _, serial := range serials {
			a := admin.ExportedAuthenticator{UserID: rapid.SampledFrom([]string{"", "anna", "Ann & Co <x>"}).Draw(t, "user"), AddAuthenticator: admin.AddAuthenticator{
				SerialNumber: serial, Domain: "master",
				Type:      rapid.SampledFrom([]oath.Type{oath.HOTP, oath.TOTP}).Draw(t, "type"),
				Algorithm: rapid.SampledFrom([]oath.Algorithm{oath.SHA1, oath.SHA256, oath.SHA512}).Draw(t, "algorithm"),
				Digits:    rapid.IntRange(6, 8).Draw(t, "digits"),
				Secret:    hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 16, 64).Draw(t, "secret")),
			}}
			if a.Type == oath.HOTP {
				a.MovingFactor = rapid.Uint64().Draw(t, "moving factor")
			}
			if rapid.Bool().Draw(t, "expires") {
				a.ExpiresAt = now.Add(time.Duration(rapid.Int64Range(1, 1e18).Draw(t, "after")))
			}
			all = append(all, a)
		}
		var file bytes.Buffer
		done, err := bulk.ExportAuthenticators(t.Context(), archive{authenticators: all}, &file, "master")
		if err != nil || done.Authenticators != len(all) {
			t.Fatalf("%+v, %v", done, err)
		}
		var back []admin.ExportedAuthenticator
		for _, row := range read(t, bulk.PSKC(&file, bulk.PSKCOptions{Domain: "master", Assign: true, Now: now}, nil)) {
			a := admin.ExportedAuthenticator{AddAuthenticator: *row.Authenticator}
			if row.Assign != nil {
				a.UserID = row.Assign.UserID
			}
			back = append(back, a)
		}
		if diff := cmp.Diff(all, back); diff != "" {
			t.Errorf("%s", diff)
		}
	})
}
