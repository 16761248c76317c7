package provision_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

func (p *play) prune(age time.Duration) audit.Pruned {
	p.t.Helper()
	return must(p.PruneAudit(p.t.Context(), operator(), audit.Limit{Before: p.clock().Add(-age)}))(p.t)
}

func TestRetentionRemovesWholeSealedRanges(t *testing.T) {
	p := newPlay(t)
	p.seal()
	n := p.verify().Events
	for range 5 {
		p.wait(24 * time.Hour)
		p.decide(2)
		p.seal()
	}
	p.decide(1)
	p.holds("before", 1, 6, n+10, 1)
	old := p.events("user enable")[0]
	if got := p.prune(48 * time.Hour); got.Seals != 4 || got.Events != n+6 || got.Stopped != nil {
		t.Errorf("removed %+v", got)
	}
	// Two seals are left besides the anchor, and the removal is an event too.
	p.holds("after", 1, 2, 4, 2)
	p.view(func(v *store.View) error {
		if _, err := store.Get(v, audit.Events, old.EventKey); err == nil {
			t.Error("an event of a removed seal is still there")
		}
		return nil
	})
	if got := p.prune(48 * time.Hour); got.Seals != 0 {
		t.Errorf("removed again: %+v", got)
	}
	p.wait(72 * time.Hour)
	p.seal()
	p.prune(time.Hour)
	p.holds("all but what was sealed now", 1, 1, 3, 1)
}

func TestARunThatIsRemovedWholeLeavesNothingInTheEnd(t *testing.T) {
	p := newPlay(t)
	p.finish()
	for _, run := range []string{"run2", "run3", "run4"} {
		p.restart(run)
		p.wait(24 * time.Hour)
		p.decide(2)
		p.finish()
	}
	p.restart("run5")
	p.wait(time.Hour)
	p.prune(20 * time.Hour) // the first three runs
	if got := p.verify(); got.Runs != 3 || got.Seals != 1 || got.Events != 2 || len(got.Broken) > 0 {
		t.Errorf("the third run's end, the fourth and this one: %+v", got)
	}
	p.seal()
	p.wait(24 * time.Hour)
	p.decide(1)
	p.seal()
	p.prune(time.Hour)
	if got := p.verify(); got.Runs != 1 || len(got.Broken) > 0 {
		t.Errorf("this run alone: %+v", got)
	}
	if left := archiveOf(p).anchors(); !slices.Equal(left, []string{"auditanchor\x00run5\x00"}) {
		t.Errorf("anchors left: %q", left)
	}
}

// archiveOf looks at a play's audit as its values.
func archiveOf(p *play) *archive {
	a := &archive{play: p}
	a.values = a.read()
	return a
}

func (a *archive) anchors() (keys []string) {
	for key := range a.values {
		if strings.HasPrefix(key, "auditanchor\x00") {
			keys = append(keys, key)
		}
	}
	return keys
}

// The index of requests goes with its events.
func TestRetentionLeavesNoRequestBehind(t *testing.T) {
	p := newPlay(t)
	p.decide(3)
	p.seal()
	p.wait(time.Hour)
	p.prune(time.Minute)
	p.view(func(v *store.View) error {
		for request, err := range store.Scan(v, audit.Requests, audit.RequestKey{}, audit.RequestKey{}) {
			if err == nil {
				_, err = store.Get(v, audit.Events, request.EventKey)
			}
			if err != nil {
				t.Errorf("request %v: %v", request.RequestKey, err)
			}
		}
		return nil
	})
	if got := must(p.ExplainRequest(t.Context(), "op"))(t); len(got) != 1 || got[0].Operation != "audit prune" {
		t.Errorf("explained %+v", got)
	}
}

func TestRetentionKeepsTheEvidenceOfTampering(t *testing.T) {
	a := newArchive(t)
	a.wait(time.Hour)
	key := a.keys("audit", "a")[2]
	delete(a.values, key)
	a.become(a.values)
	retained := must(a.RetainAudit(t.Context(), time.Minute))(t)
	if retained.Seals != 1 || retained.Stopped == nil || retained.Stopped.String() != "a/2" {
		t.Errorf("retention: %+v", retained)
	}
	if got := must(a.RetainAudit(t.Context(), time.Minute))(t); got.Seals != 0 || got.Stopped == nil {
		t.Errorf("retention again: %+v", got)
	}
	if got := a.prune(time.Minute); got.Seals != 0 || got.Stopped == nil {
		t.Errorf("an operator: %+v", got)
	}
	if first := a.verify().Broken[0]; first.String() != "a/2" {
		t.Errorf("first broken: %v", first)
	}
	got := must(a.PruneAudit(t.Context(), operator(), audit.Limit{Before: a.clock().Add(-time.Minute), Broken: true}))(t)
	if got.Seals != 8 || got.Stopped != nil {
		t.Errorf("an operator who means it: %+v", got)
	}
	if got := a.verify(); len(got.Broken) > 0 {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestRetentionWithNothingToRemoveLeavesNoEvent(t *testing.T) {
	p := newPlay(t)
	p.seal()
	n := p.verify().Events
	if got := must(p.RetainAudit(t.Context(), time.Hour))(t); got != (audit.Pruned{}) {
		t.Errorf("removed %+v", got)
	}
	p.holds("nothing removed", 1, 1, n, 0)
	p.wait(2 * time.Hour)
	must(p.RetainAudit(t.Context(), time.Hour))(t)
	p.seal()
	p.wait(2 * time.Hour)
	must(p.RetainAudit(t.Context(), time.Hour))(t)
	if events := p.events("audit prune"); len(events) != 1 || events[0].Operator != "retention" {
		t.Errorf("events of the removals that are left: %+v", events)
	}
}

func TestPruneRefusesTheFuture(t *testing.T) {
	p := newPlay(t)
	_, err := p.PruneAudit(t.Context(), operator(), audit.Limit{Before: p.clock()})
	p.refused(err, -2)
}

func TestManySealsAreRemovedBesideSealing(t *testing.T) {
	p := newPlay(t)
	for range 250 {
		p.decide(1)
		p.seal()
	}
	p.wait(time.Hour)
	removed := 0
	atOnce(3, func(i int) error {
		if i == 0 {
			for range 20 {
				_, err := p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "nobody"})
				p.refused(err, -13)
				p.seal()
				if got := p.verify(); len(got.Broken) > 0 {
					t.Errorf("beside the removal: %+v", got.Broken)
				}
			}
			return nil
		}
		pruned, err := p.PruneAudit(t.Context(), operator(), audit.Limit{Before: p.clock().Add(-time.Minute)})
		if err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		removed += pruned.Seals
		p.mu.Unlock()
		return err
	})
	if removed != 250 {
		t.Errorf("two removals at once removed %d seals, want 250", removed)
	}
}

// exported is the whole export, as its lines.
func (p *play) exported() (lines []string) {
	p.t.Helper()
	var place audit.Place
	for {
		page := must(p.Audit.Export(p.t.Context(), place))(p.t)
		for _, line := range page.Lines {
			lines = append(lines, string(line))
		}
		if page.Next == nil {
			return lines
		}
		place = *page.Next
	}
}

// follow is what an auditor can do with an export and SHA-256 alone, as the
// document says; it returns the events that no seal names yet.
func follow(lines []string) (sealed, unsealed int, err error) {
	var pending []string // hashes of the events since the last seal
	ends := make(map[string]string)
	for _, text := range lines {
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		var line struct {
			Run       string
			Number    uint64
			RemovedAt string
			SHA256    string
			After     []struct {
				Run    string
				Number uint64
				SHA256 string
			}
			Events []struct{ SHA256 string }
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return 0, 0, err
		}
		here := fmt.Sprintf("%s/%d", line.Run, line.Number)
		switch {
		case line.RemovedAt != "": // the anchor of the seal that follows
			ends[here] = line.SHA256
			continue
		case line.Number == 0:
			pending = append(pending, hash)
			continue
		}
		if anchored := ends[here]; anchored != "" {
			if anchored != hash {
				return 0, 0, fmt.Errorf("%s is not the anchored one", here)
			}
			continue
		}
		for _, after := range line.After {
			if before := fmt.Sprintf("%s/%d", after.Run, after.Number); ends[before] != after.SHA256 {
				return 0, 0, fmt.Errorf("%s names %s as %s, which is %s", here, before, after.SHA256, ends[before])
			}
		}
		var named []string
		for _, event := range line.Events {
			named = append(named, event.SHA256)
		}
		tail := pending[len(pending)-len(named):]
		if !slices.Equal(tail, named) {
			return 0, 0, fmt.Errorf("%s does not name the events before it", here)
		}
		pending = pending[:len(pending)-len(named)]
		sealed += len(named)
		ends[here] = hash
	}
	return sealed, len(pending), nil
}

func TestAnExportCanBeFollowedWithoutTheKey(t *testing.T) {
	p := newPlay(t)
	p.finish()
	p.restart("second")
	atOnce(8, func(int) error {
		for range 150 {
			_, err := p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "nobody"})
			p.refused(err, -13)
		}
		return nil
	})
	p.seal()
	p.decide(550)
	p.restart("third")
	p.decide(3)
	p.seal()
	p.decide(2)
	counts := p.verify()
	sealed, unsealed, err := follow(p.exported())
	if err != nil || sealed != counts.Events || unsealed != counts.Unsealed {
		t.Errorf("%d sealed, %d not, %v; verification counts %+v", sealed, unsealed, err, counts)
	}
	p.sealEnded()
	p.wait(time.Hour)
	p.prune(time.Hour + 4*time.Second)
	counts = p.verify()
	lines := p.exported()
	sealed, unsealed, err = follow(lines)
	if err != nil || sealed != counts.Events || unsealed != counts.Unsealed || !strings.Contains(lines[0], "removedAt") {
		t.Errorf("after retention: %d sealed, %d not, %v; verification counts %+v", sealed, unsealed, err, counts)
	}
}

func TestAuditListNarrows(t *testing.T) {
	p := newPlay(t)
	p.finish()
	p.restart("second")
	p.wait(time.Hour)
	began := p.clock()
	for i, userID := range []string{"user1", "user2", "user1", "nobody"} {
		p.wait(time.Second)
		from := caller()
		from.RequestID = fmt.Sprintf("request %d", i)
		_, _ = p.DSAPPSRPRegister(t.Context(), from, provision.DSAPPSRPRegister{UserID: userID, StaticPassword: "Password2"})
	}
	registration := p.events("dsappSRPRegister")[1].RegistrationID
	for _, c := range []struct {
		asked provision.ListAuditEvents
		want  int
	}{
		{provision.ListAuditEvents{Since: began}, 4},
		{provision.ListAuditEvents{Since: began.Add(2 * time.Second)}, 3},
		{provision.ListAuditEvents{Since: began, UserID: "user1"}, 2},
		{provision.ListAuditEvents{Since: began, UserID: "user1", Domain: "branch"}, 0},
		{provision.ListAuditEvents{RegistrationID: registration}, 1},
		{provision.ListAuditEvents{SerialNumber: "VDS1000141", Operation: "dsappSRPRegister"}, 1},
		{provision.ListAuditEvents{Operation: "domain add"}, 1},
		{provision.ListAuditEvents{RequestID: "request 2"}, 1},
		{provision.ListAuditEvents{RequestID: "request 2", UserID: "user2"}, 0},
		{provision.ListAuditEvents{RequestID: "request 9"}, 0},
	} {
		for _, limit := range []int{1, 2, 100} {
			got := 0
			for asked, more := c.asked, true; more; {
				asked.Limit = limit
				page := must(p.ListAuditEvents(t.Context(), asked))(t)
				got += len(page.Records)
				if more = page.Next != nil; more {
					asked.After = *page.Next
				}
			}
			if got != c.want {
				t.Errorf("%+v by %d: %d events, want %d", c.asked, limit, got, c.want)
			}
		}
	}
}
