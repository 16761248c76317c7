package console

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
)

// authenticatorsPage is the user's choice of what to set up.
type authenticatorsPage struct {
	Authenticators []choice
	Once           string // of the form
	UnderWay       int    // number of a registration that is open; 0: none
	Offline        bool   // a device without a connection can be set up
}

// choice is an authenticator as the user may pick it.
type choice struct {
	SerialNumber string
	Kind, About  string
	Since        time.Time // of the last activation; zero: never
	Ago          string    // how long that is; empty: never
	Picked       bool
	Impossible   bool
}

// One reports whether there is nothing to choose from.
func (p authenticatorsPage) One() bool { return len(p.Authenticators) == 1 }

// Possible reports whether there is anything to set up: without an
// authenticator there may be one to be assigned.
func (p authenticatorsPage) Possible() bool {
	for _, c := range p.Authenticators {
		if !c.Impossible {
			return true
		}
	}
	return len(p.Authenticators) == 0
}

func (e *exchange) authenticators() error {
	own, err := e.service.SelfAuthenticators(e.HTTP.Context(), e.session.who)
	if err != nil {
		return err
	}
	once, err := browser.Draw(e.service.Rand)
	if err != nil {
		return err
	}
	p := authenticatorsPage{Once: once, Authenticators: choices(own, e.Began)}
	if p.UnderWay, err = e.underWay(); err != nil {
		return err
	}
	allowed, err := e.allowed()
	if err != nil {
		return err
	}
	p.Offline = allowed.OfflineMDL && slices.ContainsFunc(own, func(a provision.OwnAuthenticator) bool { return a.Type == provision.MDL })
	return e.render(http.StatusOK, "authenticators", page{Title: "Set up your phone", Body: p})
}

// choices picks the first that is possible.
func choices(own []provision.OwnAuthenticator, now time.Time) []choice {
	var all []choice
	picked := false
	for _, a := range own {
		c := newChoice(a, now)
		c.Picked = !picked && !c.Impossible
		picked = picked || c.Picked
		all = append(all, c)
	}
	return all
}

func newChoice(a provision.OwnAuthenticator, now time.Time) choice {
	c := choice{SerialNumber: a.SerialNumber, Since: a.LastActivatedAt}
	if !c.Since.IsZero() {
		c.Ago = inWords(now.Sub(c.Since))
	}
	switch a.Type {
	case provision.EventBased:
		c.Kind = "Counter-based codes"
	case provision.TimeBased:
		c.Kind = "Time-based codes"
	case provision.MDL:
		c.Kind = fmt.Sprintf("For several phones: %d of %d in use", a.Devices, a.Limit)
	}
	switch {
	case a.State == provision.Disabled:
		c.About, c.Impossible = "Disabled", true
	case a.Limit > 0 && a.Devices >= a.Limit:
		c.About, c.Impossible = "No place left", true
	case a.State == provision.Active:
		c.About = "Active"
	default:
		c.About = "Not set up yet"
	}
	return c
}

// underWay returns the number of the session's newest registration, if that is
// still open.
func (e *exchange) underWay() (int, error) {
	newest, is := e.session.find(func(made) bool { return true })
	if !is {
		return 0, nil
	}
	progress, err := e.progress(newest)
	if err != nil || progress.Ended() {
		return 0, err
	}
	return newest.number, nil
}
