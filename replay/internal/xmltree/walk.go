package xmltree

import (
	"slices"
	"strings"
)

// ParentOf returns the element that holds n, somewhere under root.
func (n *Node) ParentOf(root *Node) *Node {
	found := root
	root.Visit(func(each *Node) {
		if slices.Contains(each.Children, n) {
			found = each
		}
	})
	return found
}

// Visit visits an element and all below it.
func (n *Node) Visit(each func(*Node)) {
	each(n)
	for _, child := range n.Children {
		child.Visit(each)
	}
}

// RefersTo returns the id of the element that stands in another place of the
// message for n, "" if n stands for itself.
func (n *Node) RefersTo() string {
	id, _ := strings.CutPrefix(n.plainAttribute("href"), "#")
	return id
}

func (n *Node) plainAttribute(local string) string {
	for _, a := range n.Attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// Targets returns the elements with an id that others refer to.
func (n *Node) Targets() map[string]*Node {
	byID, wanted := map[string]*Node{}, map[string]*Node{}
	n.Visit(func(each *Node) {
		if id := each.plainAttribute("id"); id != "" && byID[id] == nil {
			byID[id] = each
		}
	})
	n.Visit(func(each *Node) {
		if id := each.RefersTo(); byID[id] != nil {
			wanted[id] = byID[id]
		}
	})
	return wanted
}

// Leaves visits every element without elements.
func (n *Node) Leaves(visit func(*Node)) {
	if !n.HoldsElements() {
		visit(n)
	}
	for _, child := range n.Children {
		child.Leaves(visit)
	}
}

// All returns the children of a local name.
func (n *Node) All(local string) []*Node {
	var found []*Node
	for _, child := range n.Children {
		if child.Name.Local == local {
			found = append(found, child)
		}
	}
	return found
}
