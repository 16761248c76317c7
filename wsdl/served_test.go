package wsdl_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/wsdl"
)

// A saved copy of the WSDL is all that a generator needs: it points at no
// other document, and it declares every name that it uses.
func TestStandsAlone(t *testing.T) {
	for _, name := range wsdl.Interfaces() {
		t.Run(name, func(t *testing.T) { standsAlone(t, parse(t, wsdl.DocumentOf(name, "http://127.0.0.1/"))) })
	}
}

func standsAlone(t *testing.T, root *etree.Element) {
	if located := root.FindElements("//import[@schemaLocation]"); len(located) > 0 {
		t.Errorf("%d imports have a location", len(located))
	}
	declared := map[[2]string]bool{}
	spaces := map[string]bool{wsdl.XMLSchema: true}
	for _, definitions := range append(root.FindElements("types/schema"), root) {
		space := definitions.SelectAttrValue("targetNamespace", "")
		spaces[space] = true
		for _, child := range definitions.ChildElements() {
			declared[[2]string{space, child.SelectAttrValue("name", "")}] = true
		}
	}
	for _, i := range root.FindElements("types/schema/import") {
		if !spaces[i.SelectAttrValue("namespace", "")] {
			t.Errorf("the import of %q is not in the document", i.SelectAttrValue("namespace", ""))
		}
	}
	used := 0
	for _, e := range root.FindElements("//*") {
		for _, attribute := range []string{"type", "base", "element", "message", "binding"} {
			value := e.SelectAttrValue(attribute, "")
			if value == "" {
				continue
			}
			used++
			prefix, name, _ := strings.Cut(value, ":")
			if space := namespace(e, prefix); space != wsdl.XMLSchema && !declared[[2]string{space, name}] {
				t.Errorf("%s %s=%q is not declared", e.GetPath(), attribute, value)
			}
		}
	}
	if used < 30 {
		t.Errorf("only %d names are used", used)
	}
}

func namespace(e *etree.Element, prefix string) string {
	for ; e != nil; e = e.Parent() {
		if a := e.SelectAttr("xmlns:" + prefix); a != nil {
			return a.Value
		}
	}
	return ""
}

// servedDocuments are the WSDLs and the schemas, by name.
func servedDocuments(t *testing.T) map[string]*etree.Element {
	out := servedWSDLs(t)
	for _, name := range wsdl.Schemas() {
		out[name] = parse(t, []byte(wsdl.Schema(name)))
	}
	return out
}

// servedWSDLs are the WSDLs of all interfaces, by name.
func servedWSDLs(t *testing.T) map[string]*etree.Element {
	out := map[string]*etree.Element{}
	for _, name := range wsdl.Interfaces() {
		out[name] = parse(t, wsdl.DocumentOf(name, "http://127.0.0.1/"))
	}
	return out
}

// What only the server uses is not served: Axis 1 would make classes of simple
// types that no element has, and some tools warn of attributes of others.
func TestServesNothingOfTheServers(t *testing.T) {
	for name, root := range servedDocuments(t) {
		for _, e := range root.FindElements("//*") {
			if e.Tag == "simpleType" {
				t.Errorf("%s declares the simple type %s", name, e.SelectAttrValue("name", ""))
			}
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "dsappd") || a.Space != "" && a.Space != "xmlns" {
					t.Errorf("%s: %s has the attribute %s", name, e.GetPath(), a.FullKey())
				}
			}
		}
	}
}

// Some tools write prefixes into the names of classes.
func TestPrefixesAreIdentifiers(t *testing.T) {
	identifier := regexp.MustCompile("^[a-z]+$")
	for name, root := range servedDocuments(t) {
		for _, e := range root.FindElements("//*") {
			for _, a := range e.Attr {
				if a.Space == "xmlns" && !identifier.MatchString(a.Key) {
					t.Errorf("%s declares the prefix %q", name, a.Key)
				}
			}
		}
	}
}

// What a person reads in generated code and in an editor.
func TestEverythingIsDocumented(t *testing.T) {
	documents := servedWSDLs(t)
	for name, root := range documents {
		t.Run(name, func(t *testing.T) { everythingIsDocumented(t, root) })
	}
	devicePNID := documents["provisioning"].FindElement("//element[@name='updateDevicePNID']//element[@name='devicePNID']/annotation/documentation")
	if got, want := devicePNID.Text(), "The notification ID of the device, in hexadecimal (1 to 535 pairs of hexadecimal characters)."; got != want {
		t.Errorf("devicePNID is documented as %q", got)
	}
}

func everythingIsDocumented(t *testing.T, root *etree.Element) {
	words := regexp.MustCompile(`^[A-Z0-9][^<>\n]+[.]$`)
	for path, documentation := range map[string]string{
		"service": "documentation", "portType": "documentation", "portType/operation": "documentation",
		"//complexType[@name]": "annotation/documentation", "//element[@type]": "annotation/documentation",
	} {
		found := root.FindElements(path)
		if len(found) == 0 {
			t.Errorf("there is no %s", path)
		}
		for _, e := range found {
			if d := e.FindElement(documentation); d == nil || !words.MatchString(d.Text()) {
				t.Errorf("%s of %s is not documented", e.Tag, e.SelectAttrValue("name", ""))
			}
		}
	}
	for _, path := range []string{"types/schema/element/annotation", "types/schema/element/complexType/annotation"} {
		if found := root.FindElements(path); len(found) > 0 {
			t.Errorf("%d requests and replies have an annotation, which PySimpleSOAP or Axis 1 does not expect there", len(found))
		}
	}
}

// Generators make classes of messages, elements and types, some of them in one
// namespace and without regard to case.
func TestNamesAreDistinct(t *testing.T) {
	for name, root := range servedWSDLs(t) {
		t.Run(name, func(t *testing.T) { namesAreDistinct(t, root) })
	}
}

func namesAreDistinct(t *testing.T, root *etree.Element) {
	seen := map[string]string{}
	for _, path := range []string{"message", "portType", "binding", "service", "types/schema/element", "types/schema/complexType"} {
		for _, e := range root.FindElements(path) {
			name := e.SelectAttrValue("name", "")
			folded := strings.ToLower(name)
			if other, taken := seen[folded]; taken {
				t.Errorf("%s %s has the name of a %s", e.Tag, name, other)
			}
			seen[folded] = e.Tag
			if slices.Contains(namesOfLanguages(), folded) {
				t.Errorf("%s %s has the name of a language's own class", e.Tag, name)
			}
		}
	}
}

// namesOfLanguages are classes that programs see without naming their package:
// of java.lang, System in .NET, the global namespaces of PHP, JavaScript,
// Python and Ruby, Qt and C++'s std; in lower case.
func namesOfLanguages() []string {
	return strings.Fields(`
		action activator array arrayaccess attribute binding boolean buffer byte char character class closure
		collator comparable complex console convert data date datetime decimal delegate double enum enumeration
		environment error event exception file filter float func function generator guid hash integer iterable
		iterator lazy list locale lock long map math message method module monitor node null number object
		observer optional override package pair process promise property proxy qobject random range record
		reference regexp request response result runtime serializable service set short signal single socket
		stack status string stringable struct symbol system task thread throwable time timer tuple type
		typederror unit uri url user value vector version void`)
}

// What goes out stays: the types that replies name, under the prefixes that
// captured replies have, are types of the served schemas.
func TestTypesOfReplies(t *testing.T) {
	declared := map[string]bool{}
	for _, root := range servedWSDLs(t) {
		for _, schema := range root.FindElements("types/schema") {
			for _, complexType := range schema.FindElements("complexType") {
				declared[schema.SelectAttrValue("targetNamespace", "")+" "+complexType.SelectAttrValue("name", "")] = true
			}
		}
	}
	spaces := map[string]string{}
	for _, n := range wsdl.Namespaces() {
		spaces[n.Prefix] = n.URI
	}
	writers, err := os.ReadFile("writers_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile(`xsi:type=\\"([A-Z-]+):(\w+)\\"`).FindAllStringSubmatch(string(writers), -1) {
		found = append(found, match[2])
		if !declared[spaces[match[1]]+" "+match[2]] {
			t.Errorf("%s is no type of the served schemas", match[0])
		}
	}
	want := []string{
		"AdminDomain", "AdminDomainInfoList", "AdministrationAttributeList", "AdministrationAttributeSet", "AdministrationFieldSet",
		"AdministrationQueryOptions", "AttributeOptions", "ErrorStack", "CredentialAttributeSet", "AttributeOptions", "AttributeSet", "DSAPPSRPRegisterResult2", "DataFieldList", "SignatureAttributeSet",
	}
	if !slices.Equal(found, want) {
		t.Errorf("replies are written with the types %v, want %v", found, want)
	}
}
