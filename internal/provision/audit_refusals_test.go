package provision_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
)

// requestIDs are those of events.
func requestIDs(events []audit.Event) (all []string) {
	for _, event := range events {
		all = append(all, event.RequestID)
	}
	return all
}

// The last refusals are found in every run, whatever lies between them.
func TestLastRefusals(t *testing.T) {
	p := newPlay(t)
	if got := must(p.LastRefusals(t.Context(), 5))(t); got != nil {
		t.Fatalf("nothing was refused: %v", requestIDs(got))
	}
	draw := rand.New(rand.NewPCG(1, 2))
	var want []string
	for i := range 60 {
		p.wait(time.Duration(1+draw.IntN(5)) * []time.Duration{time.Millisecond, time.Second, time.Minute, 24 * time.Hour}[draw.IntN(4)])
		if i%20 == 19 {
			must(p.Audit.Finish(t.Context()))(t)
			p.begin(fmt.Sprintf("run %d", i), p.engine)
		}
		order := provision.Operator{Name: "tester", RequestID: fmt.Sprintf("request %d", i)}
		name := "user1" // which exists
		if draw.IntN(3) > 0 {
			name = fmt.Sprintf("user of %d", i)
		}
		_, err := p.AddUser(t.Context(), order, provision.AddUser{UserID: name, StaticPassword: "Password2"})
		if (err != nil) != (name == "user1") {
			t.Fatal(err)
		}
		if err != nil {
			want = append(want, order.RequestID)
		}
	}
	slices.Reverse(want)
	for _, n := range []int{1, 5, 10, audit.MaxRefusals} {
		if diff := cmp.Diff(want[:min(n, len(want))], requestIDs(must(p.LastRefusals(t.Context(), n))(t))); diff != "" {
			t.Errorf("%d: %s", n, diff)
		}
	}
	for _, n := range []int{0, -1, audit.MaxRefusals + 1} {
		_, err := p.LastRefusals(t.Context(), n)
		p.refused(err, -2)
	}
}
