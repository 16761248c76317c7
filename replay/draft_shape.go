package replay

import "slices"

// shape takes away what other servers and stubs write around a reply, and puts
// in what they leave out of it: neither says what was answered.
func (w *replyWriter) shape(s traced) {
	m := s.reply
	for _, part := range m.root.children {
		if part.name.Local == "Header" {
			m.drop(part)
			if part.holdsElements() {
				w.leaveOut(s.recorded.Reply.Source, "what stands in the reply's Header is not expected")
			}
		}
		m.withoutAttributes(part)
	}
	m.withoutAttributes(m.root)
	if !m.isFault() {
		m.body.visit(func(n *node) { w.incomplete(s, n) })
	}
}

// withoutAttributes takes away what says nothing about a reply, such as
// encodingStyle, or an ID for a signature.
func (m *message) withoutAttributes(n *node) {
	m.attributes(n, func(string, string) (string, bool) { return "", false })
}

// incomplete frees what a server has to answer and the one that was recorded
// did not, or that it left empty.
func (w *replyWriter) incomplete(s traced, n *node) {
	m := s.reply
	switch n.name.Local {
	case "resultCodes":
		if !slices.ContainsFunc(n.parentOf(m.body).children, func(c *node) bool { return c.name.Local == "errorStack" }) {
			m.follow(n, "errorStack", "{{...}}")
			w.anyTypes = true
		}
	case "errorStack":
		if !s.granted() && len(n.children) != 1 {
			m.replace(n.index, "{{...}}")
		}
	case "user":
		domains := n.all("domain")
		if len(n.all("userID")) == 1 && (len(domains) == 0 || domains[0].text == "") {
			m.replace(n.index, "{{...}}")
		}
	case "orgUnit":
		if n.text == "" && !n.holdsElements() {
			m.drop(n)
		}
	case "digipassGatewayID":
		if n.text == "" {
			m.replace(n.index, "{{...}}")
		}
	case "serialNumber":
		if s.operation() == "dsappSRPRegister" && len(n.parentOf(m.body).all("digipassGatewayID")) == 0 {
			m.follow(n, "digipassGatewayID", "{{any}}")
		}
	}
}

// types leaves xsi:type free where a server does without it, as some do: what
// it means is that of the schema either way.
func (w *replyWriter) types(m *message) {
	typed := []string{"errorStack"}
	if m.body.name.Local == "dsappSRPRegisterResponse" {
		typed = append(typed, "result")
	}
	m.body.visit(func(n *node) {
		has := slices.ContainsFunc(n.attrs, func(a attr) bool { return a.name == typeName() })
		if !has && slices.Contains(typed, n.name.Local) {
			w.anyTypes = true
		}
	})
}
