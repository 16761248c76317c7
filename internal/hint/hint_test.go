package hint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/dsappd/dsappd/internal/hint"
)

func TestSplit(t *testing.T) {
	plain := errors.New("the key is open")
	one := hint.Add(plain, "chmod %d key", 600)
	for text, test := range map[string]struct {
		err           error
		message, mend string
	}{
		"the key is open":                              {plain, "the key is open", ""},
		"the key is open: chmod 600 key":               {one, "the key is open", "chmod 600 key"},
		"serve: the key is open: chmod 600 key":        {fmt.Errorf("serve: %w", one), "serve: the key is open", "chmod 600 key"},
		"the key is open: chmod 600 key\nclosed: wait": {errors.Join(one, hint.Add(errors.New("closed"), "wait")), "the key is open\nclosed", "chmod 600 key\nwait"},
		"the key is open: chmod 600 key: or wait":      {hint.Add(one, "or wait"), "the key is open", "or wait\nchmod 600 key"},
	} {
		message, mend := hint.Split(test.err)
		if test.err.Error() != text || message != test.message || mend != test.mend || !errors.Is(test.err, plain) && test.message == "" {
			t.Errorf("%q: %q and %q, want %q and %q", test.err, message, mend, test.message, test.mend)
		}
	}
	if !errors.Is(hint.Add(one, "x"), plain) {
		t.Error("an error with a hint wraps nothing")
	}
}
