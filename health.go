package dsappd

import (
	"context"
	"errors"
	"fmt"

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
	if err := watch.Within(ctx, s.folder.Readable); err != nil {
		return fmt.Errorf("the store cannot be read: %w", err)
	}
	return nil
}

// Ready returns why the server does not answer new requests: it is being
// closed, or it is not Live. It is nil otherwise.
func (s *Server) Ready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("the server is ending")
	}
	return s.Live(ctx)
}

func (s *Server) health() watch.Health { return watch.Health{Live: s.Live, Ready: s.Ready} }
