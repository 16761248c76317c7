package provision

import "github.com/dsappd/dsappd/store"

func (a *Administrator) fields(f *store.Fields) {
	store.Text(f, 1, &a.Domain)
	store.Text(f, 2, &a.UserID)
	store.Texts(f, 3, &a.Privileges)
	store.Bytes(f, 4, &a.KeyDigest)
	f.Time(5, &a.KeyAddedAt)
	f.Time(6, &a.LastLogonAt)
	f.Time(7, &a.CreatedAt)
}

func (s *AdminSession) fields(f *store.Fields) {
	store.Text(f, 1, &s.Digest)
	store.Text(f, 2, &s.Index)
	store.Text(f, 3, &s.Domain)
	store.Text(f, 4, &s.UserID)
	store.Text(f, 5, &s.Address)
	f.Time(6, &s.StartedAt)
	f.Time(7, &s.EndsAt)
	f.Time(8, &s.UsedAt)
	store.Int(f, 9, &s.Idle)
}

func (e *UserEntry) fields(f *store.Fields) {
	store.Text(f, 1, &e.Field)
	store.Text(f, 2, &e.Value)
	store.Text(f, 3, &e.Domain)
	store.Text(f, 4, &e.UserID)
}

func (e *AuthenticatorEntry) fields(f *store.Fields) {
	store.Text(f, 1, &e.Domain)
	store.Text(f, 2, &e.Assigned)
	store.Text(f, 3, &e.SerialNumber)
}

func (u *OrgUnit) fields(f *store.Fields) {
	store.Text(f, 1, &u.Domain)
	store.Text(f, 2, &u.Name)
	store.Text(f, 3, &u.Parent)
	store.Text(f, 4, &u.Description)
	f.Time(5, &u.CreatedAt)
	f.Time(6, &u.ModifiedAt)
}

func (a *UserAttribute) fields(f *store.Fields) {
	store.Text(f, 1, &a.Domain)
	store.Text(f, 2, &a.UserID)
	store.Text(f, 3, &a.Group)
	store.Text(f, 4, &a.Name)
	store.Text(f, 5, &a.UsageQualifier)
	store.Text(f, 6, &a.Value)
	store.Uint(f, 7, &a.Options)
	f.Time(8, &a.CreatedAt)
	f.Time(9, &a.ModifiedAt)
	store.Text(f, 10, &a.LDAPName)
}
