package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
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
	list := flag.Bool("list", false, "list campaigns and mutants")
	flag.Parse()
	wanted, err := regexp.Compile(*pattern)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var all []error
	for _, c := range campaigns() {
		switch {
		case *list:
			c.print()
		case ctx.Err() == nil:
			all = append(all, c.every(ctx, wanted, time.Duration(*minutes*float64(time.Minute))))
		}
	}
	return errors.Join(append(all, ctx.Err())...)
}
