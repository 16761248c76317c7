package platform

import (
	"context"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// waits lets all who wait for one registration share what is read of it: a
// thousand waiters cost one read when it moves, and one a second else.
type waits struct {
	service *provision.Service
	mu      sync.Mutex
	of      map[string]*wait // by the registration's ID
}

// wait is for a registration to be no longer pending. Over is closed when it is,
// when the user has a newer one, or when it cannot be read; now and err say which.
type wait struct {
	over chan struct{}
	now  provision.Standing
	err  error

	waiting int
	end     context.CancelFunc
}

// join waits with all others for the registration of a user. Whoever joins
// leaves.
func (w *waits) join(who provision.NameUser, id string) *wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	joined := w.of[id]
	if joined == nil {
		ctx, end := context.WithCancel(context.Background()) // the requests of those who wait end one by one
		joined = &wait{over: make(chan struct{}), end: end}
		if w.of == nil {
			w.of = make(map[string]*wait)
		}
		w.of[id] = joined
		go w.follow(ctx, joined, who, id)
	}
	joined.waiting++
	return joined
}

// leave ends the following of a registration that nobody waits for any more.
func (w *waits) leave(left *wait, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if left.waiting--; left.waiting > 0 {
		return
	}
	left.end()
	if w.of[id] == left {
		delete(w.of, id)
	}
}

// follow reads the registration until it is no longer pending: when this server
// writes it, and now and then for what another one has written.
func (w *waits) follow(ctx context.Context, of *wait, who provision.NameUser, id string) {
	moved, stop := w.service.WatchRegistration(id)
	defer stop()
	again := time.NewTicker(reread)
	defer again.Stop()
	for {
		now, err := w.service.CheckStatus(ctx, who)
		if err != nil || now.Status != provision.ActivationPending || now.RegistrationID != id {
			w.finish(of, id, now, err)
			return
		}
		select {
		case <-moved:
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// finish tells all who wait. Whoever comes from now on reads anew.
func (w *waits) finish(of *wait, id string, now provision.Standing, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[id] == of {
		delete(w.of, id)
	}
	of.now, of.err = now, err
	close(of.over)
}
