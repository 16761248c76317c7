package xmltree

import (
	"fmt"
	"regexp"

	"github.com/beevik/etree"
)

// elementStep is a step of a path, and elementSteps are several.
const elementStep = `[^\s/\[\]'":{}()]+(?:\[[^\s/\[\]'"=:{}]+='[^']*'\]|\[[1-9][0-9]*\])*`

var elementSteps = regexp.MustCompile(`^` + elementStep + `(?://?` + elementStep + `)*$`)

// CompilePath compiles a path that begins at any depth of a reply.
func CompilePath(path string) (etree.Path, error) {
	if !elementSteps.MatchString(path) {
		return etree.Path{}, fmt.Errorf("the path %q is not local names with / between them, each perhaps with [NAME='TEXT'] or [NUMBER]", path)
	}
	compiled, err := etree.CompilePath("//" + path)
	if err != nil {
		return etree.Path{}, fmt.Errorf("the path %q: %w", path, err)
	}
	return compiled, nil
}
