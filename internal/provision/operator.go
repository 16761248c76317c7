package provision

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dsappd/dsappd/internal/audit"
)

// Operator is who administers.
type Operator struct {
	Name      string // of the account behind the door
	RequestID string

	// Access is an administrator's, whose name it tells. Nil: the operator has
	// an account on this machine and may do everything.
	Access *Access

	Once *Once // nil: the order is carried out however often it is given
}

// operatorsDoor is the one that operators share.
const operatorsDoor = "operators"

// operatorEvent begins the audit event of an operation that an operator calls.
func operatorEvent(operation string, operator Operator) asked {
	return asked{audit.Event{RequestID: operator.RequestID, Operation: operation, Operator: operator.Name}, operator.Once}
}

// maxName bounds every name that an operator gives, in characters, as the
// schema does.
const maxName = 255

// checkName refuses a name that is empty, too long, not UTF-8, begins or
// ends with a space, or holds a control character.
func checkName(what, name string) error {
	switch {
	case name == "":
		return refuse(InvalidParameter, "The "+what+" is missing.")
	case utf8.RuneCountInString(name) > maxName:
		return refuse(InvalidParameter, fmt.Sprintf("The %s has %d characters: %d are the limit.", what, utf8.RuneCountInString(name), maxName))
	case unwritable(name):
		return refuse(InvalidParameter, "The "+what+" holds a control character or is not UTF-8.")
	case strings.TrimSpace(name) != name:
		return refuse(InvalidParameter, "The "+what+" begins or ends with a space.")
	}
	return nil
}

// unwritable reports whether a text holds what no envelope could carry: XML
// has no words for control characters. A replacement character is what is
// left, after JSON, of bytes that were not UTF-8.
func unwritable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}
