package operator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
)

// labPage is the lab's controls.
type labPage struct {
	Clock  lab.ClockState
	Now    string
	Faults []shownFault
	Deeds  []string
	Doors  []string
	Names  []string // of operations
	Done   string
	Wrong  string
}

type shownFault struct {
	ID                 int
	Does, Where, State string
}

// controls returns the lab's, for those who may move them.
func (e *exchange) controls() (*lab.Lab, error) {
	v := e.session.viewer
	switch {
	case e.Lab == nil:
		return nil, notHere("This server is no lab. dsappd dev and dsappd serve --lab are.")
	case v.admin != nil:
		return nil, denied("The lab's controls are for operators.")
	case v.readOnly && e.HTTP.Method == http.MethodPost:
		return nil, denied("You signed in by a key that looks only.")
	}
	return e.Lab, nil
}

func (e *exchange) lab() error { return e.showLab(http.StatusOK, "") }

func (e *exchange) showLab(status int, wrong string) error {
	l, err := e.controls()
	if err != nil {
		return err
	}
	p := labPage{Clock: l.Clock.State(), Deeds: lab.Deeds(), Doors: l.Faults.Known.Doors, Names: slices.Sorted(slices.Values(l.Faults.Known.Operations)),
		Done: doneWords(e.HTTP.URL.Query().Get("done")), Wrong: wrong}
	p.Now = moment(p.Clock.Now)
	for _, f := range l.Faults.List() {
		p.Faults = append(p.Faults, shownFault{f.ID, strings.TrimSpace(f.Do + " " + f.Status + f.Delay), faultWhere(f), strconv.Itoa(f.Struck) + " of " + strconv.Itoa(f.Fitted)})
	}
	return e.render(status, "lab", page{Title: "Lab", Here: "lab", Body: p})
}

// faultWhere says which requests a fault strikes.
func faultWhere(f lab.Fault) string {
	var words []string
	for _, part := range [][2]string{{"door", f.Door}, {"operation", f.Operation}, {"component", f.Component}, {"user", f.User}} {
		if part[1] != "" {
			words = append(words, part[0]+" "+part[1])
		}
	}
	if f.Nth > 0 {
		words = append(words, "the request number "+strconv.Itoa(f.Nth))
	}
	if f.Times > 0 {
		words = append(words, "the first "+strconv.Itoa(f.Times))
	}
	if len(words) == 0 {
		return "every request"
	}
	return strings.Join(words, ", ")
}

// refuseLab shows the controls again with what was wrong.
func (e *exchange) refuseLab(err error) error {
	shown := e.shown(err)
	if shown.Status != http.StatusBadRequest {
		return err
	}
	return e.showLab(shown.Status, shown.Words)
}

func (e *exchange) moveClock() error {
	l, err := e.controls()
	if err != nil {
		return err
	}
	form := e.HTTP.PostForm
	switch form.Get("do") {
	case "freeze":
		_, err = l.Clock.Freeze(time.Time{})
	case "release":
		l.Clock.Release()
	case "set":
		var at time.Time
		if at, err = time.Parse(time.RFC3339, strings.TrimSpace(form.Get("time"))); err != nil {
			return e.showLab(http.StatusBadRequest, "The time cannot be read: write it such as 2030-01-01T00:00:00Z.")
		}
		_, err = l.Clock.Set(at)
	case "advance":
		var by time.Duration
		if by, err = time.ParseDuration(strings.TrimSpace(form.Get("by"))); err != nil {
			return e.showLab(http.StatusBadRequest, "The duration cannot be read: write it such as 10m.")
		}
		_, err = l.Clock.Advance(by)
	}
	if err != nil {
		return e.refuseLab(err)
	}
	if l.Moved != nil {
		l.Moved(e.HTTP.Context())
	}
	return e.see("/lab?done=lab")
}

func (e *exchange) addFault() error {
	l, err := e.controls()
	if err != nil {
		return err
	}
	form := e.HTTP.PostForm
	f := lab.Fault{Do: form.Get("do"), Door: form.Get("door"), Operation: form.Get("operation"), User: strings.TrimSpace(form.Get("user")),
		Component: strings.TrimSpace(form.Get("component")), Status: strings.TrimSpace(form.Get("status")), Delay: strings.TrimSpace(form.Get("delay"))}
	for _, number := range []struct {
		text string
		to   *int
	}{{form.Get("nth"), &f.Nth}, {form.Get("times"), &f.Times}} {
		if number.text = strings.TrimSpace(number.text); number.text == "" {
			continue
		}
		if *number.to, err = strconv.Atoi(number.text); err != nil {
			return e.showLab(http.StatusBadRequest, "Which of the requests is said by whole numbers.")
		}
	}
	if _, err := l.Faults.Add(f); err != nil {
		return e.refuseLab(err)
	}
	return e.see("/lab?done=lab")
}

func (e *exchange) clearFaults() error {
	l, err := e.controls()
	if err != nil {
		return err
	}
	id, _ := strconv.Atoi(e.HTTP.PostForm.Get("id")) // none: all
	if _, err := l.Faults.Clear(id); err != nil {
		return e.refuseLab(err)
	}
	return e.see("/lab?done=lab")
}

// resetLab brings the lab back to what it began with. Operators stay signed in.
func (e *exchange) resetLab() error {
	l, err := e.controls()
	if err != nil {
		return err
	}
	if err := l.Reset(e.HTTP.Context()); err != nil {
		return err
	}
	return e.see("/lab?done=lab")
}
