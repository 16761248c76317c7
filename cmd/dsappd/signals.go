package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// signalled is why a context ended: a signal came.
type signalled struct{ signal syscall.Signal }

func (s *signalled) Error() string { return s.name() }

// Is makes an error that the end of the context led to match context.Canceled:
// net/http returns the cause in its place.
func (*signalled) Is(target error) bool { return target == context.Canceled }

// name returns the signal's name in kill(1).
func (s *signalled) name() string {
	switch s.signal {
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGTERM:
		return "SIGTERM"
	}
	return s.signal.String()
}

// untilSignal returns a context that the first SIGINT or SIGTERM ends, with a
// *signalled as its cause. A second one ends the process.
func untilSignal() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		select {
		case came := <-signals:
			signal.Stop(signals)
			number, _ := came.(syscall.Signal)
			cancel(&signalled{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

// untilHangups returns a channel that each SIGHUP comes on, which no longer ends
// the process. Several that come while one is being worked off are one.
func untilHangups() (hangups <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() { signal.Stop(signals) }
}

// because adds to an error that the end of a context led to what ended it.
func because(ctx context.Context, err error) error {
	ended, is := errors.AsType[*signalled](context.Cause(ctx))
	if !is || !errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w by %w", err, ended)
}
