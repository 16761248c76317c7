package admin_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

func TestAuditOverTheSocket(t *testing.T) {
	o := openOffice(t)
	o.addUser(t, "user1")
	events, _ := all(t, func(after audit.EventKey) (admin.AuditPage, error) {
		return o.ListAuditEvents(t.Context(), provision.ListAuditEvents{UserID: "user1", After: after, Limit: 1})
	})
	if len(events) != 1 || events[0].Operation != "user add" || events[0].Operator != "alice" {
		t.Fatalf("listed %+v", events)
	}
	explained, err := o.ExplainRequest(t.Context(), admin.NameRequest{RequestID: events[0].RequestID})
	if err != nil || len(explained) != 1 || !strings.Contains(explained[0].Text, "user add, granted") {
		t.Errorf("explained %+v, %v", explained, err)
	}
	_, err = o.ExplainRequest(t.Context(), admin.NameRequest{RequestID: "none"})
	if refusal(err) != provision.NotFound {
		t.Errorf("explained none: %v", err)
	}
	if err := o.service.Audit.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	verified, err := o.VerifyAudit(t.Context(), admin.VerifyAudit{})
	if err != nil || verified.Events != 2 || verified.Unsealed != 0 || len(verified.Ends) != 1 {
		t.Errorf("verified %+v, %v", verified, err)
	}
	o.exports(t, verified)

	o.pass(time.Hour)
	pruned, err := o.PruneAudit(t.Context(), audit.Limit{Before: o.time().Add(-time.Minute)})
	if err != nil || pruned.Events != 2 {
		t.Errorf("pruned %+v, %v", pruned, err)
	}
	_, err = o.PruneAudit(t.Context(), audit.Limit{Before: o.time().Add(time.Minute)})
	if refusal(err) != provision.InvalidParameter {
		t.Errorf("pruned the future: %v", err)
	}
	if again, err := o.VerifyAudit(t.Context(), admin.VerifyAudit{Known: verified.Ends}); err != nil || len(again.Broken) > 0 {
		t.Errorf("the seal that retention kept: %+v, %v", again, err)
	}
}

// exports checks that lines come over the wire byte for byte.
func (o *office) exports(t *testing.T, verified audit.Verification) {
	t.Helper()
	page, err := o.ExportAudit(t.Context(), admin.ExportAudit{})
	if err != nil || page.Next != nil || len(page.Items) != 3 {
		t.Fatalf("exported %s, %v", page.Items, err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(page.Items[2])); got != verified.Ends[0].Digest.String() {
		t.Errorf("the seal %s hashes to %s, not to %s", page.Items[2], got, verified.Ends[0].Digest)
	}
	behind := audit.Place{SealKey: verified.Ends[0].SealKey}
	if page, err := o.ExportAudit(t.Context(), admin.ExportAudit{After: behind}); err != nil || len(page.Items) != 0 {
		t.Errorf("behind the last seal: %s, %v", page.Items, err)
	}
}
