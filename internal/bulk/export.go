package bulk

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath/pskc"
)

// exportPage is how many records are asked for at once.
const exportPage = 1000

// Office is where records are read: an admin.Client.
type Office interface {
	ExportUsers(context.Context, provision.ExportUsers) (admin.Page[admin.ImportUser, provision.UserKey], error)
	ExportAuthenticators(context.Context, provision.ExportAuthenticators) (admin.Page[admin.ExportedAuthenticator, string], error)
}

// Exported counts what was exported, and the licences for several devices, for
// which PSKC has no form.
type Exported struct {
	Users          int `json:"users,omitempty"`
	Authenticators int `json:"authenticators,omitempty"`
	Skipped        int `json:"skipped,omitempty"`
}

// UserWriter writes users in a form that an import reads.
type UserWriter interface {
	Write(admin.ImportUser) error
	Flush() error
}

// ExportUsers writes the users of a domain, or of all, with the hashes of their
// static passwords where that is asked for.
func ExportUsers(ctx context.Context, office Office, to UserWriter, domain string, passwords bool) (Exported, error) {
	var done Exported
	in := provision.ExportUsers{ListUsers: provision.ListUsers{Domain: domain, Limit: exportPage}, Passwords: passwords}
	for {
		page, err := office.ExportUsers(ctx, in)
		if err != nil {
			return done, err
		}
		for _, user := range page.Items {
			if err := to.Write(user); err != nil {
				return done, err
			}
			done.Users++
		}
		if page.Next == nil {
			return done, to.Flush()
		}
		in.After = *page.Next
	}
}

// exportedColumns are those of CSV that a user has.
var exportedColumns = []struct {
	name  string
	value func(admin.ImportUser) string
}{
	{"userID", func(u admin.ImportUser) string { return u.UserID }},
	{"domain", func(u admin.ImportUser) string { return u.Domain }},
	{"passwordHash", func(u admin.ImportUser) string { return u.PasswordHash }},
	{"orgUnit", func(u admin.ImportUser) string { return u.OrgUnit }},
	{"name", func(u admin.ImportUser) string { return u.Name }},
	{"email", func(u admin.ImportUser) string { return u.Email }},
	{"mobile", func(u admin.ImportUser) string { return u.Mobile }},
	{"phone", func(u admin.ImportUser) string { return u.Phone }},
	{"description", func(u admin.ImportUser) string { return u.Description }},
	{"disabled", func(u admin.ImportUser) string {
		if u.Disabled {
			return "yes"
		}
		return ""
	}},
}

type csvUsers struct{ writer *csv.Writer }

// CSVUsers writes users as CSV (RFC 4180), in UTF-8.
func CSVUsers(to io.Writer) (UserWriter, error) {
	c := csvUsers{csv.NewWriter(to)}
	var header []string
	for _, column := range exportedColumns {
		header = append(header, column.name)
	}
	return c, c.writer.Write(header)
}

func (c csvUsers) Write(user admin.ImportUser) error {
	record := make([]string, 0, len(exportedColumns))
	for _, column := range exportedColumns {
		record = append(record, column.value(user))
	}
	return c.writer.Write(record)
}

func (c csvUsers) Flush() error {
	c.writer.Flush()
	return c.writer.Error()
}

type jsonUsers struct{ encoder *json.Encoder }

// JSONUsers writes users as JSON lines.
func JSONUsers(to io.Writer) UserWriter {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return jsonUsers{encoder}
}

func (j jsonUsers) Write(user admin.ImportUser) error { return j.encoder.Encode(user) }
func (j jsonUsers) Flush() error                      { return nil }

// ExportAuthenticators writes the authenticators of a domain as a container of PSKC
// (RFC 6030), in the clear: whatever to is has to keep the secrets.
func ExportAuthenticators(ctx context.Context, office Office, to io.Writer, domain string) (Exported, error) {
	var done Exported
	writer := pskc.NewWriter(to)
	in := provision.ExportAuthenticators{Domain: domain, Limit: exportPage}
	for {
		page, err := office.ExportAuthenticators(ctx, in)
		if err != nil {
			return done, err
		}
		for _, a := range page.Items {
			if a.Limit > 0 {
				done.Skipped++
				continue
			}
			key, err := keyOf(a)
			if err == nil {
				err = writer.Write(key)
			}
			if err != nil {
				return done, err
			}
			done.Authenticators++
		}
		if page.Next == nil {
			return done, writer.Close()
		}
		in.After = *page.Next
	}
}

func keyOf(a admin.ExportedAuthenticator) (pskc.Key, error) {
	secret, err := hex.DecodeString(a.Secret)
	if err != nil {
		return pskc.Key{}, fmt.Errorf("the secret of %s is not hex", a.SerialNumber) // the library's words quote it
	}
	key := pskc.Key{
		ID: a.SerialNumber, SerialNo: a.SerialNumber, Manufacturer: "dsappd", UserID: a.UserID,
		Algorithm: pskc.HOTP, Suite: "HMAC-" + strings.ToUpper(string(a.Algorithm)), ResponseLength: a.Digits, ResponseEncoding: "DECIMAL",
		Secret: secret, Counter: a.MovingFactor, KeyUsage: []string{"OTP"}, ExpiryDate: a.ExpiresAt,
	}
	if a.Type == "totp" {
		key.Algorithm, key.Counter, key.TimeInterval = pskc.TOTP, 0, 30
	}
	return key, nil
}
