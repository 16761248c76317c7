package gateway

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/dsappd/dsappd/internal/provision"
)

func described(t *testing.T) *v3.Document {
	t.Helper()
	document, err := libopenapi.NewDocument(description)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	return &model.Model
}

// operation is what table and description both say of a path.
type operation struct {
	Methods            []string
	Sides              []provision.GatewaySide
	Required, Optional []string
}

// The description and the table name the same services, the same members in
// the same forms, and let in the same sides.
func TestDescriptionIsTheTable(t *testing.T) {
	document := described(t)
	got, want := map[string]operation{}, map[string]operation{}
	for path, item := range document.Paths.PathItems.FromOldest() {
		got[path] = describedOperation(t, document, item)
	}
	for _, r := range routes() {
		methods := slices.DeleteFunc(slices.Clone(r.methods), func(m string) bool { return m == http.MethodHead })
		want[r.path] = operation{Methods: methods, Sides: r.sides}
	}
	for _, s := range services() {
		o := want[servicePath+s.path]
		o.Required, o.Optional = sorted(s.required), sorted(s.optional)
		want[servicePath+s.path] = o
	}
	o := want[imagePath]
	o.Required, o.Optional = sorted(imageFields()), sorted(imageOptional())
	want[imagePath] = o
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-table +description:\n%s", diff)
	}
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

func describedOperation(t *testing.T, document *v3.Document, item *v3.PathItem) operation {
	t.Helper()
	var o operation
	for method, d := range item.GetOperations().FromOldest() {
		o.Methods = append(o.Methods, map[string]string{"get": http.MethodGet, "post": http.MethodPost}[method])
		security := d.Security
		if security == nil {
			security = document.Security
		}
		o.Sides = sides(security)
		if d.RequestBody == nil {
			continue
		}
		schema := d.RequestBody.Content.GetOrZero("application/json").Schema.Schema()
		o.Required = sorted(schema.Required)
		if schema.Properties != nil {
			for name, property := range schema.Properties.FromOldest() {
				checkForm(t, name, property.Schema())
				if !slices.Contains(schema.Required, name) {
					o.Optional = append(o.Optional, name)
				}
			}
		}
		slices.Sort(o.Optional)
	}
	return o
}

func sides(security []*base.SecurityRequirement) []provision.GatewaySide {
	var all []provision.GatewaySide
	for _, requirement := range security {
		for name := range requirement.Requirements.KeysFromOldest() {
			all = append(all, map[string]provision.GatewaySide{"frontEnd": provision.FrontEnd, "backEnd": provision.BackEnd}[name])
		}
	}
	return all
}

// checkForm compares a member's form with the table's.
func checkForm(t *testing.T, name string, schema *base.Schema) {
	t.Helper()
	at := slices.IndexFunc(members(), func(m member) bool { return m.name == name })
	if at < 0 {
		t.Errorf("no service has a member %s", name)
		return
	}
	m := members()[at]
	if schema.Pattern != m.expression() || schema.MaxLength == nil || *schema.MaxLength != int64(m.most) {
		t.Errorf("%s is described as %q with %v characters, and is %q with %d", name, schema.Pattern, schema.MaxLength, m.expression(), m.most)
	}
}

// Every member of a service is one of the table.
func TestMembersAreKnown(t *testing.T) {
	known := map[string]bool{}
	for _, m := range members() {
		known[m.name] = true
	}
	used := map[string]bool{}
	for _, s := range services() {
		for _, name := range slices.Concat(s.required, s.optional) {
			used[name] = true
		}
	}
	for _, name := range slices.Concat(imageFields(), imageOptional()) {
		used[name] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(used))); diff != "" {
		t.Errorf("-known +used:\n%s", diff)
	}
}
