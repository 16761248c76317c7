package operators

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/internal/server/watch"
)

// ErrNotReady means that the server of a folder answers, and says why it is not
// ready.
var ErrNotReady = watch.ErrNotReady

// readyEvery is how often AwaitReady asks.
const readyEvery = 50 * time.Millisecond

// Ready returns nil when the server of the data folder dir answers requests.
// Otherwise the error wraps admin.ErrNoServer where none listens at the folder's
// socket, or ErrNotReady.
func Ready(ctx context.Context, dir string) error {
	if err := datafolder.CheckNamed(dir); err != nil {
		return err
	}
	transport := admin.Socket(filepath.Join(dir, datafolder.SocketName))
	defer transport.CloseIdleConnections()
	return watch.AskReady(ctx, transport)
}

// AwaitReady asks until the server is ready or the time is over. The folder
// needs not be there yet. The error says why it was not ready when it was asked
// last.
func AwaitReady(ctx context.Context, dir string, wait time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	asking := time.NewTicker(readyEvery)
	defer asking.Stop()
	for {
		err := Ready(ctx, dir)
		if err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-waiting.Done():
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("not ready after %v: %w", wait, err)
		case <-asking.C:
		}
	}
}
