package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"time"
)

// campaigns returns the table of them all.
func campaigns() []campaign {
	return []campaign{
		connections(false, 1), connections(true, 100),
		bodies(),
		messages(),
		kills(), power(), backlog(), soak(),
	}
}

// campaign puts the program under one kind of strain.
type campaign struct {
	name, about string

	// run returns nil if the program held, an error that wraps errBroke if it
	// did not, and any other if nothing can be said. The rig's context ends
	// when the time is over; a run that has decided returns at once.
	run func(*rig) error

	// endless campaigns decide nothing while the program holds: they take a
	// quarter of the time, and all of it alone or for a mutant. They measure no
	// time, so they run side by side.
	endless bool

	instrument []edit // of the program and of its mutants

	mutants []mutant
}

// errBroke means that a program did not hold.
var errBroke = errors.New("the program did not hold")

// mutant is the program without one defence.
type mutant struct {
	name  string
	edits []edit
}

// edit replaces a text of a file, which must be there once, or makes a file
// where old is empty. The file is one of this module or, by the path of a
// package, one of bbolt.
type edit struct{ file, old, new string }

func (c campaign) print() {
	fmt.Printf("%-24s %s\n", c.name, c.about)
	for _, m := range c.mutants {
		fmt.Println(c.name + "/" + m.name)
	}
}

// every runs a campaign on the program and on each mutant, as far as they are
// wanted, and returns what went wrong.
func (c campaign) every(ctx context.Context, programs *workshop, wanted *regexp.Regexp, limit time.Duration, seed uint64) error {
	var all []error
	if wanted.MatchString(c.name) {
		share := limit
		if c.endless && !alone(wanted) {
			share /= 4
		}
		err := c.once(ctx, programs, c.name, c.instrument, share, seed)
		if err != nil {
			err = fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, err)
	}
	for _, m := range c.mutants {
		name := c.name + "/" + m.name
		if !wanted.MatchString(name) || ctx.Err() != nil {
			continue
		}
		err := c.once(ctx, programs, name, c.edits(m), limit, seed)
		switch {
		case errors.Is(err, errBroke):
			fmt.Printf("%-32s caught, as it should be\n", name)
			continue
		case err == nil:
			err = errors.New("a program without its defence was not caught")
		}
		all = append(all, fmt.Errorf("%s: %w", name, err))
	}
	return errors.Join(all...)
}

// alone reports whether only one campaign is wanted.
func alone(wanted *regexp.Regexp) bool {
	n := 0
	for _, c := range campaigns() {
		if wanted.MatchString(c.name) {
			n++
		}
	}
	return n == 1
}

func (c campaign) edits(m mutant) []edit { return slices.Concat(c.instrument, m.edits) }

// once runs a campaign on one program.
func (c campaign) once(ctx context.Context, programs *workshop, name string, edits []edit, limit time.Duration, seed uint64) error {
	fmt.Printf("%-32s %s\n", name, c.about)
	dir, err := os.MkdirTemp("", "dsappd-torture-")
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			_ = os.RemoveAll(dir)
		}
	}()
	binary, err := programs.build(ctx, edits)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := time.Now()
	r := &rig{ctx: ctx, dir: dir, binary: binary, name: name, seed: seed}
	err = c.run(r)
	r.endAll()
	if err == nil {
		fmt.Printf("%-32s held, after %.0f s\n", name, time.Since(began).Seconds())
	} else {
		fmt.Printf("%-32s %v, after %.0f s\n", name, err, time.Since(began).Seconds())
	}
	if kept = name == c.name && errors.Is(err, errBroke); kept {
		err = fmt.Errorf("%w; its data folder is kept in %s", err, dir)
	}
	return err
}
