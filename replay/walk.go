package replay

import (
	"slices"
	"strings"
)

// parentOf is the element that holds n, somewhere under root.
func (n *node) parentOf(root *node) *node {
	found := root
	root.visit(func(each *node) {
		if slices.Contains(each.children, n) {
			found = each
		}
	})
	return found
}

// visit visits an element and all below it.
func (n *node) visit(each func(*node)) {
	each(n)
	for _, child := range n.children {
		child.visit(each)
	}
}

// refersTo returns the id of the element that stands in another place of the
// message for n, "" if n stands for itself.
func (n *node) refersTo() string {
	id, _ := strings.CutPrefix(n.plainAttribute("href"), "#")
	return id
}

func (n *node) plainAttribute(local string) string {
	for _, a := range n.attrs {
		if a.name.Space == "" && a.name.Local == local {
			return a.value
		}
	}
	return ""
}

// targets returns the elements with an id that others refer to.
func (n *node) targets() map[string]*node {
	byID, wanted := map[string]*node{}, map[string]*node{}
	n.visit(func(each *node) {
		if id := each.plainAttribute("id"); id != "" && byID[id] == nil {
			byID[id] = each
		}
	})
	n.visit(func(each *node) {
		if id := each.refersTo(); byID[id] != nil {
			wanted[id] = byID[id]
		}
	})
	return wanted
}

// leaves visits every element without elements, in the header too.
func (n *node) leaves(visit func(*node)) {
	if !n.holdsElements() {
		visit(n)
	}
	for _, child := range n.children {
		child.leaves(visit)
	}
}

// all are the children of a local name.
func (n *node) all(local string) []*node {
	var found []*node
	for _, child := range n.children {
		if child.name.Local == local {
			found = append(found, child)
		}
	}
	return found
}
