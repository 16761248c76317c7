package operator

import (
	"net/http"
	"net/url"
	"time"
)

// fact is a line about something; URL leads to more.
type fact struct {
	Name, Text, URL string
	Anchor          string // that a link can lead to; empty: none
	Class           string
}

// cell is a part of a row of a table.
type cell struct{ Text, URL, Class string }

// table is a list of records. Without rows, its page says what Empty does.
type table struct {
	Columns []string
	Rows    [][]cell
	Empty   string
	More    string // the URL of the part that follows; empty: there is none
}

// section is a part of a record's page.
type section struct {
	Title string
	Facts []fact
	Table *table
}

// record is the page of one record, and that of a list with the actions that
// apply to it.
type record struct {
	Title    string
	Note     string // in a sentence; empty: none
	Done     string // what was done just now, in a sentence; empty: nothing
	Course   []stage
	Facts    []fact
	Sections []section
	Table    *table
	Actions  []button
	Search   *searchBox
}

// searchBox narrows a list.
type searchBox struct{ Name, Label, Value string }

// stage is a state in the life of a registration.
type stage struct {
	Name          string
	Done, Current bool
	Requests      []row
}

// show renders a record, with the actions that the viewer may take.
func (e *exchange) show(here string, r record) error {
	r.Done = doneWords(e.HTTP.URL.Query().Get("done"))
	return e.render(http.StatusOK, "record", page{Title: r.Title, Here: here, Body: r})
}

// moment is a time as people read it, in UTC; a dash for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func userURL(domain, userID string) string {
	return "/users/" + url.PathEscape(domain) + "/" + url.PathEscape(userID)
}
func authenticatorURL(serial string) string { return "/authenticators/" + url.PathEscape(serial) }
func registrationURL(id string) string      { return "/registrations/" + url.PathEscape(id) }
func policyURL(name string) string          { return "/policies/" + url.PathEscape(name) }

// linked is a cell that leads somewhere.
func linked(text, to string) cell { return cell{Text: text, URL: to} }

// texts are cells that lead nowhere.
func texts(all ...string) (cells []cell) {
	for _, text := range all {
		cells = append(cells, cell{Text: text})
	}
	return cells
}
