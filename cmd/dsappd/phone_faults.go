package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/phone"
)

type phoneFaultsCommand struct {
	jsonFlag
}

// phoneFaultShown is a fault and the statuses that it is documented to get.
type phoneFaultShown struct {
	Name   string        `json:"name"`
	Does   string        `json:"does"`
	Single phone.Outcome `json:"single,omitempty"`
	MDL    phone.Outcome `json:"mdl,omitempty"`
}

func (c *phoneFaultsCommand) Run(std streams) error {
	var shown []phoneFaultShown
	for _, f := range phone.Faults() {
		shown = append(shown, phoneFaultShown{f.Name, f.Does, f.Single, f.MDL})
	}
	printer := newListPrinter(std.Out, c.JSON, columns[phoneFaultShown, string]{
		head: []string{"FAULT", "SINGLE-DEVICE", "SEVERAL DEVICES", "THE PHONE"},
		row: func(f phoneFaultShown) []string {
			return []string{f.Name, orDash(string(f.Single)), orDash(string(f.MDL)), f.Does}
		},
	})
	if err := printer.page(shown); err != nil {
		return err
	}
	return printer.end()
}

// faults returns the faults that were named.
func (c *phoneActivateCommand) faults() ([]phone.Fault, error) {
	var all []phone.Fault
	for _, name := range c.Fault {
		fault, err := phone.FaultNamed(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("--%w", err)
		}
		all = append(all, fault)
	}
	return inOneRun(all)
}

// inOneRun orders faults so that all of them can be committed on one
// registration: what uses it up comes last.
func inOneRun(faults []phone.Fault) ([]phone.Fault, error) {
	slices.SortStableFunc(faults, func(a, b phone.Fault) int { return cmp.Compare(rankOfFault(a), rankOfFault(b)) })
	for i, f := range faults {
		if i == len(faults)-1 {
			break
		}
		if f.Activates() {
			return nil, fmt.Errorf("--fault: %s and %s both use up the registration: give each an image of its own", f.Name, faults[i+1].Name)
		}
		faults[i] = f.Ending()
	}
	return faults, nil
}

func rankOfFault(f phone.Fault) int {
	switch {
	case f.Activates():
		return 2
	case f.Name == "drop-after-3" || f.Name == "drop-after-4":
		return 1
	}
	return 0
}

// errUndocumented says that a server answered otherwise than documented.
const errUndocumented = phoneError("the server did not answer every fault as documented")

type phoneError string

func (e phoneError) Error() string { return string(e) }

// try commits the faults one after the other, each from the scan, and prints
// how the server answered.
func (c *phoneActivateCommand) try(ctx context.Context, std streams, device *phone.Device, s phone.State, a phone.Activation, faults []phone.Fault) error {
	otherwise := false
	for _, fault := range faults {
		trial, after, err := device.Try(ctx, s, a, fault)
		if trial.Got != "" {
			otherwise = otherwise || !trial.AsDocumented()
			fmt.Fprintln(std.Out, tried(trial))
		}
		if err != nil {
			return c.startOver(after, a, err)
		}
		if s, err = c.readOrNew(); err != nil { // as a phone that begins again
			return err
		}
	}
	if otherwise {
		return errUndocumented
	}
	return nil
}

func tried(t phone.Trial) string {
	line := fmt.Sprintf("%s: %s, ", t.Fault.Name, t.Got)
	if !t.AsDocumented() {
		return fmt.Sprintf("%sbut documented is %s: %s", line, t.Want, strings.Join(t.Words, " "))
	}
	return line + "as documented"
}
