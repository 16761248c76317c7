package administration

import (
	"errors"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/wsdl"
)

// inWords makes a refusal say first what clients look for, and then, on a line
// of its own, what it says itself.
func inWords(err error) error {
	refusal, ok := errors.AsType[*provision.Error](err)
	if !ok || errors.Is(err, provision.ErrNoneFree) {
		return err
	}
	standard := ""
	switch refusal.Refusal {
	case provision.NotFound:
		standard = "Object not found."
	case provision.Exists:
		standard = "The object already exists."
	case provision.NotAvailable:
		standard = "Digipass already assigned to user"
	case provision.NoPermission:
		standard = "Insufficient permission to perform the specified action"
	default:
		return err
	}
	said := *refusal
	said.Desc = standard
	if refusal.Refusal != provision.NoPermission {
		said.Desc += "\n" + refusal.Desc
	}
	return &said
}

// stack returns the error stack, with an entry for each line of a refusal.
func stack(status wsdl.CommandStatusResponse) wsdl.ErrorStack {
	var out wsdl.ErrorStack
	for _, e := range status.ErrorStack.Errors {
		for line := range strings.SplitSeq(e.ErrorDesc, "\n") {
			out.Errors = append(out.Errors, wsdl.ErrorStackEntry{ErrorCode: e.ErrorCode, ErrorDesc: line})
		}
	}
	return out
}

func results(status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) wsdl.AdministrationResults {
	out := wsdl.AdministrationResults{ResultCodes: status.ResultCodes, ErrorStack: stack(status)}
	if result != nil {
		out.ResultAttribute = *result
	}
	return out
}

// rows are what a search answers with.
type rows struct {
	list  []wsdl.AdministrationAttributeSet
	count int
}

func queryResults(status wsdl.CommandStatusResponse, result *rows) wsdl.AdministrationQueryResults {
	out := wsdl.AdministrationQueryResults{ResultCodes: status.ResultCodes, ErrorStack: stack(status)}
	if result != nil {
		count := int32(result.count)
		out.ResultAttribute.AttributeList, out.ResultCount = result.list, &count
	}
	return out
}
