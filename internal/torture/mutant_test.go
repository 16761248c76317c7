package main

import "testing"

// The source still holds what mutants replace. Otherwise only a long run would
// tell that it has moved.
func TestMutantsApply(t *testing.T) {
	t.Chdir("../..")
	for _, c := range campaigns() {
		if len(c.mutants) == 0 {
			t.Errorf("campaign %s has no mutant", c.name)
		}
		for _, m := range c.mutants {
			if _, err := change(t.Context(), t.TempDir(), c.edits(m)); err != nil {
				t.Errorf("%s/%s: %v", c.name, m.name, err)
			}
		}
	}
}
