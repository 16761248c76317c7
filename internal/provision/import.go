package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/store"
)

// Import is a part of a file of users and authenticators.
type Import struct {
	Rows []ImportRow

	// Source and First are for the audit: the name of the file, and the
	// number of the first row in it.
	Source string
	First  int

	// DryRun says to decide and to write nothing. Whole says that a row that
	// is refused has no row of this part written.
	DryRun, Whole bool
}

// ImportRow is a user, an authenticator, an assignment, or a user with both. It
// is written as a whole or not at all.
type ImportRow struct {
	User          *ImportUser
	Authenticator *AddAuthenticator

	// Assign gives the row's authenticator to the row's user. Without one of
	// them, its SerialNumber or its UserID names one that is there.
	Assign *ImportAssignment
}

// ImportUser is a new user, who needs no password.
type ImportUser struct {
	AddUser
	Name, Email, Mobile, Phone, Description string
	Disabled                                bool
}

// ImportAssignment is as AssignAuthenticator is, for a row.
type ImportAssignment struct {
	SerialNumber string
	UserID       string
	Policy       string
}

// Imported tells what came of an Import.
type Imported struct {
	Users, Authenticators, Assignments int
	Refused                            []RefusedRow
}

// RefusedRow is a row of which nothing was written, by its place in Rows.
type RefusedRow struct {
	Row int
	*Error
}

// maxImportRows bounds an Import: all of it is one commit, with one event.
const maxImportRows = 10_000

// Import adds what rows hold, in their order, in one commit with one event of
// the audit. A row that is refused leaves the others alone, unless the part is
// Whole.
func (s *Service) Import(ctx context.Context, operator Operator, in Import) (Imported, error) {
	if len(in.Rows) > maxImportRows {
		return Imported{}, refuse(InvalidParameter, fmt.Sprintf("The part has %d rows: %d are the limit.", len(in.Rows), maxImportRows))
	}
	if in.DryRun {
		f := &frame{service: s, ctx: ctx, fresh: true, now: s.Now(), settings: DefaultSettings()}
		return f.importRows(in, make([]string, len(in.Rows)))
	}
	hashes, err := s.hashRows(ctx, in.Rows)
	if err != nil {
		return Imported{}, err
	}
	var done Imported
	return perform(ctx, s, operatorEvent("import", operator), func(f *frame) (Imported, error) {
		done, err = f.importRows(in, hashes)
		if err != nil {
			return done, err
		}
		if in.Whole && len(done.Refused) > 0 {
			f.expected, f.relied, f.writes, f.changed = nil, nil, nil, nil
			done.Users, done.Authenticators, done.Assignments = 0, 0, 0
		}
		f.checked("rows", fmt.Sprintf("%d to %d of %s", in.First, in.First+len(in.Rows)-1, in.Source))
		f.checked("added", fmt.Sprintf("%d users, %d authenticators, %d assignments", done.Users, done.Authenticators, done.Assignments))
		if len(done.Refused) > 0 {
			f.checked("rows refused", fmt.Sprint(len(done.Refused)))
		}
		return done, nil
	})
}

// hashRows hashes the passwords of rows, several at once.
func (s *Service) hashRows(ctx context.Context, rows []ImportRow) ([]string, error) {
	hashes := make([]string, len(rows))
	hashing, ctx := errgroup.WithContext(ctx)
	hashing.SetLimit(runtime.GOMAXPROCS(0))
	for i, row := range rows {
		if row.User == nil || row.User.StaticPassword == "" || checkPassword(row.User.StaticPassword) != nil {
			continue
		}
		hashing.Go(func() (err error) {
			hashes[i], err = s.hashAtLeisure(ctx, row.User.StaticPassword)
			return err
		})
	}
	if err := hashing.Wait(); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	return hashes, nil
}

// busyRetry is after how long a password is tried again that found the queue
// full.
const busyRetry = 100 * time.Millisecond

// hashAtLeisure waits where the queue is full: an import has time.
func (s *Service) hashAtLeisure(ctx context.Context, password string) (string, error) {
	for {
		hash, err := s.Passwords.Hash(ctx, passwords.Share{Door: operatorsDoor}, names.Password(password))
		if !errors.Is(err, passwords.ErrBusy) {
			return hash, err
		}
		select {
		case <-time.After(busyRetry):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// importRows decides each row in a frame of its own, which sees what the rows
// before it write.
func (f *frame) importRows(in Import, hashes []string) (Imported, error) {
	var done Imported
	before := make(map[recordKey]any)
	settings := DefaultSettings()
	err := f.read(func(v *store.View) error {
		for i, row := range in.Rows {
			r := &frame{service: f.service, ctx: f.ctx, fresh: f.fresh, turn: f.turn, now: f.now, settings: settings, staged: &staged{before, map[recordKey]any{}}}
			err := r.importRow(v, row, hashes[i])
			if refusal, refused := errors.AsType[*Error](err); refused {
				refusal.Status = f.service.Statuses[refusal.Refusal]
				done.Refused = append(done.Refused, RefusedRow{i, refusal})
				continue
			}
			if err != nil {
				return fmt.Errorf("row %d: %w", in.First+i, err)
			}
			f.adopt(r)
			done.count(row)
		}
		return nil
	})
	return done, err
}

// adopt makes a row's decision part of the whole.
func (f *frame) adopt(row *frame) {
	f.expected = append(f.expected, row.expected...)
	f.relied = append(f.relied, row.relied...)
	f.writes = append(f.writes, row.writes...)
	f.changed = append(f.changed, row.changed...)
	maps.Copy(row.staged.before, row.staged.row)
}

// recordKey names a record of any kind.
type recordKey struct {
	kind string
	key  any
}

// staged holds records that an import writes.
type staged struct{ before, row map[recordKey]any }

func (s *staged) find(kind string, key any) (record any, is bool) {
	if s == nil {
		return nil, false
	}
	if record, is = s.row[recordKey{kind, key}]; !is {
		record, is = s.before[recordKey{kind, key}]
	}
	return record, is
}

func (i *Imported) count(row ImportRow) {
	if row.User != nil {
		i.Users++
	}
	if row.Authenticator != nil {
		i.Authenticators++
	}
	if row.Assign != nil {
		i.Assignments++
	}
}

// importRow decides one row.
func (f *frame) importRow(v *store.View, row ImportRow, hash string) error {
	if row.User == nil && row.Authenticator == nil && row.Assign == nil {
		return refuse(InvalidParameter, "The row holds neither a user nor an authenticator.")
	}
	var assign ImportAssignment
	if row.Assign != nil {
		assign = *row.Assign
	}
	domain := ""
	if row.User != nil {
		user, err := f.importUser(v, *row.User, hash)
		if err != nil {
			return err
		}
		assign.UserID, domain = user.UserID, user.Domain
	}
	if row.Authenticator != nil {
		in := *row.Authenticator
		in.Domain = cmp.Or(in.Domain, domain)
		a, err := f.importAuthenticator(v, in)
		if err != nil {
			return err
		}
		assign.SerialNumber = a.SerialNumber
	}
	if row.Assign == nil {
		return nil
	}
	return f.importAssignment(v, assign)
}

func (f *frame) importUser(v *store.View, in ImportUser, hash string) (User, error) {
	if err := in.check(); err != nil {
		return User{}, err
	}
	key, err := f.newUser(v, in.AddUser)
	if err != nil {
		return User{}, err
	}
	user := User{
		Domain: key.Domain, UserID: key.UserID, OrgUnit: in.OrgUnit, PasswordHash: cmp.Or(in.PasswordHash, hash), Disabled: in.Disabled,
		Name: in.Name, Email: in.Email, Mobile: in.Mobile, Phone: in.Phone, Description: in.Description, CreatedAt: f.now,
	}
	put(f, Users, user)
	return user, nil
}

func (in ImportUser) check() error {
	if in.StaticPassword != "" || in.PasswordHash != "" {
		if err := in.AddUser.check(); err != nil {
			return err
		}
	} else if err := in.checkNames(); err != nil {
		return err
	}
	for _, text := range []struct{ what, text string }{
		{"name", in.Name}, {"e-mail address", in.Email}, {"mobile number", in.Mobile}, {"phone number", in.Phone}, {"description", in.Description},
	} {
		if text.text != "" {
			if err := checkName(text.what, text.text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *frame) importAuthenticator(v *store.View, in AddAuthenticator) (Authenticator, error) {
	in.Domain = cmp.Or(names.Trim(in.Domain), defaultDomain)
	if err := in.check(); err != nil {
		return Authenticator{}, err
	}
	var err error
	if in.Domain, err = f.domainNamed(v, in.Domain); err != nil {
		return Authenticator{}, err
	}
	if err := f.newAuthenticator(v, in); err != nil {
		return Authenticator{}, err
	}
	return f.addAuthenticator(in)
}

func (f *frame) importAssignment(v *store.View, in ImportAssignment) error {
	if err := checkName("user ID", names.Trim(in.UserID)); err != nil {
		return err
	}
	user, a, err := f.match(v, AssignAuthenticator{SerialNumber: in.SerialNumber, UserID: in.UserID, Policy: in.Policy})
	if err != nil {
		return err
	}
	f.assign(&user, a)
	return nil
}
