package provision

import (
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// The fields of records, as they are kept. A new field takes the next number of
// its record; the number of a field that is gone is never used again.

func (d *Domain) fields(f *store.Fields) {
	store.Text(f, 1, &d.Name)
	f.Time(2, &d.CreatedAt)
	f.Bool(3, &d.Shut)
	store.Text(f, 4, &d.Description)
	f.Time(5, &d.ModifiedAt)
	store.Text(f, 6, &d.AltSuffix)
}

func (u *User) fields(f *store.Fields) {
	store.Text(f, 1, &u.Domain)
	store.Text(f, 2, &u.UserID)
	store.Text(f, 3, &u.OrgUnit)
	store.Text(f, 4, &u.PasswordHash)
	f.Bool(5, &u.Disabled)
	store.Int(f, 6, &u.WrongPasswords)
	store.Messages(f, 7, &u.Origins, (*Origin).fields)
	f.Time(8, &u.LockedAt)
	f.Prefixes(9, &u.LockedFor)
	store.Int(f, 10, &u.Locks)
	f.Time(11, &u.LockedUntil)
	store.Int(f, 12, &u.WrongProofs)
	store.Int(f, 13, &u.SpentRegistrations)
	store.Int(f, 14, &u.SpentLocks)
	store.Texts(f, 15, &u.SerialNumbers)
	store.Text(f, 16, &u.LastRegistration)
	f.Time(17, &u.CreatedAt)
	f.Time(18, &u.PasswordSetAt)
	store.Text(f, 19, &u.LocalAuth)
	store.Text(f, 20, &u.BackendAuth)
	f.Time(21, &u.ExpiresAt)
	store.Text(f, 22, &u.Email)
	store.Text(f, 23, &u.Mobile)
	store.Text(f, 24, &u.Phone)
	store.Text(f, 25, &u.Name)
	store.Text(f, 26, &u.Description)
	f.Time(27, &u.LastAuthRequestAt)
	f.Time(28, &u.LastAuthAt)
	f.Bool(29, &u.LockHeld)
	f.Time(30, &u.ModifiedAt)
	store.Text(f, 31, &u.VirtualDelivery)
	store.Messages(f, 32, &u.Kept, (*KeptAttribute).fields)
}

func (k *KeptAttribute) fields(f *store.Fields) {
	store.Text(f, 1, &k.Name)
	store.Text(f, 2, &k.Value)
}

func (o *Origin) fields(f *store.Fields) {
	f.Prefix(1, &o.Prefix)
	store.Int(f, 2, &o.WrongPasswords)
	f.Time(3, &o.RightAt)
}

func (a *Authenticator) fields(f *store.Fields) {
	store.Text(f, 1, &a.SerialNumber)
	store.Text(f, 2, &a.Domain)
	store.Text(f, 3, &a.State)
	store.Text(f, 4, &a.UserID)
	store.Message(f, 5, &a.Parameters, parameterFields)
	store.Int(f, 6, &a.ActivationType)
	store.Bytes(f, 7, &a.Secret)
	store.Bytes(f, 8, &a.InitialSecret)
	store.Bytes(f, 9, &a.Diversifier)
	store.Bytes(f, 10, &a.DevicePNID)
	store.Uint(f, 11, &a.NextMovingFactor)
	store.Uint(f, 12, &a.AssignedMovingFactor)
	store.Uint(f, 13, &a.PeakMovingFactor)
	store.Int(f, 14, &a.Drift)
	f.Time(15, &a.AssignedAt)
	f.Time(16, &a.GraceEndsAt)
	f.Time(17, &a.LastActivatedAt)
	store.Int(f, 18, &a.Activations)
	store.Optional(f, 19, &a.Licence, (*Licence).fields)
	store.Text(f, 20, &a.OpenRegistration)
	store.Text(f, 21, &a.ActivatedBy)
	f.Time(22, &a.CreatedAt)
	store.Optional(f, 23, &a.Drifted, (*Drifted).fields)
	store.Text(f, 24, &a.Model)
	store.Bytes(f, 25, &a.PIN)
	store.Int(f, 26, &a.Errors)
	f.Time(27, &a.ExpiresAt)
	f.Time(28, &a.ModifiedAt)
	store.Uint(f, 29, &a.NextSignature)
}

func parameterFields(p *oath.Parameters, f *store.Fields) {
	store.Text(f, 1, &p.Type)
	store.Text(f, 2, &p.Algorithm)
	store.Int(f, 3, &p.Digits)
}

func (l *Licence) fields(f *store.Fields) {
	store.Int(f, 1, &l.Limit)
	store.Int(f, 2, &l.NextSequenceNumber)
	store.Messages(f, 3, &l.Instances, (*Instance).fields)
	store.Optional(f, 4, &l.Message, (*LicenceMessage).fields)
}

func (m *LicenceMessage) fields(f *store.Fields) {
	store.Bytes(f, 1, &m.Sealed)
	store.Int(f, 2, &m.Wrong)
}

func (i *Instance) fields(f *store.Fields) {
	store.Uint(f, 1, &i.SequenceNumber)
	store.Text(f, 2, &i.State)
	store.Text(f, 3, &i.RegistrationID)
	store.Uint(f, 4, &i.DeviceType)
	store.Text(f, 5, &i.Description)
	f.Time(6, &i.ExpiresAt)
	store.Bytes(f, 7, &i.Secret)
	store.Uint(f, 8, &i.NextMovingFactor)
	store.Int(f, 9, &i.Drift)
	store.Optional(f, 10, &i.Drifted, (*Drifted).fields)
	store.Bytes(f, 11, &i.DevicePNID)
	f.Time(12, &i.ActivatedAt)
	store.Uint(f, 13, &i.NextSignature)
}

func (d *Drifted) fields(f *store.Fields) {
	store.Uint(f, 1, &d.MovingFactor)
	store.Bytes(f, 2, &d.Diversifier)
}

func (r *Registration) fields(f *store.Fields) {
	store.Text(f, 1, &r.ID)
	store.Text(f, 2, &r.State)
	store.Text(f, 3, &r.Domain)
	store.Text(f, 4, &r.UserID)
	store.Text(f, 5, &r.SerialNumber)
	store.Int(f, 6, &r.ActivationType)
	store.Text(f, 7, &r.ComponentType)
	store.Text(f, 8, &r.Policy)
	f.Time(9, &r.CreatedAt)
	f.Time(10, &r.ExpiresAt)
	f.Time(11, &r.EndedAt)
	store.Int(f, 12, &r.Attempts)
	store.Int(f, 13, &r.KeyRequests)
	store.Int(f, 14, &r.DeviceCodes)
	store.Optional(f, 15, &r.Drifted, (*Drifted).fields)
	store.Bytes(f, 16, &r.Salt)
	store.Bytes(f, 17, &r.Verifier)
	store.Bytes(f, 18, &r.ClientPublicKey)
	store.Bytes(f, 19, &r.ServerPublicKey)
	store.Bytes(f, 20, &r.ServerSecret)
	f.Bool(21, &r.MDL)
	store.Bytes(f, 22, &r.Message1)
	store.Bytes(f, 23, &r.DeviceCode)
	store.Bytes(f, 24, &r.Message2)
	store.Bytes(f, 25, &r.DerivationCode)
	store.Text(f, 26, &r.ClosedBecause)
	f.Time(27, &r.AssignedAt)
}

func (e *Expiry) fields(f *store.Fields) {
	f.Time(1, &e.ExpiresAt)
	store.Text(f, 2, &e.RegistrationID)
}

func (a *FreeAuthenticator) fields(f *store.Fields) {
	store.Text(f, 1, &a.Domain)
	store.Text(f, 2, &a.Type)
	store.Text(f, 3, &a.SerialNumber)
}

func (c *Component) fields(f *store.Fields) {
	store.Text(f, 1, &c.ComponentType)
	f.Prefix(2, &c.Location)
	store.Text(f, 3, &c.Policy)
	f.Time(4, &c.CreatedAt)
}

func (p *Policy) fields(f *store.Fields) {
	store.Text(f, 1, &p.Name)
	store.Text(f, 2, &p.Parent)
	store.Bytes(f, 3, &p.Set)
}

func (c *KeyCheck) fields(f *store.Fields) {
	store.Text(f, 1, &c.Name)
	store.Bytes(f, 2, &c.Sealed)
	f.Time(3, &c.CreatedAt)
	store.Uint(f, 4, &c.Secrets)
	store.Bytes(f, 5, &c.Keys)
}

func (s *Stranger) fields(f *store.Fields) {
	store.Text(f, 1, &s.Slot)
	store.Text(f, 2, &s.Filling)
}

func (k *GatewayKey) fields(f *store.Fields) {
	store.Text(f, 1, &k.Name)
	store.Text(f, 2, &k.Side)
	store.Bytes(f, 3, &k.Digest)
	f.Time(4, &k.CreatedAt)
}

func (k *PlatformKey) fields(f *store.Fields) {
	store.Text(f, 1, &k.Name)
	store.Texts(f, 2, &k.Scopes)
	store.Bytes(f, 3, &k.Digest)
	f.Time(4, &k.CreatedAt)
}

func (k *OperatorKey) fields(f *store.Fields) {
	store.Text(f, 1, &k.Name)
	f.Bool(2, &k.ReadOnly)
	store.Bytes(f, 3, &k.Digest)
	f.Time(4, &k.CreatedAt)
}

func (c *Challenge) fields(f *store.Fields) {
	store.Text(f, 1, &c.Key)
	store.Text(f, 2, &c.Challenge)
	f.Time(3, &c.ExpiresAt)
	store.Text(f, 4, &c.Domain)
	store.Text(f, 5, &c.UserID)
	store.Optional(f, 6, &c.Request, (*DeviceRequest).fields)
}

func (r *Reply) fields(f *store.Fields) {
	store.Text(f, 1, &r.Name)
	store.Bytes(f, 2, &r.Request)
	store.Bytes(f, 3, &r.Sealed)
	f.Time(4, &r.ExpiresAt)
}

func (e *ReplyExpiry) fields(f *store.Fields) {
	f.Time(1, &e.ExpiresAt)
	store.Text(f, 2, &e.Name)
}
