package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/server/lab"
)

// labFaultCommand adds and removes faults.
type labFaultCommand struct {
	Add   labFaultAddCommand   `cmd:"" help:"Add a fault."`
	List  labFaultListCommand  `cmd:"" help:"List the faults, and how often each has struck."`
	Clear labFaultClearCommand `cmd:"" help:"Remove a fault, or all."`
}

type labFaultAddCommand struct {
	labFlags
	Do        string  `arg:"" placeholder:"DEED" help:"What goes wrong: status, fault, unavailable, reset-before, reset-after, truncate, duplicate, slow or delay."`
	Door      string  `placeholder:"DOOR" help:"Strike at this door alone: soap, gateway, console, platform or watch."`
	Operation string  `placeholder:"NAME" help:"Strike this operation alone, such as dsappSRPActivate or PROVISIONCMD_REGISTER."`
	Component string  `placeholder:"TYPE" help:"Strike requests of this component type alone."`
	User      string  `placeholder:"USER" help:"Strike requests for this user alone."`
	Nth       int     `placeholder:"N" help:"Strike the Nth of these requests alone."`
	Times     int     `placeholder:"N" help:"Strike the first N of them alone."`
	Chance    float64 `placeholder:"P" help:"Strike each with this chance, between 0 and 1; needs --seed."`
	Seed      uint64  `placeholder:"N" help:"Draw chances from this number, so that each run is the same."`
	Status    string  `placeholder:"STATUS" help:"With status: refuse with this row of the status table, such as \"user locked\"."`
	Words     string  `placeholder:"TEXT" help:"With status and fault: say this."`
	Delay     string  `placeholder:"TIME" help:"With delay and slow: take this long, such as 2s."`
}

func (c *labFaultAddCommand) Run(ctx context.Context, std streams) error {
	fault := intlab.Fault{Do: c.Do, Door: c.Door, Operation: c.Operation, Component: c.Component, User: c.User,
		Nth: c.Nth, Times: c.Times, Chance: c.Chance, Seed: c.Seed, Status: c.Status, Words: c.Words, Delay: c.Delay}
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (intlab.Fault, error) { return client.AddFault(ctx, fault) },
		func(f intlab.Fault) string { return "added fault " + strconv.Itoa(f.ID) })
}

type labFaultListCommand struct{ labFlags }

func (c *labFaultListCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.FaultList, error) { return client.Faults(ctx) }, saidFaults)
}

type labFaultClearCommand struct {
	labFlags
	ID int `arg:"" optional:"" placeholder:"N" help:"The fault's number; all faults if not given."`
}

func (c *labFaultClearCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (lab.FaultList, error) { return client.ClearFaults(ctx, c.ID) },
		func(l lab.FaultList) string { return "removed " + counted(len(l.Faults), "fault") })
}

func saidFaults(l lab.FaultList) string {
	if len(l.Faults) == 0 {
		return "There are no faults."
	}
	var text strings.Builder
	table := newTable(&text)
	fmt.Fprintln(table, "FAULT\tDOES\tTO\tWHEN\tFITTED\tSTRUCK")
	for _, f := range l.Faults {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%d\n", f.ID, strings.TrimSpace(f.Do+" "+f.Status+f.Delay), faultTarget(f), faultTurn(f), f.Fitted, f.Struck)
	}
	table.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

// faultTarget says which requests a fault fits.
func faultTarget(f intlab.Fault) string {
	var parts []string
	for _, p := range [][2]string{{"door", f.Door}, {"operation", f.Operation}, {"component", f.Component}, {"user", f.User}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ", ")
}

// faultTurn says which of them it strikes.
func faultTurn(f intlab.Fault) string {
	switch {
	case f.Nth != 0:
		return "number " + strconv.Itoa(f.Nth)
	case f.Times != 0:
		return "the first " + strconv.Itoa(f.Times)
	case f.Chance != 0:
		return fmt.Sprintf("with chance %g, seed %d", f.Chance, f.Seed)
	}
	return "each"
}
