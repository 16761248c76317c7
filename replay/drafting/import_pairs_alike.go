package drafting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/names"
)

// about returns the requests that name the user or the registration of a reply.
func (p *pairer) about(reply *rawMessage, all []*rawMessage) []*rawMessage {
	var fit []*rawMessage
	for _, m := range all {
		known := p.known(m)
		sameRegistration := reply.registration != "" && m.registration == reply.registration
		if (sameRegistration || reply.user != "" && known.user != "" && sameUser(known.user, reply.user)) && !differ(known, reply) {
			fit = append(fit, m)
		}
	}
	return fit
}

// known returns a request with the user whose registration it names.
func (p *pairer) known(m *rawMessage) *rawMessage {
	if m.user != "" || m.registration == "" || len(p.registrations["r:"+m.registration]) == 0 {
		return m
	}
	with := *m
	with.user = p.registrations["r:"+m.registration][0]
	return &with
}

// differ reports whether two messages name different users or registrations.
func differ(a, b *rawMessage) bool {
	if a.reply {
		a, b = b, a
	}
	switch {
	case a.user != "" && b.user != "" && !sameUser(a.user, b.user):
		return true
	case a.domain != "" && b.domain != "" && !strings.EqualFold(names.Trim(a.domain), names.Trim(b.domain)):
		return true
	}
	return a.registration != "" && b.registration != "" && a.registration != b.registration
}

// idsDiffer reports whether two messages have identifiers of the same name,
// and none of them is the same. Only the names in of count, unless it is nil.
func idsDiffer(a, b *rawMessage, of map[string]bool) bool {
	differs := false
	for _, x := range a.beside.ids {
		for _, y := range b.beside.ids {
			switch {
			case x.Name != y.Name || of != nil && !of[x.Name]:
			case x.Value == y.Value:
				return false
			default:
				differs = true
			}
		}
	}
	return differs
}

// allAlike reports whether it does not matter which of some requests it is.
func allAlike(all []*rawMessage) bool {
	return !slices.ContainsFunc(all, func(m *rawMessage) bool { return m.print == 0 || m.print != all[0].print })
}

// linesOf tells where requests stand.
func linesOf(all []*rawMessage) string {
	var lines []string
	for _, m := range all[:min(len(all), 4)] {
		lines = append(lines, fmt.Sprint(m.Source.Line))
	}
	return fmt.Sprintf("%d requests that wait for a reply, in lines %s", len(all), strings.Join(lines, ", "))
}
