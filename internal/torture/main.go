package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == attackCommand {
		attackMain(os.Args[2:])
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

func run() error {
	minutes := flag.Float64("minutes", 1, "how long a campaign may take, and each of its mutants; most decide sooner")
	pattern := flag.String("run", "", "run only the campaigns, and the mutants, whose name this matches, as in: connections, bodies/no-budget")
	seed := flag.Uint64("seed", 0, "draw the order of a soak from this number, which it prints; 0: from any")
	list := flag.Bool("list", false, "list campaigns and mutants")
	flag.Parse()
	wanted, err := regexp.Compile(*pattern)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *list {
		for _, c := range campaigns() {
			c.print()
		}
		return nil
	}
	programs, err := newWorkshop()
	if err != nil {
		return err
	}
	return errors.Join(each(ctx, programs, wanted, time.Duration(*minutes*float64(time.Minute)), *seed), ctx.Err(), programs.close())
}

// each runs every campaign: first those that measure no time, side by side, and
// then the others, for which all programs are built by then.
func each(ctx context.Context, programs *workshop, wanted *regexp.Regexp, limit time.Duration, seed uint64) error {
	var mu sync.Mutex
	var all []error
	run := func(c campaign) {
		err := c.every(ctx, programs, wanted, limit, seed)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, err)
	}
	var side sync.WaitGroup
	for _, c := range campaigns() {
		if c.endless {
			side.Go(func() { run(c) })
		}
	}
	side.Go(func() { prepareOthers(ctx, programs, wanted) })
	side.Wait()
	for _, c := range campaigns() {
		if !c.endless && ctx.Err() == nil {
			run(c)
		}
	}
	return errors.Join(all...)
}

// prepareOthers builds the programs of campaigns that measure time. What cannot
// be built fails again where it is needed.
func prepareOthers(ctx context.Context, programs *workshop, wanted *regexp.Regexp) {
	for _, c := range campaigns() {
		if c.endless {
			continue
		}
		if wanted.MatchString(c.name) {
			_, _ = programs.build(ctx, c.instrument)
		}
		for _, m := range c.mutants {
			if wanted.MatchString(c.name + "/" + m.name) {
				_, _ = programs.build(ctx, c.edits(m))
			}
		}
	}
}
