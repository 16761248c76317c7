package drafting

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/beevik/etree"
)

// Parts of XPath that are told apart by their form.
var (
	xpathDeclaration = regexp.MustCompile(`declare\s+(?:default\s+element\s+)?namespace\s+[^;]*;`)
	xpathLocalName   = regexp.MustCompile(`\*\s*\[\s*(?:fn:)?local-name\(\s*\.?\s*\)\s*=\s*(?:'([^'\]]+)'|"([^"\]]+)")\s*\]`)
	xpathNamespace   = regexp.MustCompile(`\s+and\s+(?:fn:)?namespace-uri\(\s*\.?\s*\)\s*=\s*(?:'[^']*'|"[^"]*")`)
	xpathText        = regexp.MustCompile(`/text\(\)(\s*=)`)
	xpathStep        = regexp.MustCompile(`^(?:[A-Za-z_][\w.-]*:|\*:)?([A-Za-z_][\w.-]*|\*)((?:\[[^\]]*\])*)$`)
	xpathPredicate   = regexp.MustCompile(`\[([^\]]*)\]`)
	xpathChild       = regexp.MustCompile(`^\s*(?:[A-Za-z_][\w.-]*:|\*:)?([A-Za-z_][\w.-]*)(?:/text\(\))?\s*=\s*(?:'([^']*)'|"([^"]*)")\s*$`)
	xpathCall        = regexp.MustCompile(`^(?:fn:)?([a-z-]+)\((.*)\)$`)
	xpathEquals      = regexp.MustCompile(`^(.+?)\s*=\s*(?:'([^']*)'|"([^"]*)"|(-?[0-9]+))$`)
)

// withoutNamespaces returns an XPath without its declarations of namespaces.
func withoutNamespaces(xpath string) string {
	return strings.TrimSpace(xpathDeclaration.ReplaceAllString(xpath, ""))
}

// elementPath returns the path of a capture for an XPath that chooses elements by
// their names, their numbers and their children's texts.
func elementPath(xpath string) (string, bool) {
	xpath = withoutNamespaces(xpath)
	for {
		call := xpathCall.FindStringSubmatch(xpath)
		if call == nil || call[1] != "string" && call[1] != "normalize-space" && call[1] != "data" {
			break
		}
		xpath = strings.TrimSpace(call[2])
	}
	xpath = xpathNamespace.ReplaceAllString(xpathText.ReplaceAllString(xpath, "$1"), "")
	xpath = xpathLocalName.ReplaceAllString(xpath, "$1$2")
	xpath = strings.TrimSuffix(strings.TrimSuffix(xpath, "/text()"), "/text()[1]")
	var out strings.Builder
	gap := ""
	for step := range strings.SplitSeq(xpath, "/") {
		step = strings.TrimSpace(step)
		if step == "" || step == "." {
			gap += "/"
			continue
		}
		written, ok := pathStep(step)
		if !ok {
			return "", false
		}
		if out.Len() > 0 {
			out.WriteString("/")
			if strings.Contains(gap, "/") {
				out.WriteString("/")
			}
		}
		out.WriteString(written)
		gap = ""
	}
	path := out.String()
	if _, err := xmltree.CompilePath(path); err != nil || path == "" || strings.HasSuffix(path, "*") {
		return "", false
	}
	return path, true
}

// pathStep returns a step of an XPath as one of a path.
func pathStep(step string) (string, bool) {
	parts := xpathStep.FindStringSubmatch(step)
	if parts == nil {
		return "", false
	}
	out := parts[1]
	for _, predicate := range xpathPredicate.FindAllStringSubmatch(parts[2], -1) {
		inner := strings.TrimSpace(predicate[1])
		switch child := xpathChild.FindStringSubmatch(inner); {
		case inner == "1":
		case allDigits(inner):
			out += "[" + inner + "]"
		case child != nil && !strings.ContainsAny(child[2]+child[3], "'"):
			out += fmt.Sprintf("[%s='%s']", child[1], child[2]+child[3])
		default:
			return "", false
		}
	}
	return out, true
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// lastName returns the name of the elements that a path leads to.
func lastName(path string) string {
	name, _, _ := strings.Cut(path[strings.LastIndex(path, "/")+1:], "[")
	return name
}

// at returns the text of the first element that a path leads to.
func (m *message) at(path string) (string, bool) {
	found := m.elements(path)
	if len(found) == 0 {
		return "", false
	}
	return found[0].Text(), true
}

// set puts a text into the first element that a path leads to.
func (m *message) set(path, value string) bool {
	found := m.elements(path)
	if len(found) == 0 {
		return false
	}
	set := false
	m.root.Visit(func(n *xmltree.Node) {
		if n.Source == found[0] && !n.HoldsElements() {
			m.replace(n.Index, xmltree.Escape(value))
			set = true
		}
	})
	return set
}

// elements returns those that a path leads to.
func (m *message) elements(path string) []*etree.Element {
	compiled, err := xmltree.CompilePath(path)
	if m == nil || err != nil {
		return nil
	}
	holder := etree.NewElement("")
	if parent := m.root.Source.Parent(); parent != nil {
		holder = parent
	}
	return holder.FindElementsPath(compiled)
}

// plain returns a message with what takes the place of its fields, which holds no
// placeholders.
func (m *message) plain() string { return strings.ReplaceAll(m.written(), `{{"{{"}}`, "{{") }
