package drafting

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// besideProvisioning leaves the attributes of a reply of the other interfaces free,
// as servers differ in which they return, and holds it to the values that say what
// came of the request.
func (w *replyWriter) besideProvisioning(s traced, r *transcript.Reply) {
	m := s.reply
	for _, name := range []string{"errorDesc", "resultCount"} {
		for _, f := range m.fields[name] {
			if f.text != "" && (name == "errorDesc" || !w.countable(s)) {
				m.replace(f.index, "{{any}}")
			} else if f.text != "" {
				m.replace(f.index, transcript.Literal(f.text))
			}
		}
	}
	m.root.Visit(func(n *xmltree.Node) {
		if n.Name.Local == "resultAttribute" && (n.HoldsElements() || s.granted()) {
			m.replace(n.Index, "{{...}}")
		}
	})
	for name, fields := range m.fields {
		if !s.granted() || !w.telling(s, name) {
			continue
		}
		var texts []any
		for _, f := range fields {
			if text := w.serialOf(f.text); f.text != "" && !slices.Contains(texts, any(text)) {
				texts = append(texts, text)
			}
		}
		if len(texts) == 0 {
			continue
		}
		if r.Values == nil {
			r.Values = map[string]any{}
		}
		r.Values[fields[0].path] = only1(texts)
	}
}

// only1 returns the one text of a list, or the list.
func only1(texts []any) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}

// telling reports whether the values of an attribute say what came of a request, and
// not what the server knew before, which a sample may not hold.
func (w *replyWriter) telling(s traced, name string) bool {
	switch {
	case isSearch(s.operation()):
		return slices.Contains(keyFields, name) && w.countable(s)
	case s.operation() == "DIGIPASSCMD_ASSIGN" || s.operation() == "DIGIPASSCMD_UNASSIGN":
		return name == "DIGIPASSFLD_ASSIGN_STATUS" || name == "DIGIPASSFLD_SERNO"
	}
	return matches(tellingFields, name)
}

var tellingFields = whole(strings.Join([]string{
	`userID|domain|serialNumber`,
	`USERFLD_(USERID|DOMAIN|DISABLED|LOCAL_AUTH)`,
	`DIGIPASSFLD_(SERNO|ASSIGN_STATUS)`,
	`DIGIPASSAPPLFLD_(SERNO|RESULT_CODE|PIN_SET)`,
	`UATTFLD_(USERID|DOMAIN|ATTR_GROUP|NAME)`,
	`DOMAINFLD_DOMAIN`,
	`ORGUNITFLD_(DOMAIN|ORGANIZATIONAL_UNIT|PARENT_ORGANIZATIONAL_UNIT)`,
}, "|"))

// keyFields are the attributes that name the objects that searches find.
var keyFields = []string{
	"USERFLD_USERID", "DIGIPASSFLD_SERNO", "DOMAINFLD_DOMAIN", "ORGUNITFLD_ORGANIZATIONAL_UNIT", "UATTFLD_NAME", "ADMINSESSIONFLD_LOGIN_NAME",
}

func isSearch(operation string) bool { return strings.HasSuffix(operation, "Query") }

// countable reports whether a sample can hold just what a search found: it looked
// for what samples hold, and its reply names what it found.
func (w *replyWriter) countable(s traced) bool {
	if s.request == nil || s.request.attributeValue("count") == "true" {
		return false
	}
	for name := range s.request.fields {
		if strings.Contains(name, "FLD_") && !matches(searchableFields, name) {
			return s.reply.attributeValue("resultCount") == "0"
		}
	}
	return s.reply.attributeValue("resultCount") == "0" ||
		slices.ContainsFunc(keyFields, func(name string) bool { return len(s.reply.fields[name]) > 0 })
}

// searchableFields are the attributes to search by whose values samples hold.
var searchableFields = whole(`USERFLD_(USERID|DOMAIN|HAS_DP|DISABLED)|DIGIPASSFLD_(SERNO|DOMAIN|ASSIGN_STATUS|ASSIGNED_USERID|DPTYPE)|` +
	`DOMAINFLD_DOMAIN|ORGUNITFLD_(DOMAIN|ORGANIZATIONAL_UNIT)|UATTFLD_(USERID|DOMAIN|NAME|ATTR_GROUP)|ADMINSESSIONFLD_LOGIN_NAME`)
