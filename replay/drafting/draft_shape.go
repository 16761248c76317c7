package drafting

import (
	"slices"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// shape takes away what other servers and stubs write around a reply, and puts
// in what they leave out of it: neither says what was answered.
func (w *replyWriter) shape(s traced) {
	m := s.reply
	for _, part := range m.root.Children {
		if part.Name.Local == "Header" {
			m.drop(part)
			if part.HoldsElements() {
				w.leaveOut(s.recorded.Reply.Source, "what stands in the reply's Header is not expected")
			}
		}
		m.withoutAttributes(part)
	}
	m.withoutAttributes(m.root)
	if !m.isFault() {
		m.body.Visit(func(n *xmltree.Node) { w.incomplete(s, n) })
	}
}

// withoutAttributes takes away what says nothing about a reply, such as
// encodingStyle, or an ID for a signature.
func (m *message) withoutAttributes(n *xmltree.Node) {
	m.attributes(n, func(string, string) (string, bool) { return "", false })
}

// incomplete frees what a server has to answer and the one that was recorded
// did not, or that it left empty.
func (w *replyWriter) incomplete(s traced, n *xmltree.Node) {
	m := s.reply
	switch n.Name.Local {
	case "resultCodes":
		if !slices.ContainsFunc(n.ParentOf(m.body).Children, func(c *xmltree.Node) bool { return c.Name.Local == "errorStack" }) {
			m.follow(n, "errorStack", "{{...}}")
			w.anyTypes = true
		}
	case "errorStack":
		if !s.granted() && len(n.Children) != 1 {
			m.replace(n.Index, "{{...}}")
		}
	case "user":
		domains := n.All("domain")
		if len(n.All("userID")) == 1 && (len(domains) == 0 || domains[0].Text == "") {
			m.replace(n.Index, "{{...}}")
		}
	case "orgUnit":
		if n.Text == "" && !n.HoldsElements() {
			m.drop(n)
		}
	case "digipassGatewayID":
		if n.Text == "" {
			m.replace(n.Index, "{{...}}")
		}
	case "serialNumber":
		if s.operation() == "dsappSRPRegister" && len(n.ParentOf(m.body).All("digipassGatewayID")) == 0 {
			m.follow(n, "digipassGatewayID", "{{any}}")
		}
	}
}

// types leaves xsi:type free where a server does without it, as some do: what
// it means is that of the schema either way.
func (w *replyWriter) types(m *message) {
	typed := []string{"errorStack"}
	if doorOf(m.body.Name.Local) != "" {
		typed = append(typed, "resultAttribute")
	}
	if m.body.Name.Local == "dsappSRPRegisterResponse" {
		typed = append(typed, "result")
	}
	m.body.Visit(func(n *xmltree.Node) {
		has := slices.ContainsFunc(n.Attrs, func(a xmltree.Attr) bool { return a.Name == xmltree.XSIType() })
		if !has && slices.Contains(typed, n.Name.Local) {
			w.anyTypes = true
		}
	})
}
