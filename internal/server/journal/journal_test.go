package journal_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/journal"
)

func ids(entries []journal.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.RequestID)
	}
	return all
}

func TestLastAndFind(t *testing.T) {
	var j journal.Journal
	for i := range journal.Size + 3 {
		j.Add(journal.Entry{RequestID: fmt.Sprint(i), Reason: "r"})
		if i == 1 {
			if diff := cmp.Diff([]string{"1", "0"}, ids(j.Last(5))); diff != "" {
				t.Error(diff)
			}
		}
	}
	last := fmt.Sprint(journal.Size + 2)
	if got := ids(j.Last(journal.Size + 10)); len(got) != journal.Size || got[0] != last || got[journal.Size-1] != "3" {
		t.Errorf("%d entries from %s to %s", len(got), got[0], got[len(got)-1])
	}
	if _, found := j.Find("2"); found {
		t.Error("the oldest is not gone")
	}
	if e, found := j.Find("3"); !found || e.Reason != "r" {
		t.Errorf("%v %v", e, found)
	}
}

func TestTexts(t *testing.T) {
	var j journal.Journal
	j.Add(journal.Entry{Reason: "a\x1b[2Jb\nc\xff", Request: strings.Repeat("ü", 5000)})
	e := j.Last(1)[0]
	if e.Reason != "a\uFFFD[2Jb\uFFFDc\uFFFD" || len(e.Request) > 3000 {
		t.Errorf("%q, %d bytes", e.Reason, len(e.Request))
	}
}

func TestNil(t *testing.T) {
	var j *journal.Journal
	j.Add(journal.Entry{})
	if _, found := j.Find(""); found || j.Last(1) != nil {
		t.Error("something is there")
	}
}

func TestManyAtOnce(t *testing.T) {
	var j journal.Journal
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2 * journal.Size {
				j.Add(journal.Entry{RequestID: fmt.Sprint(i)})
				j.Last(3)
			}
		})
	}
	all.Wait()
	if len(j.Last(journal.Size)) != journal.Size {
		t.Error("some are missing")
	}
}
