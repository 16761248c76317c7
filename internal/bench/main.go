package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	pattern := flag.String("run", "", "measure only the goals whose words this matches, as in: commits")
	history := flag.String("history", "benchmarks", "add the results to a file in this folder; empty: nowhere")
	authenticators := flag.Int("authenticators", 100_000, "how many authenticators a large store has")
	flag.Parse()
	wanted, err := regexp.Compile(*pattern)
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(goals), func(g goal) bool { return !wanted.MatchString(g.about) })
	if len(chosen) == 0 {
		return fmt.Errorf("no goal matches %q", *pattern)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	m, err := inspect()
	if err != nil {
		return err
	}
	output, failed := measureAll(ctx, chosen, *authenticators)
	m.end()
	if *history != "" {
		failed = errors.Join(failed, record(*history, time.Now(), m, output))
	}
	results, err := parse(output)
	if err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(failed, printTable(os.Stdout, m, chosen, results))
}

// measureAll runs the benchmarks of goals, each once, and returns what go test
// printed. One that fails does not end the others.
func measureAll(ctx context.Context, chosen []goal, authenticators int) (output []byte, err error) {
	var done []benchmark
	var all []error
	for _, g := range chosen {
		if slices.Contains(done, g.benchmark) || ctx.Err() != nil {
			continue
		}
		done = append(done, g.benchmark)
		fmt.Fprintln(os.Stderr, "measuring", g.benchmark.folder, g.benchmark.name)
		printed, err := g.benchmark.measure(ctx, authenticators)
		output = append(output, printed...)
		all = append(all, err)
	}
	return output, errors.Join(append(all, ctx.Err())...)
}

// measure runs a benchmark.
func (b benchmark) measure(ctx context.Context, authenticators int) ([]byte, error) {
	pattern := "^" + strings.ReplaceAll(b.name, "/", "$/^") + "$"
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", b.time, "-timeout", "0", "./"+filepath.ToSlash(b.folder))
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%d", authenticatorsVariable, authenticators))
	command.Stderr = os.Stderr
	printed, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w: %s", b.name, b.folder, err, bytes.TrimSpace(printed))
	}
	return printed, nil
}

// authenticatorsVariable tells the benchmark of a large store its size.
const authenticatorsVariable = "DSAPPD_BENCH_AUTHENTICATORS"
