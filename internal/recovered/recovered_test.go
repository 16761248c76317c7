package recovered_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/recovered"
)

func TestDo(t *testing.T) {
	broken := errors.New("broken")
	var none []int
	for name, c := range map[string]struct {
		f    func() error
		want string
	}{
		"nothing":   {func() error { return nil }, ""},
		"an error":  {func() error { return broken }, "broken"},
		"a mistake": {func() error { _ = none[1]; return nil }, "panic: runtime error: index out of range"},
		"a secret":  {func() error { panic("Password2") }, "panic with a string"},
	} {
		err := recovered.Do(c.f)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if panicked, is := errors.AsType[*recovered.Error](err); is && !strings.Contains(string(panicked.Stack), "recovered_test") {
			t.Errorf("%s: the stack does not show where: %s", name, panicked.Stack)
		}
	}
}
