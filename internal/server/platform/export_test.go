package platform

import "slices"

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
