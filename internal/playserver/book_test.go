package playserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/administration"
	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/wsdl"
)

// TestBookCovers plays the book of the protocol and reads in the audit of each
// play what came up: every operation, every command, every status and every
// step in every state, in order, with a wrong proof and out of order.
func TestBookCovers(t *testing.T) {
	seen := &coverage{seen: map[string]bool{}}
	run := replay.Run{Player: &replay.Player{Start: seen.start}, Parallel: 4, Report: func(r replay.Result) error {
		if !r.Passed() {
			t.Errorf("%s does not pass", r.File)
		}
		return nil
	}}
	if _, err := run.Paths(t.Context(), []string{"../../testdata/transcripts"}); err != nil {
		t.Fatal(err)
	}
	unreachable := unreachable()
	for _, what := range slices.Concat(operations(t), statuses(), steps()) {
		if why := unreachable[what]; seen.seen[what] == (why != "") {
			t.Errorf("%s: it comes up: %v; it cannot because: %q", what, seen.seen[what], why)
		}
		delete(unreachable, what)
	}
	for what := range unreachable {
		t.Errorf("%s is said not to come up, and is nothing that could", what)
	}
}

// unreachable is what no transcript can show, and why.
func unreachable() map[string]string {
	why := map[string]string{
		"refusal in use":        "only operators are refused so",
		"refusal missing field": "the door refuses it, and nothing is decided",
		"refusal user unknown":  "it is a search, which leaves no event",
		"refusal busy":          "it takes more registrations at once than a transcript plays",
		"refusal unforeseen":    "nobody knows how",
	}
	for _, flow := range []provision.Flow{provision.SingleDevice, provision.SingleDeviceDirect} {
		why[step(flow, provision.DeviceAdded, provision.StepClose, "right")] = "a single device is never in this state"
	}
	for _, state := range []provision.RegistrationState{provision.KeyExchanged, provision.DataIssued} {
		why[step(provision.OfflineMDL, state, provision.StepClose, "right")] = "an offline device agrees on no key"
	}
	return why
}

// coverage is what came up, in words.
type coverage struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (c *coverage) start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	made, err := datafolder.OpenInMemory(ctx, setup)
	if err != nil {
		return replay.Server{}, err
	}
	server, err := serveReplay(ctx, made, setup)
	end := server.Close
	server.Close = func() error { return errors.Join(c.read(ctx, made, setup), end()) }
	return server, err
}

// read notes the decisions of a play.
func (c *coverage) read(ctx context.Context, made *datafolder.Folder, setup replay.Setup) error {
	flow, err := flows(ctx, made, setup)
	if err != nil {
		return err
	}
	for in := (provision.ListAuditEvents{}); ; {
		page, err := made.Service.ListAuditEvents(ctx, in)
		if err != nil {
			return err
		}
		c.mu.Lock()
		for _, event := range page.Records {
			c.note(event, flow[event.RegistrationID])
		}
		c.mu.Unlock()
		if page.Next == nil {
			return nil
		}
		in.After = *page.Next
	}
}

// flows are the kinds of the registrations of a play, by their IDs.
func flows(ctx context.Context, made *datafolder.Folder, setup replay.Setup) (map[string]provision.Flow, error) {
	found := map[string]provision.Flow{}
	for in := (provision.ListRegistrations{}); ; {
		page, err := made.Service.ListRegistrations(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			direct := slices.ContainsFunc(setup.Sample.Policies, func(p transcript.Policy) bool {
				return p.Name == r.Policy && p.Set["KeyExchangeRequired"] == false
			})
			switch {
			case r.MDL && r.ActivationType == provision.Offline:
				found[r.ID] = provision.OfflineMDL
			case r.MDL:
				found[r.ID] = provision.OnlineMDL
			case direct:
				found[r.ID] = provision.SingleDeviceDirect
			default:
				found[r.ID] = provision.SingleDevice
			}
		}
		if page.Next == nil {
			return found, nil
		}
		in.After = *page.Next
	}
}

func (c *coverage) note(event audit.Event, flow provision.Flow) {
	c.seen[event.Operation] = true
	came := map[int]string{0: "right", 1000: "wrong", -1: "out of order"}[event.Status.StatusCode]
	if event.Operator == "" || event.Address != "" {
		c.seen[fmt.Sprintf("status %d", event.Wire.StatusCode)] = true
		for refusal, decided := range decisive() {
			last := event.Checks[len(event.Checks)-1].Name
			if event.Status == provision.DefaultStatusTable()[refusal] && slices.Contains(decided, last) {
				c.seen["refusal "+string(refusal)] = true
			}
		}
	}
	switch {
	case came == "right" && event.Operation == "PROVISIONCMD_REGISTER":
		c.seen[step(flow, provision.Unborn, provision.StepRegisterOutsideSRP, came)] = true
	case came == "right" && slices.Contains([]string{"dsappSRPRegister", "PROVISIONCMD_DSAPPREGISTER", "PROVISIONCMD_MDL_REGISTER"}, event.Operation):
		c.seen[step(flow, provision.Unborn, provision.StepRegister, came)] = true
	}
	for _, check := range event.Checks {
		state, taken, isStep := strings.Cut(check.Detail, ", ")
		if check.Name != "state" {
			continue
		}
		if !isStep {
			taken = string(provision.StepClose)
		}
		c.seen[step(flow, provision.RegistrationState(state), provision.Step(taken), came)] = true
	}
}

// decisive are the checks that a refusal comes of, where its status is that of
// others, too.
func decisive() map[provision.Refusal][]string {
	return map[provision.Refusal][]string{
		provision.NoComponent:        {"component"},
		provision.NotAllowed:         {"activation outside SRP", "offline activation", "kind of credential"},
		provision.ActivationLimit:    {"activations"},
		provision.AuthenticatorLimit: {"authenticators of the user"},
		provision.UserLocked:         {"disabled and locked"},
		provision.UserDisabled:       {"user"},
		provision.OutOfOrder:         {"state"},
		provision.InvalidCredentials: {"password", "user", "evidence", "one-time password", "derivation code", "device code", "signature"},
		provision.InvalidParameter:   {"clientEphemeralPublicKey", "credential", "offline data", "authenticator"},
		provision.NotFound:           {"registration", "lifetime", "authenticator"},
		provision.Exists:             {"authenticator"},
		provision.LicenceFull:        {"places of the licence"},
		provision.MessageExpired:     {"activation message 1"},
		provision.OTPIncorrect:       {"password"},
		provision.OTPUsed:            {"password"},
		provision.PasswordMismatch:   {"password"},
		provision.GracePeriodExpired: {"password", "grace period"},
		provision.NotLocal:           {"local authentication", "password"},
		provision.ChallengeExpired:   {"challenge", "transaction signature"},
		provision.SignatureIncorrect: {"transaction signature"},
		provision.AuthenticatorError: {"new PIN"},
		provision.NoPermission:       {"privilege"},
		provision.SessionStopped:     {"session"},
		provision.InvalidData:        {"privilege", "organizational unit"},
		provision.NotAvailable:       {"privilege"},
		provision.NotAssigned:        {"privilege"},
	}
}

// operations are those of the WSDL but the one that holds the commands, and
// the commands of docs/commands.md.
func operations(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, e := range wsdl.Elements() {
		if e.Namespace == wsdl.Administration {
			continue // TestBookCoversAdministration has them
		}
		if e.Depth == 0 && !strings.HasSuffix(e.Name, "Response") && e.Name != "provisioningExecute" && e.Name != "provisioningFault" {
			all = append(all, e.Name)
		}
	}
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^## (PROVISIONCMD_\w+)$`).FindAllSubmatch(page, -1) {
		all = append(all, string(found[1]))
	}
	if len(all) != 6+5+2+9 {
		t.Fatalf("operations and commands: %v", all)
	}
	return all
}

// TestBookCoversAdministration looks for a granted and a refused request of each
// operation and command of administration.
func TestBookCoversAdministration(t *testing.T) {
	pages, err := filepath.Glob("../../testdata/transcripts/admin-*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	granted, refused := map[string]bool{}, map[string]bool{}
	for _, page := range pages {
		transcript, err := replay.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range transcript.Exchanges {
			for _, found := range regexp.MustCompile(`<adm:(\w+) |<cmd>(\w+)</cmd>`).FindAllStringSubmatch(e.Request.Body, -1) {
				name := found[1] + found[2]
				granted[name] = granted[name] || strings.Contains(e.Reply.Body, "STAT_SUCCESS")
				refused[name] = refused[name] || !strings.Contains(e.Reply.Body, "STAT_SUCCESS")
			}
		}
	}
	withoutPrivilege, otherDomain := refusedOn(t, "admin-privileges-each"), refusedOn(t, "admin-domains-each")
	for _, name := range administration.Commands() {
		if !withoutPrivilege[name] || !otherDomain[name] {
			t.Errorf("%s: refused without its privilege: %v, in another domain: %v", name, withoutPrivilege[name], otherDomain[name])
		}
	}
	for _, name := range administrationOperations() {
		if strings.HasSuffix(name, "Query") && !withoutPrivilege[name] {
			t.Errorf("%s is not refused without its privilege on a page", name)
		}
	}
	for _, name := range append(administrationOperations(), administration.Commands()...) {
		if !granted[name] || strings.HasSuffix(name, "Execute") && !refused[name] {
			t.Errorf("%s: granted on a page: %v, refused: %v", name, granted[name], refused[name])
		}
	}
}

// refusedOn returns the operations and commands that a page shows as refused: as
// out of reach, or as not there.
func refusedOn(t *testing.T, page string) map[string]bool {
	t.Helper()
	read, err := replay.ReadFile("../../testdata/transcripts/" + page + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]bool{}
	for _, e := range read.Exchanges {
		if !strings.Contains(e.Reply.Body, "STAT_PERMISSION") && !strings.Contains(e.Reply.Body, "STAT_NOT_FOUND") {
			continue
		}
		for _, found := range regexp.MustCompile(`<adm:(\w+) |<cmd>(\w+)</cmd>`).FindAllStringSubmatch(e.Request.Body, -1) {
			refused[found[1]+found[2]] = true
		}
	}
	return refused
}

func administrationOperations() (all []string) {
	for _, e := range wsdl.Elements() {
		if e.Namespace == wsdl.Administration && !strings.HasSuffix(e.Name, "Response") {
			all = append(all, e.Name)
		}
	}
	return all
}

// statuses are the rows of the status table, and what the wire shows of them.
func statuses() []string {
	var all []string
	for refusal, status := range provision.DefaultStatusTable() {
		if refusal != provision.Granted {
			all = append(all, "refusal "+string(refusal))
		}
		all = append(all, fmt.Sprintf("status %d", status.StatusCode))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func step(flow provision.Flow, state provision.RegistrationState, taken provision.Step, came string) string {
	return fmt.Sprintf("%s: %s, %s: %s", flow, state, taken, came)
}

// steps are the rows of the state table, and every other step of a device in a
// state that its kind of registration comes into.
func steps() []string {
	var all []string
	states := map[provision.Flow][]provision.RegistrationState{}
	inOrder := map[string]bool{}
	for _, row := range provision.Transitions() {
		for _, flow := range row.Flows {
			if row.Right != provision.Activated && row.Right != provision.Closed {
				states[flow] = append(states[flow], row.Right)
			}
			for _, from := range row.From {
				all = append(all, step(flow, from, row.Step, "right"))
				inOrder[step(flow, from, row.Step, "out of order")] = true
				if row.Wrong != "" {
					all = append(all, step(flow, from, row.Step, "wrong"))
				}
			}
		}
	}
	for flow, into := range states {
		for _, state := range into {
			for _, taken := range []provision.Step{provision.StepGenerateEphemeralKey, provision.StepGenerateActivationData, provision.StepAddDevice, provision.StepActivate} {
				// In DeviceAdded a device code is the same or another one.
				added := state == provision.DeviceAdded && taken == provision.StepAddDevice
				if what := step(flow, state, taken, "out of order"); !inOrder[what] && !added {
					all = append(all, what)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
