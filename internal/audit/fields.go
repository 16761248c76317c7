package audit

import "github.com/dsappd/dsappd/store"

// The fields of records, as they are kept. A new field takes the next number of
// its record; the number of a field that is gone is never used again.

func (k *EventKey) fields(f *store.Fields) {
	store.Text(f, 1, &k.Run)
	f.Time(2, &k.Time)
	store.Text(f, 3, &k.Random)
}

func (s *Status) fields(f *store.Fields) {
	store.Int(f, 1, &s.ReturnCode)
	store.Text(f, 2, &s.ReturnCodeEnum)
	store.Int(f, 3, &s.StatusCode)
	store.Text(f, 4, &s.StatusCodeEnum)
}

func (c *Check) fields(f *store.Fields) {
	store.Text(f, 1, &c.Name)
	store.Text(f, 2, &c.Detail)
	store.Bytes(f, 3, &c.Settings)
}

func (e *Event) fields(f *store.Fields) {
	e.EventKey.fields(f)
	store.Text(f, 4, &e.RequestID)
	store.Text(f, 5, &e.Operation)
	store.Text(f, 6, &e.ComponentType)
	store.Text(f, 7, &e.Address)
	store.Text(f, 8, &e.Operator)
	store.Text(f, 9, &e.Domain)
	store.Text(f, 10, &e.UserID)
	store.Text(f, 11, &e.SerialNumber)
	store.Text(f, 12, &e.RegistrationID)
	store.Text(f, 13, &e.Policy)
	store.Message(f, 14, &e.Status, (*Status).fields)
	store.Message(f, 15, &e.Wire, (*Status).fields)
	store.Messages(f, 16, &e.Checks, (*Check).fields)
	store.Text(f, 17, &e.Reason)
	store.Int(f, 18, &e.Times)
	f.Array(19, e.MAC[:])
	store.Texts(f, 20, &e.Happened)
}

func (r *Request) fields(f *store.Fields) {
	r.EventKey.fields(f)
	store.Text(f, 4, &r.RequestID)
}

func (k *SealKey) fields(f *store.Fields) {
	store.Text(f, 1, &k.Run)
	store.Uint(f, 2, &k.Number)
}

func (s *Seal) fields(f *store.Fields) {
	s.SealKey.fields(f)
	f.Time(3, &s.Time)
	store.Text(f, 4, &s.By)
	f.Bool(5, &s.Final)
	f.Bool(6, &s.Mended)
	f.Time(7, &s.CompleteTo)
	store.Messages(f, 8, &s.After, (*SealDigest).fields)
	store.Messages(f, 9, &s.Events, (*EventDigest).fields)
	f.Array(10, s.MAC[:])
}

func (d *SealDigest) fields(f *store.Fields) {
	d.SealKey.fields(f)
	f.Array(3, d.Digest[:])
}

func (d *EventDigest) fields(f *store.Fields) {
	f.Time(1, &d.Time)
	store.Text(f, 2, &d.Random)
	f.Array(3, d.Digest[:])
}

func (r *Run) fields(f *store.Fields) {
	store.Text(f, 1, &r.Run)
	store.Uint(f, 2, &r.Number)
	f.Array(3, r.Digest[:])
	f.Bool(4, &r.Final)
}

func (a *Anchor) fields(f *store.Fields) {
	a.SealDigest.fields(f)
	f.Time(4, &a.RemovedAt)
	f.Array(5, a.MAC[:])
}

func (w *Follower) fields(f *store.Fields) {
	store.Text(f, 1, &w.Name)
	store.Messages(f, 2, &w.Taken, (*SealKey).fields)
	f.Time(3, &w.TakenAt)
	f.Time(4, &w.FailingSince)
	store.Text(f, 5, &w.Fault)
	f.Time(6, &w.StoppedAt)
}
