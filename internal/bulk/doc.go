// Package bulk adds users and authenticators from files, by the thousand: it
// reads rows from CSV, JSON lines and PSKC, and gives them to a server in parts,
// each of which is one commit. Its memory does not grow with the file, but for
// 16 bytes a row where all rows are checked before the first is added.
package bulk

import (
	"context"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// Door is where rows are added: an admin.Client.
type Door interface {
	Import(context.Context, admin.Import) (admin.Imported, error)
	CheckImport(context.Context, admin.Import) (admin.Imported, error)
}

// Row is a row of a file.
type Row struct {
	Number int // of its first line, or its place among the keys of a container
	admin.ImportRow

	// Refused is why the row cannot be read; nil: it can.
	Refused error

	// Skipped says why it is passed over, which is no fault; empty: it is not.
	Skipped string

	fields []string // of CSV
	line   []byte   // of JSON lines
	name   string   // of a key
}

// Source reads the rows of a file. Next returns io.EOF after the last one, and
// any other error where the rest cannot be read.
type Source interface {
	Next() (Row, error)

	// NewRefusals begins a file of refused rows, in a form that can be mended
	// and imported.
	NewRefusals() Refusals
}

// Refusals writes refused rows.
type Refusals interface {
	// Refuse returns what is added to the file for a row.
	Refuse(row Row, why string) ([]byte, error)
}
