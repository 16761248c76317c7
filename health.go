package dsappd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/server/watch"
)

// Live returns why only a restart can help the server: it has ended, or its
// store no longer answers. It is nil otherwise.
func (s *Server) Live(ctx context.Context) error {
	select {
	case <-s.ended.Done():
		return errors.New("the server has ended")
	case <-s.folder.Stopped:
		return errors.New("the store has failed")
	default:
	}
	if s.folder.Shared != nil { // a restart does not bring a database back
		return nil
	}
	return s.readable(ctx)
}

func (s *Server) readable(ctx context.Context) error {
	if err := watch.Within(ctx, s.folder.Readable); err != nil {
		return fmt.Errorf("the store cannot be read: %w", err)
	}
	return nil
}

// Ready returns why the server does not answer new requests: it is being
// closed, its database cannot be reached, or it is not Live. It is nil otherwise.
func (s *Server) Ready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("the server is ending")
	}
	if err := s.Live(ctx); err != nil || s.folder.Shared == nil {
		return err
	}
	asked, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	err := s.readable(asked)
	if lost := s.folder.Shared.Reachable(); lost != nil {
		return lost
	}
	return err
}

// databasePatience is how long Ready waits for a database. Those who ask wait
// for longer.
const databasePatience = 2 * time.Second

func (s *Server) health() watch.Health { return watch.Health{Live: s.Live, Ready: s.Ready} }
