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
	"net/url"
)

// Client asks a Door. Its methods stand beside the door's, in the file of the
// operation; a refusal is an *Error.
type Client struct {
	// Transport reaches the door: Socket or InProcess.
	Transport http.RoundTripper

	// Operator is the name that the audit notes.
	Operator string
}

// call asks for one operation.
func call[Out any](ctx context.Context, c *Client, path string, in any) (Out, error) {
	var out Out
	body, err := json.Marshal(in)
	if err != nil {
		return out, fmt.Errorf("encode the request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://dsappd/"+path, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(operatorHeader, c.Operator)
	response, err := (&http.Client{Transport: c.Transport}).Do(request)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return out, fmt.Errorf("ask the server: %w", failed.Err) // the URL says nothing to anybody
	}
	if err != nil {
		return out, err
	}
	defer response.Body.Close()
	return out, read(response, &out)
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
		return fmt.Errorf("read the answer: %w", err)
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
