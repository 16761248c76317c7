package operation

import (
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
)

// The formats of a password (CREDFLD_PASSWORD_FORMAT).
const (
	combinedFormat = "0"
	apartFormat    = "4"
)

// Credential reads what somebody shows to be a user by its format. The parts of
// the other format are refused: whoever sends them means them. The error is an
// AttributeError.
func (t *Table) Credential(given Values) (provision.Credential, error) {
	var c provision.Credential
	refused := []string{"PASSWORD"}
	switch given["PASSWORD_FORMAT"] {
	case combinedFormat:
		c.Combined = given["PASSWORD"]
		refused = []string{"STATIC_PASSWORD", "CURRENT_PIN", "DP_RESPONSE"}
	case apartFormat:
		c.StaticPassword, c.PIN, c.Response = given["STATIC_PASSWORD"], given["CURRENT_PIN"], given["DP_RESPONSE"]
	default:
		return c, t.unknown("PASSWORD_FORMAT", "is a format that this server does not know", "send 0 or 4: others are not public")
	}
	for _, id := range refused {
		if _, there := given[id]; there {
			return c, t.unknown(id, "does not go with "+t.Prefix+"PASSWORD_FORMAT "+given["PASSWORD_FORMAT"], "send it in the other format, or leave it out")
		}
	}
	return c, nil
}

// unknown refuses a well-formed attribute as an invalid parameter.
func (t *Table) unknown(id, problem, mend string) error {
	return &AttributeError{
		FieldError: soap.FieldError{Path: t.Prefix + id, Problem: problem, Mend: mend},
		Refusal:    provision.InvalidParameter,
	}
}
