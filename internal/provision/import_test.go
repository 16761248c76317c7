package provision_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

func importedUser(userID string) *provision.ImportUser {
	return &provision.ImportUser{AddUser: provision.AddUser{UserID: userID}}
}

func importedAuthenticator(serialNumber string) *provision.AddAuthenticator {
	return &provision.AddAuthenticator{SerialNumber: serialNumber, Parameters: hotp(), Secret: []byte(rfc4226Secret)}
}

// A part is one commit and one event. Rows see what the rows before them write,
// and one that is refused leaves the others alone.
func TestImport(t *testing.T) {
	p := newPlay(t)
	in := provision.Import{Source: "users.csv", First: 2, Rows: []provision.ImportRow{
		{User: &provision.ImportUser{AddUser: provision.AddUser{UserID: "anna", OrgUnit: "sales", StaticPassword: "Password2"}, Email: "anna@example.com"},
			Authenticator: importedAuthenticator("VDS3000001"), Assign: &provision.ImportAssignment{}},
		{User: importedUser("anna")},
		{Authenticator: importedAuthenticator("VDS3000002")},
		{Assign: &provision.ImportAssignment{UserID: "anna", SerialNumber: "VDS3000002"}},
		{Assign: &provision.ImportAssignment{UserID: "anna", SerialNumber: "VDS3000002"}},
		{Authenticator: importedAuthenticator("VDS3000003"), Assign: &provision.ImportAssignment{UserID: "nobody"}},
		{Authenticator: importedAuthenticator("VDS3000003")},
		{User: importedUser("user1")},
		{},
	}}
	dry := in
	dry.DryRun = true
	for _, part := range []provision.Import{dry, in} {
		done, err := p.Import(t.Context(), operator(), part)
		if err != nil {
			t.Fatal(err)
		}
		var refused []string
		for _, row := range done.Refused {
			refused = append(refused, fmt.Sprintf("%d %s", row.Row, row.Refusal))
		}
		if diff := cmp.Diff([]string{"1 exists", "4 exists", "5 not found", "7 exists", "8 invalid parameter"}, refused); diff != "" {
			t.Errorf("refused rows: %s", diff)
		}
		if done.Users != 1 || done.Authenticators != 3 || done.Assignments != 2 {
			t.Errorf("dry run %v: %+v", part.DryRun, done)
		}
		if part.DryRun {
			if len(p.events("import")) > 0 {
				t.Error("a dry run has an event")
			}
		}
	}
	anna := p.account("anna")
	if diff := cmp.Diff([]string{"VDS3000001", "VDS3000002"}, anna.SerialNumbers); diff != "" || anna.Email != "anna@example.com" || anna.OrgUnit != "sales" {
		t.Errorf("%+v: %s", anna, diff)
	}
	events := p.events("import")
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	if got := fmt.Sprint(events[0].Checks); !strings.Contains(got, "2 to 10 of users.csv") || !strings.Contains(got, "1 users, 3 authenticators, 2 assignments") {
		t.Errorf("the audit says %s", got)
	}
}

// Of a whole part either all is written or nothing.
func TestImportWhole(t *testing.T) {
	p := newPlay(t)
	in := provision.Import{Whole: true, Rows: []provision.ImportRow{{User: importedUser("anna")}, {User: importedUser("user1")}}}
	done, err := p.Import(t.Context(), operator(), in)
	if err != nil || len(done.Refused) != 1 || done.Users != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	in.Rows = in.Rows[:1]
	if done, err = p.Import(t.Context(), operator(), in); err != nil || done.Users != 1 {
		t.Errorf("afterwards: %+v, %v", done, err)
	}
}

// BenchmarkImport is rows a second, each a user with an authenticator.
func BenchmarkImport(b *testing.B) {
	p := newPlay(b)
	const part = 4000
	total := 0
	for b.Loop() {
		rows := make([]provision.ImportRow, part)
		for i := range rows {
			n := total + i
			rows[i] = provision.ImportRow{
				User: importedUser(fmt.Sprintf("user%07d", n)), Assign: &provision.ImportAssignment{},
				Authenticator: &provision.AddAuthenticator{SerialNumber: fmt.Sprintf("BEN%07d", n), Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}, Secret: []byte(rfc4226Secret)},
			}
		}
		done, err := p.Import(b.Context(), operator(), provision.Import{Rows: rows})
		if err != nil || len(done.Refused) > 0 {
			b.Fatal(err, done.Refused)
		}
		total += part
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "rows/s")
}
