package audit

import "github.com/dsappd/dsappd/store"

// The kinds of records of the audit.
var (
	Events = store.Kind[EventKey, Event]{
		Name:      "audit",
		PartNames: []string{"Run", "Time", "Random"},
		Split:     func(k EventKey) store.Parts { return store.Parts{k.Run, store.TimePart(k.Time), k.Random} },
		KeyOf:     Event.Key,
		Fields:    (*Event).fields,
	}
	Requests = store.Kind[RequestKey, Request]{
		Name:      "auditrequest",
		PartNames: []string{"RequestID", "Run", "Time", "Random"},
		Split: func(k RequestKey) store.Parts {
			return store.Parts{k.RequestID, k.Run, store.TimePart(k.Time), k.Random}
		},
		KeyOf:  Request.Key,
		Fields: (*Request).fields,
	}
	Seals = store.Kind[SealKey, Seal]{
		Name:      "auditseal",
		PartNames: []string{"Run", "Number"},
		Split:     func(k SealKey) store.Parts { return store.Parts{k.Run, store.NumberPart(k.Number)} },
		KeyOf:     Seal.Key,
		Fields:    (*Seal).fields,
	}
	Runs = store.Kind[string, Run]{
		Name:      "auditrun",
		PartNames: []string{"Run"},
		Split:     store.OnePart,
		KeyOf:     func(r Run) string { return r.Run },
		Fields:    (*Run).fields,
	}
	Anchors = store.Kind[string, Anchor]{
		Name:      "auditanchor",
		PartNames: []string{"Run"},
		Split:     store.OnePart,
		KeyOf:     func(a Anchor) string { return a.Run },
		Fields:    (*Anchor).fields,
	}
	Followers = store.Kind[string, Follower]{
		Name:      "auditfollower",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(f Follower) string { return f.Name },
		Fields:    (*Follower).fields,
	}
)
