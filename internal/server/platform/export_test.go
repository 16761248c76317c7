package platform

import (
	"slices"

	"github.com/dsappd/dsappd/internal/provision"
)

// Answered reports whether a refusal has an HTTP status.
func Answered(refusal provision.Refusal) bool { return answers[refusal].status != 0 }

// Endpoints are the rows of the table that need a key, as METHOD PATH SCOPE.
func Endpoints() []string {
	var all []string
	for _, e := range table {
		if e.scope != "" {
			all = append(all, e.method+" "+e.path+" "+string(e.scope))
		}
	}
	slices.Sort(all)
	return all
}
