package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Where a server says how it is, as Kubernetes names the paths.
const (
	LivePath  = "/livez"
	ReadyPath = "/readyz"
)

// ErrNotReady means that a server answers, and says why it is not ready.
var ErrNotReady = errors.New("the server is not ready")

// checkTimeout bounds one check: a store that does not answer in that time is
// as good as dead to whoever asks.
const checkTimeout = 5 * time.Second

// Health is how a server finds out how it is. Each check returns nil, or what
// is wrong in words that every peer may read.
type Health struct {
	Live  func(context.Context) error // nil: a restart would mend nothing
	Ready func(context.Context) error // nil: requests are answered
}

// Register answers GET and HEAD at LivePath and ReadyPath: 200 and the line ok,
// or 503 and a line that says what is wrong.
func (h Health) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+LivePath, answer(h.Live))
	mux.HandleFunc("GET "+ReadyPath, answer(h.Ready))
}

func answer(check func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := Within(r.Context(), check); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, err)
			return
		}
		fmt.Fprintln(w, "ok")
	}
}

// Within returns what a check says, or an error when it takes too long. The
// check may then still run.
func Within(ctx context.Context, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, checkTimeout, fmt.Errorf("no answer within %v", checkTimeout))
	defer cancel()
	came := make(chan error, 1)
	go func() { came <- check(ctx) }()
	select {
	case err := <-came:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// AskReady asks the server behind a transport whether it is ready. The error
// wraps ErrNotReady where the server says that it is not.
func AskReady(ctx context.Context, transport http.RoundTripper) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://dsappd"+ReadyPath, nil)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	said, _, _ := strings.Cut(string(body), "\n")
	switch {
	case err != nil:
		return fmt.Errorf("read the answer: %w", err)
	case response.StatusCode == http.StatusOK:
		return nil
	case response.StatusCode == http.StatusServiceUnavailable:
		return fmt.Errorf("%w: %s", ErrNotReady, said)
	}
	return fmt.Errorf("the server answered %s: is it of another version than this command?", response.Status)
}
