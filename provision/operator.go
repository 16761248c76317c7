package provision

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Operator is who administers: the name of the account behind the door, and
// the request's ID.
type Operator struct{ Name, RequestID string }

// operatorEvent is the audit event of an operation that an operator calls.
func operatorEvent(operation string, operator Operator) AuditEvent {
	return AuditEvent{RequestID: operator.RequestID, Operation: operation, Operator: operator.Name}
}

// maxName bounds every name that an operator gives, in bytes.
const maxName = 255

// checkName refuses a name that is empty, too long, not UTF-8, begins or
// ends with a space, or holds a control character.
func checkName(what, name string) error {
	switch {
	case name == "":
		return refuse(InvalidParameter, "The "+what+" is missing.")
	case len(name) > maxName:
		return refuse(InvalidParameter, fmt.Sprintf("The %s has %d bytes: %d are the limit.", what, len(name), maxName))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return refuse(InvalidParameter, "The "+what+" holds a control character or is not UTF-8.")
	case strings.TrimSpace(name) != name:
		return refuse(InvalidParameter, "The "+what+" begins or ends with a space.")
	}
	return nil
}
