package replay

import (
	"fmt"
	"reflect"

	"github.com/dsappd/dsappd/replay/transcript"
)

// Merge makes one sample for several transcripts. What is the same in two of
// them is there once; the error names what has the same name in two and is not
// the same.
func Merge(all []*Transcript) (transcript.Sample, error) {
	m := merger{from: map[string]merged{}}
	var sample transcript.Sample
	for _, t := range all {
		sample.Lab = sample.Lab || t.Lab
		m.file = t.File
		sample.Policies = merge(&m, sample.Policies, t.Policies, func(p transcript.Policy) string { return "policy " + p.Name })
		sample.Components = merge(&m, sample.Components, t.Components, func(c transcript.Component) string { return "component " + c.ComponentType + " " + c.Location })
		sample.Domains = merge(&m, sample.Domains, t.Domains, func(d transcript.Domain) string { return "domain " + d.Name })
		sample.Users = merge(&m, sample.Users, t.Users, func(u transcript.User) string { return "user " + u.UserID + "@" + u.Domain })
		sample.Authenticators = merge(&m, sample.Authenticators, t.Authenticators, func(a transcript.Authenticator) string { return "authenticator " + a.SerialNumber })
		sample.Administrators = merge(&m, sample.Administrators, t.Administrators, func(a transcript.Administrator) string { return "administrator " + a.UserID + "@" + a.Domain })
		sample.PlatformKeys = merge(&m, sample.PlatformKeys, t.PlatformKeys, func(k transcript.PlatformKey) string { return "platform key " + k.Name })
		sample.GatewayKeys = merge(&m, sample.GatewayKeys, t.GatewayKeys, func(k transcript.GatewayKey) string { return "gateway key " + k.Name })
		if t.GatewayID != "" {
			merge(&m, nil, []string{t.GatewayID}, func(string) string { return "gatewayID" })
			sample.GatewayID = t.GatewayID
		}
	}
	return sample, m.err
}

// merger remembers where each record came from.
type merger struct {
	file string
	from map[string]merged
	err  error
}

type merged struct {
	file   string
	record any
}

func merge[R any](m *merger, into, more []R, name func(R) string) []R {
	for _, record := range more {
		before, known := m.from[name(record)]
		switch {
		case !known:
			m.from[name(record)] = merged{m.file, record}
			into = append(into, record)
		case !reflect.DeepEqual(before.record, record) && m.err == nil:
			m.err = &BrokenError{File: m.file, Cause: fmt.Errorf("its %s is not that of %s: play them against servers of their own",
				name(record), before.file)}
		}
	}
	return into
}
