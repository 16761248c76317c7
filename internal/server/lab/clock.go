package lab

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
)

// MoveClock asks for one move of the clock.
type MoveClock struct {
	Do string `json:"do"` // freeze, set, advance or release

	// Time is for set, and for freeze, which stops the clock where it stands
	// without one.
	Time time.Time `json:"time,omitzero"`

	// By is for advance: a duration such as 10m.
	By string `json:"by,omitempty"`
}

const clockExample = `{"do":"advance","by":"10m"}, {"do":"set","time":"2030-01-01T00:00:00Z"}, {"do":"freeze"} or {"do":"release"}`

func (d *door) showClock(http.ResponseWriter, *http.Request) (any, error) {
	return d.Lab.Clock.State(), nil
}

func (d *door) moveClock(w http.ResponseWriter, r *http.Request) (any, error) {
	var in MoveClock
	if err := decode(w, r, &in, clockExample); err != nil {
		return nil, err
	}
	state, err := in.move(d.Lab.Clock)
	if err == nil && d.Lab.Moved != nil {
		d.Lab.Moved(r.Context())
	}
	return state, err
}

func (in MoveClock) move(clock *lab.Clock) (lab.ClockState, error) {
	if in.Do != "advance" && in.By != "" || in.Do != "set" && in.Do != "freeze" && !in.Time.IsZero() {
		return lab.ClockState{}, fmt.Errorf("%w: time goes with set and freeze, by with advance: give %s", lab.ErrRefused, clockExample)
	}
	switch in.Do {
	case "freeze":
		return clock.Freeze(in.Time)
	case "set":
		if in.Time.IsZero() {
			return lab.ClockState{}, fmt.Errorf("%w: set needs a time: give %s", lab.ErrRefused, clockExample)
		}
		return clock.Set(in.Time)
	case "advance":
		by, err := time.ParseDuration(in.By)
		if err != nil {
			return lab.ClockState{}, fmt.Errorf("%w: by is %q, which is no duration: give %s", lab.ErrRefused, in.By, clockExample)
		}
		return clock.Advance(by)
	case "release":
		return clock.Release(), nil
	}
	return lab.ClockState{}, fmt.Errorf("%w: do is %q: give %s", lab.ErrRefused, in.Do, clockExample)
}

// Clock returns what the server's clock shows.
func (c *Client) Clock(ctx context.Context) (lab.ClockState, error) {
	return ask[lab.ClockState](ctx, c, http.MethodGet, "clock", nil)
}

// MoveClock moves the server's clock, and returns what it shows then.
func (c *Client) MoveClock(ctx context.Context, in MoveClock) (lab.ClockState, error) {
	return ask[lab.ClockState](ctx, c, http.MethodPost, "clock", in)
}
