package provision

import (
	"cmp"
	"slices"
)

// KeptValue returns a kept attribute's value, empty if it is not set.
func (u User) KeptValue(name string) string {
	at, there := u.kept(name)
	if !there {
		return ""
	}
	return u.Kept[at].Value
}

func (u User) kept(name string) (at int, there bool) {
	return slices.BinarySearchFunc(u.Kept, name, func(k KeptAttribute, name string) int { return cmp.Compare(k.Name, name) })
}

// keep sets an attribute, or takes it away by an empty value. The slice may be
// shared with other copies of the user and is not written to.
func (u *User) keep(name, value string) {
	at, there := u.kept(name)
	end := at
	if there {
		end++
	}
	var set []KeptAttribute
	if value != "" {
		set = []KeptAttribute{{name, value}}
	}
	u.Kept = slices.Concat(u.Kept[:at], set, u.Kept[end:])
}
