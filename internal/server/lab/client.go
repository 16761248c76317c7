package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Client asks the door of a lab. A refusal is an *Error.
type Client struct {
	URL  string // http://HOST:PORT/
	HTTP *http.Client
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 128 << 20

func ask[Out any](ctx context.Context, c *Client, method, path string, in any) (out Out, err error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return out, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(strings.TrimSuffix(c.URL, "/")+"/lab/"+path, "/"), body)
	if err != nil {
		return out, err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return out, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return out, fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode == http.StatusOK {
		return out, json.Unmarshal(text, &out)
	}
	var refused struct{ Error *Error }
	if err := json.Unmarshal(text, &refused); err != nil || refused.Error == nil {
		return out, fmt.Errorf("%s answers %s, and is no door of a lab: give the URL that dsappd dev prints for the lab", c.URL, response.Status)
	}
	return out, refused.Error
}
