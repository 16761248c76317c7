package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// Sender has every sink follow the audit. Fields are required unless they say
// otherwise.
type Sender struct {
	Log    *audit.Log
	Logger *slog.Logger
	Now    func() time.Time
	Rand   io.Reader

	// Sinks returns those that there are; another pointer, when they have changed.
	Sinks func() *[]Sink

	// Hold reports whether this process alone sends to the sink of a name for now.
	Hold func(ctx context.Context, name string) bool

	// Settle is how long what was sealed is left to settle, because another server
	// may seal something that comes before it; 0: no other server seals.
	Settle time.Duration

	// Attempted is told each attempt of a sink, with the number of messages that
	// arrived; nil: nobody is.
	Attempted func(sink string, arrived int, failed bool)

	mu      sync.Mutex
	workers []*worker
}

const (
	// lookEvery is how often a sink looks for what was sealed: as often as there
	// is a seal.
	lookEvery = time.Second

	// noteEvery is how often a place is kept that moved on past events which
	// nobody wants to hear of.
	noteEvery = time.Minute

	// The batch of one round: messages, and seals that are looked at.
	batchEvents, batchSeals = 100, 500
)

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	looking := time.NewTicker(lookEvery)
	defer looking.Stop()
	for sinks := (*[]Sink)(nil); ; {
		if now := s.Sinks(); now != sinks {
			s.stop()
			sinks = now
			s.start(ctx, *sinks)
		}
		select {
		case <-ctx.Done():
			s.stop()
			return
		case <-looking.C:
		}
	}
}

// start begins to work for sinks.
func (s *Sender) start(ctx context.Context, sinks []Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sink := range sinks {
		working, stop := context.WithCancel(ctx)
		w := &worker{sender: s, sink: sink, to: sink.open(), stop: stop, wake: make(chan struct{}, 1), ended: make(chan struct{})}
		s.workers = append(s.workers, w)
		go w.run(working)
	}
}

// stop waits until nothing is sent any more.
func (s *Sender) stop() {
	s.mu.Lock()
	workers := s.workers
	s.workers = nil
	s.mu.Unlock()
	for _, w := range workers {
		w.stop()
		<-w.ended
	}
}

// State tells how a sink is doing that this process sends to.
type State struct {
	Name    string
	Behind  time.Duration // the age of the oldest message that has not arrived; 0: all have
	Stopped bool          // nothing is sent until an operator has it go on
}

// States returns the states of the sinks that this process sends to.
func (s *Sender) States() (states []State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		if state, held := w.state(); held {
			states = append(states, state)
		}
	}
	return states
}

// Wake has the sink of a name try again at once.
func (s *Sender) Wake(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		if w.sink.Name == name {
			select {
			case w.wake <- struct{}{}:
			default:
			}
		}
	}
}

// worker sends to one sink.
type worker struct {
	sender *Sender
	sink   Sink
	to     deliverer
	stop   context.CancelFunc
	wake   chan struct{}
	ended  chan struct{}

	following bool           // the follower has been read
	follower  audit.Follower // as he is kept
	noted     time.Time      // when he was
	after     audit.Follower // as he is once all of left have arrived
	left      []Message
	attempts  int  // that failed since the last message arrived
	silent    bool // the log has said that the store cannot be read

	mu    sync.Mutex
	shown State
	held  bool
}

func (w *worker) state() (State, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shown, w.held
}

// show notes the state for those who ask.
func (w *worker) show(held bool) {
	state := State{Name: w.sink.Name, Stopped: !w.follower.StoppedAt.IsZero()}
	if len(w.left) > 0 {
		state.Behind = max(0, w.sender.Now().Sub(w.left[0].Time))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown, w.held = state, held
}

func (w *worker) run(ctx context.Context) {
	defer close(w.ended)
	defer w.to.close()
	for ctx.Err() == nil {
		wait, err := w.round(ctx)
		switch {
		case errors.Is(err, store.ErrMoved): // an operator, or another server
			w.following, w.left = false, nil
		case err != nil && ctx.Err() == nil && !w.silent:
			w.sender.Logger.Error("a webhook cannot follow the audit", "webhook", w.sink.Name, "error", err)
		}
		w.silent = err != nil
		again := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-w.wake:
			w.attempts = 0
		case <-again.C:
		}
		again.Stop()
	}
}

// round looks for messages and sends them once. It returns when to go on.
func (w *worker) round(ctx context.Context) (wait time.Duration, err error) {
	if !w.sender.Hold(ctx, w.sink.Name) {
		w.following, w.left = false, nil
		w.show(false)
		return lookEvery, nil
	}
	if err := w.reread(ctx); err != nil {
		return lookEvery, err
	}
	defer func() { w.show(true) }()
	if !w.follower.StoppedAt.IsZero() {
		return lookEvery, nil
	}
	if len(w.left) == 0 {
		more, err := w.look(ctx)
		if err != nil || len(w.left) == 0 {
			return w.unless(more), err
		}
	}
	w.show(true)
	before := len(w.left)
	left, fault := w.to.deliver(ctx, w.left)
	w.left = left
	if w.sender.Attempted != nil {
		w.sender.Attempted(w.sink.Name, before-len(left), fault != nil)
	}
	if fault == nil {
		return 0, w.arrived(ctx)
	}
	if ctx.Err() != nil {
		return 0, nil
	}
	return w.failed(ctx, fault)
}

func (w *worker) unless(more bool) time.Duration {
	if more {
		return 0
	}
	return lookEvery
}

// reread reads the follower, and again where somebody may have changed him.
func (w *worker) reread(ctx context.Context) error {
	if w.following && w.attempts == 0 && w.follower.StoppedAt.IsZero() {
		return nil
	}
	now, err := w.sender.Log.Follow(ctx, w.sink.Name)
	if err != nil {
		return err
	}
	if !w.following || now.Revision != w.follower.Revision {
		w.follower, w.left, w.attempts = now, nil, 0
	}
	w.following, w.noted = true, w.sender.Now()
	return nil
}

// look takes the next batch, and reports whether there is more to look at.
func (w *worker) look(ctx context.Context) (more bool, err error) {
	in := audit.Following{Wanted: w.sink.Types.wants, Events: batchEvents, Seals: batchSeals}
	if w.sender.Settle > 0 {
		in.Before = w.sender.Now().Add(-w.sender.Settle)
	}
	found, err := w.sender.Log.Next(ctx, w.follower, in)
	if err != nil {
		return false, err
	}
	if found.Missing > 0 {
		w.sender.Logger.Error("a webhook has missed events: they were removed from the audit", "webhook", w.sink.Name, "seals", found.Missing)
	}
	if found.Broken > 0 {
		w.sender.Logger.Error("events are not told to a webhook, as they are not what was sealed: see dsappd audit verify", "webhook", w.sink.Name, "events", found.Broken)
	}
	for _, event := range found.Events {
		w.left = append(w.left, w.sink.Types.messages(event)...)
	}
	w.after = found.Follower
	if len(w.left) > 0 || found.Seals == 0 && found.Missing == 0 {
		return false, nil
	}
	w.follower = found.Follower
	if found.Missing > 0 || w.sender.Now().Sub(w.noted) >= noteEvery {
		return found.Seals == batchSeals, w.keep(ctx, w.follower)
	}
	return found.Seals == batchSeals, nil
}

func (w *worker) keep(ctx context.Context, follower audit.Follower) error {
	kept, err := w.sender.Log.Keep(context.WithoutCancel(ctx), follower)
	if err == nil {
		w.follower, w.noted = kept, w.sender.Now()
	}
	return err
}

// arrived moves on behind a batch.
func (w *worker) arrived(ctx context.Context) error {
	w.attempts = 0
	if !w.follower.FailingSince.IsZero() {
		w.sender.Logger.Info("a webhook takes messages again", "webhook", w.sink.Name)
	}
	w.after.TakenAt, w.after.FailingSince, w.after.Fault = w.sender.Now().UTC().Round(0), time.Time{}, ""
	return w.keep(ctx, w.after)
}

// failed notes the first failure and the last one, and returns when to try again.
func (w *worker) failed(ctx context.Context, fault error) (wait time.Duration, err error) {
	w.attempts++
	now, as := w.sender.Now().UTC().Round(0), w.follower
	first := as.FailingSince.IsZero()
	if first {
		as.FailingSince = now
		w.sender.Logger.Warn("a webhook does not take messages, and is tried again", "webhook", w.sink.Name, "error", fault)
	}
	if gone := errors.Is(fault, errGone); gone || now.Sub(as.FailingSince) >= w.sink.GiveUp {
		as.StoppedAt = now
		w.sender.Logger.Error("a webhook is given up: nothing is sent until dsappd webhook resume", "webhook", w.sink.Name, "failing_since", as.FailingSince, "error", fault)
	}
	if as.Fault = audit.Printable(fault.Error()); first || !as.StoppedAt.IsZero() {
		err = w.keep(ctx, as)
	}
	return w.sender.backOff(w.attempts, fault), err
}

// The bounds of the time between two attempts.
const (
	leastBackOff = 2 * time.Second
	mostBackOff  = 5 * time.Minute
)

// backOff returns how long to wait after so many failures: twice as long after each,
// give or take a quarter, and no less than the receiver asks for.
func (s *Sender) backOff(attempts int, fault error) time.Duration {
	wait := min(leastBackOff<<min(attempts-1, 16), mostBackOff)
	var jitter [1]byte
	if _, err := io.ReadFull(s.Rand, jitter[:]); err == nil {
		wait += wait / 4 * time.Duration(int(jitter[0])-128) / 128
	}
	if answer, is := errors.AsType[*answerError](fault); is {
		wait = max(wait, answer.after)
	}
	return wait
}
