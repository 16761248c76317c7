package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// MaxImport bounds the request of an Import, in bytes.
const MaxImport = 16 << 20

// Import is a part of a file of users and authenticators: up to 10,000 rows,
// each of which is added as a whole or not at all, in one commit.
type Import struct {
	Rows   []ImportRow `json:"rows"`
	Source string      `json:"source"` // what the audit calls the file
	First  int         `json:"first"`  // the number of the first row in it
	Whole  bool        `json:"whole"`  // a row that is refused has none added
}

// ImportRow is a user, an authenticator, an assignment, or a user with both.
type ImportRow struct {
	User          *ImportUser       `json:"user,omitempty"`
	Authenticator *AddAuthenticator `json:"authenticator,omitempty"`

	// Assign gives the row's authenticator to the row's user; without one of
	// them, its serialNumber or its userID names one that is there.
	Assign *ImportAssignment `json:"assign,omitempty"`
}

// ImportUser is a new user, who needs no password.
type ImportUser struct {
	provision.AddUser
	Name        string `json:"name,omitempty"`
	Email       string `json:"email,omitempty"`
	Mobile      string `json:"mobile,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Description string `json:"description,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
}

// ImportAssignment is as AssignAuthenticator is.
type ImportAssignment struct {
	SerialNumber string `json:"serialNumber,omitempty"`
	UserID       string `json:"userID,omitempty"`
	Policy       string `json:"policy,omitempty"`
}

// Imported tells what came of an Import.
type Imported struct {
	Users          int          `json:"users"`
	Authenticators int          `json:"authenticators"`
	Assignments    int          `json:"assignments"`
	Refused        []RefusedRow `json:"refused"`
}

// RefusedRow is a row of which nothing was added, by its place in the rows.
type RefusedRow struct {
	Row   int    `json:"row"`
	Error *Error `json:"error"`
}

func (d *Door) importRows(ctx context.Context, operator provision.Operator, in Import) (Imported, error) {
	return d.imported(ctx, operator, in, false)
}

func (d *Door) checkImport(ctx context.Context, in Import) (Imported, error) {
	return d.imported(ctx, provision.Operator{}, in, true)
}

func (d *Door) imported(ctx context.Context, operator provision.Operator, in Import, dryRun bool) (Imported, error) {
	rows := make([]provision.ImportRow, len(in.Rows))
	unread := make(map[int]error)
	for i, row := range in.Rows {
		var err error
		if rows[i], err = row.domain(); err != nil {
			unread[i] = err
		}
	}
	done, err := d.Service.Import(ctx, operator, provision.Import{Rows: rows, Source: in.Source, First: in.First, Whole: in.Whole, DryRun: dryRun})
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Users: done.Users, Authenticators: done.Authenticators, Assignments: done.Assignments, Refused: []RefusedRow{}}
	for _, refused := range done.Refused {
		shown := d.shown(refused.Error)
		if err := unread[refused.Row]; err != nil { // which has made the row empty
			shown = d.shown(err)
		}
		out.Refused = append(out.Refused, RefusedRow{Row: refused.Row, Error: shown})
	}
	return out, nil
}

// domain returns the row in the domain's words. A row that cannot be read
// becomes empty, which the domain refuses.
func (r ImportRow) domain() (provision.ImportRow, error) {
	var row provision.ImportRow
	if r.Authenticator != nil {
		a, err := r.Authenticator.domain()
		if err != nil {
			return row, err
		}
		row.Authenticator = &a
	}
	if u := r.User; u != nil {
		row.User = &provision.ImportUser{
			AddUser: u.AddUser, Name: u.Name, Email: u.Email, Mobile: u.Mobile, Phone: u.Phone,
			Description: u.Description, Disabled: u.Disabled,
		}
	}
	if r.Assign != nil {
		row.Assign = (*provision.ImportAssignment)(r.Assign)
	}
	return row, nil
}
