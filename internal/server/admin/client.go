package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/dsappd/dsappd/internal/hint"
)

// Client asks a Door. It has a method for each order; a refusal is an *Error.
type Client struct {
	// Transport reaches the door: Socket or InProcess.
	Transport http.RoundTripper

	// Operator is the name that the audit notes.
	Operator string
}

// call asks for one operation.
func call[Out any](ctx context.Context, c *Client, path string, in any) (Out, error) {
	var out Out
	response, err := c.send(ctx, path, in)
	if err == nil {
		defer response.Body.Close()
		err = read(response, &out)
	}
	if lost, is := errors.AsType[unanswered](err); is && lost.sent && mayChange(path) {
		err = hint.Add(fmt.Errorf("%w: %w", ErrUncertain, err), "look before you try again")
	}
	return out, err
}

// send sends the request of one operation. An error of the connection matches
// ErrUnanswered.
func (c *Client) send(ctx context.Context, path string, in any) (*http.Response, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://dsappd/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(operatorHeader, c.Operator)
	var asked atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { asked.Store(true) }}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	response, err := (&http.Client{Transport: c.Transport}).Do(request)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = fmt.Errorf("ask the server: %w", failed.Err) // the URL says nothing to anybody
	}
	if err != nil {
		err = unanswered{error: err, sent: asked.Load()}
	}
	return response, err
}

// ErrUnanswered means that the server went away, or was not there, before it
// answered.
var ErrUnanswered = errors.New("the server did not answer")

// unanswered is the error of a request whose answer did not come.
type unanswered struct {
	error
	sent bool
}

func (u unanswered) Unwrap() error { return u.error }

// Is makes it match ErrUnanswered.
func (u unanswered) Is(target error) bool { return target == ErrUnanswered }

// mayChange reports whether an order may change something: all may but those
// that are known to look only.
func mayChange(path string) bool {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "check", "list", "show", "verify", "export", "explain", "refusals":
		return false
	}
	return true
}

// read decodes an answer; one that is not JSON comes from something else than
// this door.
func read(response *http.Response, out any) error {
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if media != "application/json" {
		return fmt.Errorf("the server answered %s: is it of another version than this command?", response.Status)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return unanswered{error: fmt.Errorf("read the answer: %w", err), sent: true}
	}
	if response.StatusCode == http.StatusOK {
		return json.Unmarshal(answer, out)
	}
	var refused errorBody
	if err := json.Unmarshal(answer, &refused); err != nil || refused.Error == nil {
		return fmt.Errorf("the server answered %s without a reason", response.Status)
	}
	return refused.Error
}
