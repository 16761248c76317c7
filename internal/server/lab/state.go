package lab

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/server/timeline"
)

// Done is the answer of a control that has nothing else to say.
type Done struct {
	Done string `json:"done"`
}

// NameSnapshot names a snapshot.
type NameSnapshot struct {
	Name string `json:"name"`
}

const snapshotExample = `{"name":"before-lock"}`

func (d *door) reset(_ http.ResponseWriter, r *http.Request) (any, error) {
	return Done{"reset"}, d.Lab.Reset(r.Context())
}

func (d *door) snapshot(w http.ResponseWriter, r *http.Request) (any, error) {
	var in NameSnapshot
	if err := decode(w, r, &in, snapshotExample); err != nil {
		return nil, err
	}
	return Done{"snapshot " + in.Name}, d.Lab.State.Snapshot(r.Context(), in.Name)
}

func (d *door) restore(w http.ResponseWriter, r *http.Request) (any, error) {
	var in NameSnapshot
	if err := decode(w, r, &in, snapshotExample); err != nil {
		return nil, err
	}
	return Done{"restored " + in.Name}, d.Lab.State.Restore(r.Context(), in.Name)
}

// FoundRequests are those that were asked for, the oldest first.
type FoundRequests struct {
	Requests []timeline.Exchange `json:"requests"`
}

// maxWait bounds how long a request for requests waits.
const maxWait = 5 * time.Minute

// findRequests answers ?after=&door=&operation=&component=&user=&status=&registration=&wait=5s.
func (d *door) findRequests(w http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	var filter timeline.Filter
	var wait time.Duration
	texts := map[string]*string{"door": &filter.Door, "operation": &filter.Operation, "component": &filter.Component, "user": &filter.User,
		"status": &filter.Status, "registration": &filter.Registration}
	for name, values := range query {
		var err error
		switch text, is := texts[name]; {
		case is:
			*text = values[0]
		case name == "after":
			filter.After, err = strconv.Atoi(values[0])
		case name == "wait":
			wait, err = time.ParseDuration(values[0])
		default:
			err = fmt.Errorf("there is no parameter %q", name)
		}
		if err != nil || wait < 0 || wait > maxWait {
			return nil, &Error{Status: http.StatusBadRequest, Message: fmt.Sprintf("The parameter %s=%s cannot be read: this would do: "+
				"/lab/requests?operation=dsappSRPRegister&user=user1&status=STAT_SUCCESS&after=0&wait=5s, with component, door and registration; wait is at most %v.",
				name, values[0], maxWait)}
		}
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait + time.Minute))
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	return FoundRequests{d.Lab.Requests.Find(ctx, filter)}, nil
}

// Reset brings the lab back to what it began with.
func (c *Client) Reset(ctx context.Context) (Done, error) {
	return ask[Done](ctx, c, http.MethodPost, "reset", nil)
}

// Snapshot keeps the lab's records under a name.
func (c *Client) Snapshot(ctx context.Context, name string) (Done, error) {
	return ask[Done](ctx, c, http.MethodPost, "snapshot", NameSnapshot{name})
}

// Restore brings the lab's records back to those of a snapshot.
func (c *Client) Restore(ctx context.Context, name string) (Done, error) {
	return ask[Done](ctx, c, http.MethodPost, "restore", NameSnapshot{name})
}

// Requests returns the requests that fit a filter, and waits so long for one.
func (c *Client) Requests(ctx context.Context, f timeline.Filter, wait time.Duration) (FoundRequests, error) {
	query := url.Values{"after": {strconv.Itoa(f.After)}, "wait": {wait.String()}}
	for name, text := range map[string]string{"door": f.Door, "operation": f.Operation, "component": f.Component, "user": f.User, "status": f.Status, "registration": f.Registration} {
		if text != "" {
			query.Set(name, text)
		}
	}
	return ask[FoundRequests](ctx, c, http.MethodGet, "requests?"+query.Encode(), nil)
}
