package operator

import (
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// policy shows every setting that holds under a policy, and from where it comes.
func (e *exchange) policy() error {
	if err := e.mayViewAll(); err != nil {
		return err
	}
	p, err := e.Service.ShowPolicy(e.HTTP.Context(), e.HTTP.PathValue("name"))
	if err != nil {
		return err
	}
	r := record{Title: p.Name, Note: "It inherits from no other policy."}
	if len(p.Line) > 0 {
		r.Note = "It inherits from " + strings.Join(p.Line, ", which inherits from ") + "."
	}
	for _, s := range p.Settings {
		r.Facts = append(r.Facts, e.settingFact(p.Name, s))
	}
	r.Actions = e.actionsOn("policy", p.Name, "", "set", "unset", "delete")
	return e.show("policies", r)
}

func (e *exchange) settingFact(policy string, s provision.EffectiveSetting) fact {
	f := fact{Name: s.Name, Text: string(s.Value), Anchor: s.Name}
	switch s.From {
	case policy:
		f.Text, f.Class = f.Text+", set here", "own"
	case "":
		f.Text += ", the default"
	default:
		f.Text, f.URL = f.Text+", from "+s.From, policyURL(s.From)+"#"+s.Name
	}
	return f
}
