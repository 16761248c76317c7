package admin_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// A part is decided row by row, and each refusal says which row it is of, also
// where a row cannot be read.
func TestImport(t *testing.T) {
	o := openOffice(t)
	part := admin.Import{Source: "rows.csv", First: 2, Rows: []admin.ImportRow{
		{User: &admin.ImportUser{AddUser: provision.AddUser{UserID: "ann"}}},
		{Authenticator: &admin.AddAuthenticator{SerialNumber: "VDS4000001", Type: "hotp", Algorithm: "SHA1", Digits: 6, Secret: "not hex"}},
		{User: &admin.ImportUser{AddUser: provision.AddUser{UserID: "ann"}}},
	}}
	checked, err := o.CheckImport(t.Context(), part)
	if err != nil {
		t.Fatal(err)
	}
	done, err := o.Import(t.Context(), part)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(checked, done); diff != "" {
		t.Errorf("what was checked and what was done differ: %s", diff)
	}
	var said []string
	for _, refused := range done.Refused {
		said = append(said, refused.Error.Error())
	}
	if diff := cmp.Diff([]string{
		"The secret is not hex: an even number of the characters 0-9, a-f and A-F. (STAT_INVPARAM)",
		`There already is a user "ann" in domain "master". (STAT_EXISTS)`,
	}, said); diff != "" || done.Users != 1 || done.Refused[0].Row != 1 || done.Refused[1].Row != 2 {
		t.Errorf("%+v: %s", done, diff)
	}
}
