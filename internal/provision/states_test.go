package provision

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyState and everyStep are written out here once more, so that a state
// or step that the table forgot shows up as a row of refusals.
func everyState() []RegistrationState {
	return []RegistrationState{Unborn, Registered, KeyExchanged, DataIssued, DeviceAdded, Activated, Closed}
}

func everyStep() []Step {
	return []Step{StepRegister, StepRegisterOutsideSRP, StepGenerateEphemeralKey, StepGenerateActivationData,
		StepAddDevice, StepAddSameDevice, StepAddOtherDevice, StepActivate, StepClose}
}

func everyFlow() []Flow { return []Flow{SingleDevice, SingleDeviceDirect, OnlineMDL, OfflineMDL} }

// stateTable walks every state and step. A pair that is refused in all flows
// has no line.
func stateTable() string {
	var b strings.Builder
	b.WriteString("| in | step | single-device | single-device, exchange not required | online MDL | offline MDL |\n|---|---|---|---|---|---|\n")
	for _, state := range everyState() {
		for _, step := range everyStep() {
			cells, some := outcomes(state, step)
			if some {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", state, step, strings.Join(cells, " | "))
			}
		}
	}
	return b.String()
}

func outcomes(state RegistrationState, step Step) (cells []string, some bool) {
	for _, flow := range everyFlow() {
		row, ok := transition(flow, state, step)
		switch {
		case !ok:
			cells = append(cells, "-")
			continue
		case row.Wrong == "":
			cells = append(cells, string(row.Right))
		default:
			cells = append(cells, fmt.Sprintf("%s; wrong: %s", row.Right, row.Wrong))
		}
		some = true
	}
	return cells, some
}

func TestStateTable(t *testing.T) {
	const golden = "testdata/states.golden"
	got := stateTable()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the state table moved (go test ./internal/provision -update writes it anew):\n%s", diff)
	}
}

func TestStateTableIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "<!-- states -->\n")
	shown, _, _ := strings.Cut(rest, "<!-- /states -->")
	if diff := cmp.Diff(stateTable(), shown); diff != "" {
		t.Errorf("the state table of docs/states.md is not the code's:\n%s", diff)
	}
}

func TestTransitionsAreUnambiguous(t *testing.T) {
	seen := make(map[string]bool)
	for _, row := range Transitions() {
		for _, from := range row.From {
			for _, flow := range row.Flows {
				key := fmt.Sprint(flow, from, row.Step)
				if seen[key] {
					t.Errorf("two rows for %s in %s, step %s", flow, from, row.Step)
				}
				seen[key] = true
			}
		}
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write golden files anew")
	flag.Parse()
	os.Exit(m.Run())
}
